"""The canary can see: each way a person could slip through is tried on it, and found."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from temporalio.client import Client

from local.scenario.canary import Canary, cells_of, files_in
from local.scenario.cast import (
    DAY,
    FORMER_ADDRESS,
    HERE,
    RENAMED,
    REREAD,
    RESPELT,
    TAKEN_OVER,
    THERE,
    residents,
    secrets_of_households,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.scenario.cast import Household
    from tests.server import Place

NAME, NUMBER = "𠮷野家　さくら", "900000000017"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _seen(content: bytes, secret: str) -> list[str]:
    found = Canary({secret: "氏名"}).search([("worker.log", content)])
    assert found.bytes == len(content)
    return [seen.writing for seen in found.sightings]


_CODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-16LE": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: text.encode("utf-16-be"),
    "JSON": lambda text: json.dumps(text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "percent": lambda text: quote(text, safe="").encode(),
    "percent in small letters": lambda text: quote(text, safe="").lower().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 one byte later": lambda text: base64.b64encode(b"x" + text.encode() + b"yz"),
    "base64 two bytes later": lambda text: base64.b64encode(b"xx" + text.encode() + b"y"),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(b"x" + text.encode()),
}


@pytest.mark.parametrize("secret", [NAME, NUMBER], ids=["name", "number"])
@pytest.mark.parametrize("coding", _CODINGS)
def test_a_leak_is_seen_in_every_coding(coding: str, secret: str) -> None:
    """Each is the control of one way to look; red when ``canary._codings`` leaves it out."""
    leaked = b'{"event": "' + _CODINGS[coding](secret) + b'"}'

    assert _seen(leaked, secret)


@pytest.mark.parametrize(
    "leaked",
    [
        "9000-0000-0017",
        "9000 0000 0017",
        NUMBER.translate(_WIDE),
        "9000-0000-0017".translate(_WIDE),
    ],
)
def test_a_number_is_seen_however_people_write_it(leaked: str) -> None:
    """As on the 通知カード in groups of four, and in full width."""
    assert _seen(leaked.encode(), NUMBER)


@pytest.mark.parametrize("leaked", ["𠮷野家さくら", "𠮷野家 さくら"])
def test_a_name_is_seen_without_its_space(leaked: str) -> None:
    assert _seen(leaked.encode(), NAME)


def test_what_is_nobodys_is_not_seen() -> None:
    """An alarm that always sounds is as useless as one that never does."""
    innocent = "出生付番-131016-R8-000123 900000000016 髙橋 {} 本人確認情報を送信する".encode()

    assert Canary(secrets_of_households()).search([("relay.log", innocent)]).sightings == []


@pytest.mark.parametrize("household", [*DAY, TAKEN_OVER], ids=lambda one: one.number)
def test_everything_of_whom_the_day_is_about_is_looked_for(household: Household) -> None:
    """Names, numbers and codes as they were, homes they only went to for a while, every card.

    Red when a household is left out of ``secrets_of_households``, or the homes they leave again.
    """
    known = secrets_of_households()
    rows = residents(household)

    assert {row["氏名"] for row in rows} | {row["個人番号"] for row in rows} <= known.keys()
    assert {*household.codes, household.serial_of(3)} <= known.keys()
    assert {household.new_home(place) for place in (HERE, THERE)} <= known.keys()


def test_names_and_addresses_that_come_up_in_the_day_are_looked_for() -> None:
    """What a 職権修正 enters, and what 統合宛名 was told long ago."""
    assert {*RENAMED, RESPELT, REREAD, FORMER_ADDRESS} <= secrets_of_households().keys()


def test_a_sighting_names_the_place_and_not_the_person(tmp_path: Path) -> None:
    """What the canary says ends in a log itself."""
    (tmp_path / "worker.log").write_bytes(b"one line\n" + NAME.encode())

    (seen,) = Canary({NAME: "氏名"}).search(files_in(tmp_path)).sightings

    assert str(seen) == "worker.log: 氏名 (UTF-8) at 9"


def test_a_name_cut_by_a_page_border_is_seen_in_the_cell(tmp_path: Path) -> None:
    """SQLite cuts long values into pages; the raw file alone would hide what stands on a border."""
    database = tmp_path / "temporal.db"
    pages = "".join(f"{place:08}{NAME}" for place in range(2000))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE history_node (data BLOB)")
        connection.execute("INSERT INTO history_node VALUES (?)", [pages.encode()])
        connection.commit()
    canary = Canary({NAME: "氏名"})

    assert len(canary.search(files_in(tmp_path)).sightings) < 2000
    assert len(canary.search(cells_of(database)).sightings) == 2000


@pytest.mark.parametrize("leak", ["id", "payload", "memo", "summary", "details"])
async def test_a_leak_is_seen_in_the_engines_files(place: Place, leak: str) -> None:
    """Wherever a careless line could put a name, the raw database or its log shows it."""
    name = f"髙橋　{uuid4().hex}"
    client = await Client.connect(place["temporal_address"], namespace=place["namespace"])
    told: dict[str, Any] = {leak: {"name": name} if leak == "memo" else name}

    handle = await client.start_workflow(
        "漏えい",
        told.get("payload"),
        id=str(told.get("id") or uuid4()),
        task_queue="nobody-works-here",
        memo=told.get("memo"),
        static_summary=told.get("summary"),
        static_details=told.get("details"),
        execution_timeout=timedelta(seconds=60),
    )

    database = Path(place["temporal_database"])
    canary = Canary({name: "氏名", NAME: "氏名"})
    raw = canary.search(files_in(database.parent)).sightings
    cells = canary.search(cells_of(database)).sightings
    await handle.terminate("試験")
    assert raw
    assert cells
