"""The register only grows: a log takes new rows, and neither office nor owner changes old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.towns import Town

DELETED_FROM = {"search_token", "case_viewer"}
"""Tables the office may delete from: search words are made anew from the present entry, and who
looked at a case a minute ago is remembered by nobody."""

CHANGES = {
    "UPDATE": "UPDATE {log} SET municipality = municipality",
    "DELETE": "DELETE FROM {log}",
    "TRUNCATE": "TRUNCATE {log}",
}

change = pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())


@pytest.fixture
async def logs(town: Town) -> list[str]:
    """Every log the catalogue knows, and the seals over them."""
    async with town.open() as tx:
        names = [row[0] for row in await tx.fetch("SELECT log_tables()")]
    assert {"resident_history", "telegram", "decision", "audit"} <= set(names)
    return [*names, "seal"]


@change
async def test_the_office_may_not_change_a_log(town: Town, logs: list[str], statement: str) -> None:
    for log in logs:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            async with town.open() as tx:
                await tx.execute(statement.format(log=log))


@change
@pytest.mark.parametrize("role", ["juki_owner", "postgres"])
async def test_a_trigger_refuses_the_owner_and_the_administrator(
    database_urls: Mapping[str, str], logs: list[str], role: str, statement: str
) -> None:
    """Grants do not bind these two; whoever wants to change a log must first say so."""
    connection = await asyncpg.connect(database_urls[role])
    for log in logs:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is append-only"):
            await connection.execute(statement.format(log=log))
    await connection.close()


async def test_nothing_is_deleted_by_the_office(town: Town) -> None:
    """No procedure and no undo deletes: what must be gone gets a counter-row."""
    async with town.open() as tx:
        rows = await tx.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'DELETE, TRUNCATE')"
        )

    assert {row["relname"] for row in rows} == DELETED_FROM


async def test_a_log_row_knows_its_transaction_and_its_instant(town: Town, logs: list[str]) -> None:
    """Both are given by the database: the sealer and the readers of the feed go by them."""
    async with town.open() as tx:
        rows = await tx.fetch(
            "SELECT table_name, array_agg(column_name ORDER BY column_name) AS columns"
            " FROM information_schema.columns WHERE column_name IN ('at', 'log_id', 'tx')"
            " AND (column_default IS NOT NULL OR is_identity = 'YES') GROUP BY table_name"
        )

    given = {row["table_name"] for row in rows if row["columns"] == ["at", "log_id", "tx"]}
    assert given == set(logs) - {"seal"}
