"""Migrations: each file once, whoever asks and however often, and never a changed one."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import pytest

from register.migrate import SCHEMA, MigrationRefused, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

ALL = sorted(file.name for file in SCHEMA.iterdir() if file.name.endswith(".sql"))

_AS_A_PROCESS = """
import asyncio, json, os
from register.migrate import migrate
print(json.dumps(asyncio.run(migrate(os.environ["URL"]))))
"""


@pytest.fixture
async def empty(database_urls: Mapping[str, str]) -> AsyncGenerator[str]:
    """The owner's address of a database with nothing in it."""
    name = f"empty_{secrets.token_hex(4)}"
    administrator = await asyncpg.connect(database_urls["postgres"])
    await administrator.execute(f'CREATE DATABASE "{name}" OWNER juki_owner TEMPLATE template0')
    yield urlsplit(database_urls["juki_owner"])._replace(path=f"/{name}").geturl()
    await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await administrator.close()


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """A schema of two files."""
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (a integer);")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (a integer);")
    return tmp_path


async def test_migrating_again_changes_nothing(empty: str) -> None:
    assert await migrate(empty) == ALL
    assert await migrate(empty) == []


async def test_two_processes_at_once_apply_each_file_once(empty: str) -> None:
    """Without the lock, both create the first table and one fails."""
    applied = await asyncio.gather(*(_in_a_process(empty) for _ in range(2)))

    assert sorted(applied) == [[], ALL]


async def test_an_applied_file_that_changed_is_refused(empty: str, schema: Path) -> None:
    await migrate(empty, schema)
    (schema / "0001_first.sql").write_text("CREATE TABLE first (b integer);")

    with pytest.raises(MigrationRefused, match=r"0001_first\.sql has changed"):
        await migrate(empty, schema)


async def test_an_older_release_does_not_touch_a_newer_database(empty: str, schema: Path) -> None:
    await migrate(empty, schema)
    (schema / "0002_second.sql").unlink()

    with pytest.raises(MigrationRefused, match=r"0002_second\.sql was applied here"):
        await migrate(empty, schema)


async def test_a_file_cannot_be_slipped_in_before_an_applied_one(empty: str, schema: Path) -> None:
    await migrate(empty, schema)
    (schema / "0001_zero.sql").write_text("SELECT 1;")

    with pytest.raises(MigrationRefused, match=r"0001_zero\.sql would come before"):
        await migrate(empty, schema)


async def test_a_file_that_fails_leaves_nothing_of_itself(empty: str, schema: Path) -> None:
    """The files before it stay applied, and mending it is enough."""
    broken = schema / "0003_third.sql"
    broken.write_text("CREATE TABLE third (a integer); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, schema)

    broken.write_text("CREATE TABLE third (a integer);")

    assert await migrate(empty, schema) == ["0003_third.sql"]


async def _in_a_process(url: str) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _AS_A_PROCESS,
        env={"URL": url, "PYTHONPATH": ":".join(filter(None, sys.path))},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(out)


async def test_numbers_kept_before_standings_were_keep_their_order(
    empty: str, database_urls: Mapping[str, str], tmp_path: Path
) -> None:
    """0013: what was stored last is current, the rest are former, and the log says so too."""
    for name in ALL[: ALL.index("0013_current_values.sql")]:
        (tmp_path / name).write_text((SCHEMA / name).read_text("utf-8"))
    await migrate(empty, tmp_path)
    database = urlsplit(empty).path
    target = urlsplit(database_urls["postgres"])._replace(path=database).geturl()
    administrator = await asyncpg.connect(target)
    await administrator.execute(
        "INSERT INTO vault (municipality, resident_id, field, ordinal, key_id, ciphertext, lookup)"
        " SELECT '131016', resident_id, 'f', o, 'k', '', resident_id::text::bytea || o::text::bytea"
        " FROM unnest(ARRAY[gen_random_uuid(), gen_random_uuid()]) AS resident_id,"
        " generate_series(1, 2) AS o"
    )

    await migrate(empty)

    found = await administrator.fetch(
        "SELECT ordinal, standing, event FROM vault JOIN vault_event"
        " USING (municipality, resident_id, field, ordinal) ORDER BY ordinal"
    )
    await administrator.close()
    before, now = (1, "former", "replaced"), (2, "current", "brought")
    assert [tuple(row) for row in found] == [before, before, now, now]
