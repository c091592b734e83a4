"""Brings a database up to date: numbered SQL files, each in a transaction of its own, each once."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from importlib.resources.abc import Traversable

    from register.transactions import Tx

SCHEMA = files("register") / "schema"
_OLDEST_SERVER = 15
_LOCK = 0x6A756B69  # "juki": one migration at a time per database

_NOTES = """
CREATE TABLE IF NOT EXISTS schema_migration (
    file        text PRIMARY KEY,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


class MigrationRefused(Exception):
    """The database and this release do not fit; the text says why, and nothing was changed."""


class _Script(NamedTuple):
    file: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


async def migrate(target: str | Tx, schema: Traversable = SCHEMA) -> list[str]:
    """Apply what is missing, oldest first, and return the names of the files applied now.

    ``target`` is the owner's connection or its URL.  Safe to repeat, and from many processes at
    once: one works, the others wait and find nothing left to do.  Raises `MigrationRefused` when a
    file that was applied has changed since or is gone, or when a new one would come before it.
    """
    async with _connection(target) as owner, _alone(owner):
        await _check_server(owner)
        await owner.execute(_NOTES)
        noted = await owner.fetch("SELECT file, checksum FROM schema_migration ORDER BY file")
        missing = _missing(_scripts(schema), {row["file"]: row["checksum"] for row in noted})
        for script in missing:
            await _apply(owner, script)
    return [script.file for script in missing]


def _scripts(schema: Traversable) -> list[_Script]:
    found = (entry for entry in schema.iterdir() if entry.name.endswith(".sql"))
    return sorted(_Script(entry.name, entry.read_text("utf-8")) for entry in found)


def _missing(scripts: Sequence[_Script], noted: dict[str, str]) -> list[_Script]:
    """The scripts not applied yet, once it is certain that the others are as they were."""
    if gone := sorted(noted.keys() - {script.file for script in scripts}):
        raise MigrationRefused(
            f"{gone[0]} was applied here but is not part of this release. "
            f"このデータベースは、より新しい版のものです（{gone[0]}）。"
        )
    newest = max(noted, default="")
    for script in scripts:
        if noted.get(script.file, script.checksum) != script.checksum:
            raise MigrationRefused(
                f"{script.file} has changed since it was applied; write a new file instead. "
                f"適用済みの {script.file} が書き換えられています。新しいファイルを足してください。"
            )
        if script.file not in noted and script.file < newest:
            raise MigrationRefused(
                f"{script.file} would come before {newest}, which is applied; number it higher. "
                f"{script.file} の番号は、適用済みの {newest} より大きくしてください。"
            )
    return [script for script in scripts if script.file not in noted]


async def _apply(owner: Tx, script: _Script) -> None:
    async with owner.transaction():
        # A migration that waits for a table makes everybody else wait behind it.
        await owner.execute("SET LOCAL lock_timeout = '15s'")
        await owner.execute(script.text)
        await owner.execute(
            "INSERT INTO schema_migration (file, checksum) VALUES ($1, $2)",
            script.file,
            script.checksum,
        )


async def _check_server(owner: Tx) -> None:
    version = int(await owner.fetchval("SHOW server_version_num")) // 10_000
    if version < _OLDEST_SERVER:
        raise MigrationRefused(
            f"PostgreSQL {version} is too old; {_OLDEST_SERVER} or newer is needed. "
            f"PostgreSQL は {_OLDEST_SERVER} 以上が必要です（現在は {version}）。"
        )


@asynccontextmanager
async def _connection(target: str | Tx) -> AsyncGenerator[Tx]:
    if not isinstance(target, str):
        yield target
        return
    owner = await asyncpg.connect(target)
    try:
        yield owner
    finally:
        await owner.close()


@asynccontextmanager
async def _alone(owner: Tx) -> AsyncGenerator[None]:
    await owner.execute("SELECT pg_advisory_lock($1)", _LOCK)
    try:
        yield
    finally:
        if not owner.is_closed():
            await owner.execute("SELECT pg_advisory_unlock($1)", _LOCK)
