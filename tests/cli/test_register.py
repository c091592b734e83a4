"""``jukiflow municipality`` and ``jukiflow import`` as an operator types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from cli.register import SHOWN, import_people, municipality
from tests.people import a_person, as_csv, families
from tests.towns import a_municipality_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from typer.testing import Result

commands = typer.Typer()
commands.add_typer(municipality, name="municipality")
commands.command("import")(import_people)


class Operator:
    """Somebody at a terminal of the installation."""

    def __init__(self, urls: Mapping[str, str], keyring: Path, directory: Path) -> None:
        self.town = str(a_municipality_code())
        self._file = directory / "people.csv"
        self._settings = {
            "JUKI_DATABASE_URL": urls["juki_app"],
            "JUKI_MIGRATION_DATABASE_URL": urls["juki_owner"],
            "JUKI_KEYRING_PATH": str(keyring),
            "COLUMNS": "200",
        }

    def types(self, *words: str) -> Result:
        return CliRunner().invoke(commands, words, env=self._settings)

    def imports(self, content: bytes) -> Result:
        self._file.write_bytes(content)
        return self.types("import", str(self._file), "--municipality", self.town)


@pytest.fixture
def operator(database_urls: Mapping[str, str], keyring_path: Path, tmp_path: Path) -> Operator:
    """An operator with a town to open."""
    return Operator(database_urls, keyring_path, tmp_path)


def test_a_town_is_opened_listed_and_settled(operator: Operator) -> None:
    added = operator.types(
        "municipality", "add", operator.town, "--name", "試験市", "--opening", "9:00-17:00",
        "--low-water", "3", "--target-stock", "5",
    )  # fmt: skip
    settled = operator.types("municipality", "set", operator.town, "second_person_for_by_hand=true")
    listed = operator.types("municipality", "list").output

    assert (added.exit_code, settled.exit_code) == (0, 0)
    (line,) = (line for line in listed.splitlines() if line.startswith(operator.town))
    assert "試験市  09:00-17:00  住民票コード 下限 3 目標 5" in line
    assert "second_person_for_by_hand=True" in line


def test_a_town_is_not_opened_twice(operator: Operator) -> None:
    operator.types("municipality", "add", operator.town, "--name", "試験市")

    again = operator.types("municipality", "add", operator.town, "--name", "別の名")

    assert again.exit_code == 1
    assert "登録済みです" in again.output
    assert "別の名" not in operator.types("municipality", "list").output


@pytest.mark.parametrize(
    "words",
    [
        ("131017", "--name", "千代田区"),
        ("131016", "--name", "千代田区", "--opening", "朝から"),
        ("131016", "--name", "千代田区", "--opening", "17:00-9:00"),
        ("131016", "--name", "千代田区", "--low-water", "9", "--target-stock", "9"),
    ],
    ids=["検査数字", "開庁時間", "開庁の前後", "目標数"],
)
def test_what_makes_no_sense_is_refused_before_anything_is_done(
    operator: Operator, words: tuple[str, ...]
) -> None:
    refused = operator.types("municipality", "add", *words)

    assert refused.exit_code == 2
    assert "千代田区" not in operator.types("municipality", "list").output


def test_people_are_imported_once(operator: Operator) -> None:
    """The second time there is nothing to do, and that is no failure."""
    operator.types("municipality", "add", operator.town, "--name", "試験市")

    first = operator.imports(as_csv(families(2)))
    again = operator.imports(as_csv(families(2)))

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "2 世帯 6 人を取り込みました" in first.output
    assert "することはありません" in again.output


def test_a_wrong_file_is_reported_line_by_line(operator: Operator) -> None:
    """Every flaw is counted, the first hundred are shown, and nothing is imported."""
    rows = [a_person(place, household=place, 性別="M") for place in range(1, SHOWN + 6)]

    report = operator.imports(as_csv(rows))

    assert report.exit_code == 1
    assert report.output.count("NOT_A_SEX") == SHOWN
    assert "誤りが 105 件あります" in report.output


def test_a_town_nobody_opened_takes_no_people(operator: Operator) -> None:
    refused = operator.imports(as_csv(families(1)))

    assert refused.exit_code == 1
    assert "登録されていません" in refused.output
