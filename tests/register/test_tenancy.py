"""Every municipality is sealed off from the others: by the database, on every table there is.

All lists here are read from the database's own catalogue, so that a new table is checked from the
day it is made; what deviates stands below with its reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import pytest

from domain.identifiers import new_id
from local.postgres import OWNER, REGISTER, ensure_database
from tests.people import a_family
from tests.towns import a_town

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from register.transactions import Tx
    from tests.towns import Town

OF_THE_INSTALLATION = {"business_clock", "schema_migration"}
"""Tables that belong to no municipality: the one clock, and the notes of the migrations."""

UNIQUE_EVERYWHERE = {"pool_code_pkey", "code_reservation_once"}
"""A 住民票コード is unique in the whole country, so no municipality comes first in these keys."""

SEEN_BY_THE_RELAY = {
    *("municipality", "case_id", "case_number", "decision_id", "wakeup_id", "procedure"),
    *("state", "direction", "cause", "over", "event", "peer", "kind", "code_count"),
    *("due_on", "accepted_at", "started_at", "ended_at", "made_at", "taken_at"),
    *("reconcile_at", "serials_at"),
    # Gates: who waits where, and how fast they are let through; not who held one, nor why.
    *("automatic", "held_at", "released_at", "probe_at", "probe_pause"),
    *("opening", "gate_budget", "gate_probe_most"),
    *("until", "since", "opened_at", "closed_at", "low_water", "target_stock", "one_row", "shift"),
    # What the watchdog compares and writes: when something moved, and which incident it was, by
    # the codes and names of steps that stand in the engine's histories too.
    *("step", "subject", "code", "begun_at", "settled_at", "next_at", "looked_at"),
    *("found_at", "gone_at", "attempts", "build", "cause"),
    # What it announces: its own words, made of these.
    *("first_seen", "last_seen", "announced_at"),
    *("announcement_id", "channel", "about", "day", "contents", "sent_at"),
}
"""Ids, states, codes and instants; whatever else the relay could read would have to be argued."""

_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""


@pytest.fixture
async def administrator(database_urls: Mapping[str, str]) -> AsyncGenerator[Tx]:
    """Somebody with every right, who looks at the catalogue."""
    connection = await asyncpg.connect(database_urls["postgres"])
    yield connection
    await connection.close()


@pytest.fixture
async def tables(administrator: Tx) -> list[str]:
    """Every table of a municipality."""
    names = {row[0] for row in await administrator.fetch(_TABLES)} - OF_THE_INSTALLATION
    return sorted(names)


@pytest.fixture
async def bare(database_urls: Mapping[str, str]) -> AsyncGenerator[Mapping[str, str]]:
    """Addresses, by role, of a register of this test's own, from which walls may be taken."""
    administrator = await asyncpg.connect(
        urlsplit(database_urls["postgres"])._replace(path="/postgres").geturl()
    )
    name = f"bare_{new_id().hex}"
    await ensure_database(administrator, name, OWNER, template=REGISTER)
    yield {
        role: urlsplit(url)._replace(path=f"/{name}").geturl()
        for role, url in database_urls.items()
    }
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


@pytest.fixture
async def elsewhere(database_urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Town]:
    """Another town, with a family in it."""
    async with a_town(database_urls, keyring_path) as opened:
        await opened.take_over(a_family())
        yield opened


async def test_row_level_security_is_on_and_forced_everywhere(
    administrator: Tx, tables: list[str]
) -> None:
    """Forced: otherwise the owner, whom migrations run as, would see every town."""
    rows = await administrator.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relrowsecurity AND relforcerowsecurity"
    )

    assert {row["relname"] for row in rows} == set(tables)


async def test_every_key_begins_with_the_municipality(administrator: Tx) -> None:
    rows = await administrator.fetch(
        "SELECT i.indexrelid::regclass::text AS name FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace"
        " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        " WHERE i.indisunique AND a.attname IS DISTINCT FROM 'municipality'"
        " AND NOT c.relname = ANY($1)",
        list(OF_THE_INSTALLATION),
    )

    assert {row["name"] for row in rows} == UNIQUE_EVERYWHERE


async def test_no_town_reads_another(town: Town, elsewhere: Town, tables: list[str]) -> None:
    """The other town's rows are there, and are not to be seen."""
    async with elsewhere.open() as tx:
        assert await tx.fetchval("SELECT count(*) FROM resident_history") == len(a_family())

    assert await _strangers(town, tables) == {}


async def test_the_second_wall_holds_alone_and_is_missed_where_it_is_gone(
    bare: Mapping[str, str], keyring_path: Path
) -> None:
    """A query that forgets its WHERE sees its own town only; without the policies it sees all.

    So the test above can fail: it is made to, in a copy of the register from which they were taken.
    """
    async with a_town(bare, keyring_path) as town, a_town(bare, keyring_path) as elsewhere:
        for one in (town, elsewhere):
            await one.take_over(a_family())
        administrator = await asyncpg.connect(bare["postgres"])
        names = {row[0] for row in await administrator.fetch(_TABLES)} - OF_THE_INSTALLATION
        assert await _strangers(town, sorted(names)) == {}

        for name in names:
            await administrator.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
        await administrator.close()

        seen = await _strangers(town, sorted(names))
    assert seen["resident_history"] == len(a_family())
    assert {"resident", "resident_present", "household", "vault", "municipality"} <= set(seen)


async def test_no_town_writes_into_another(
    town: Town, elsewhere: Town, database_urls: Mapping[str, str], tables: list[str]
) -> None:
    """The same row for the own town fails only because it is incomplete, if at all."""
    connection = await asyncpg.connect(database_urls["juki_app"])
    await connection.execute("SELECT set_config('juki.municipality', $1, false)", town.code)
    for table in tables:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                f"INSERT INTO {table} (municipality) VALUES ($1)",  # noqa: S608
                elsewhere.code,
            )
    with pytest.raises(asyncpg.NotNullViolationError):
        await connection.execute("INSERT INTO resident (municipality) VALUES ($1)", town.code)
    await connection.close()


async def test_without_a_municipality_there_is_an_error_and_not_no_rows(
    elsewhere: Town, administrator: Tx, database_urls: Mapping[str, str], tables: list[str]
) -> None:
    """On every table that holds anything; also after a transaction, when the setting is empty."""
    connection = await asyncpg.connect(database_urls["juki_app"])
    async with connection.transaction():
        await connection.execute("SELECT set_config('juki.municipality', $1, true)", elsewhere.code)
    checked = 0
    for table in tables:
        if await administrator.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):  # noqa: S608
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT municipality FROM {table}")  # noqa: S608
            checked += 1
    await connection.close()
    assert checked >= 5


async def test_the_relay_reads_ids_states_and_due_times_only(administrator: Tx) -> None:
    readable = await _readable(administrator, "juki_relay")

    assert {column for _, column in readable} <= SEEN_BY_THE_RELAY
    assert {table for table, _ in readable} & {
        "resident_present",
        "vault",
        "telegram_body",
    } == set()


async def test_the_sealer_reads_which_municipalities_there_are_and_nothing_else(
    administrator: Tx,
) -> None:
    """It seals through a function; even hashes of short rows could be guessed back into rows."""
    assert await _readable(administrator, "juki_sealer") <= {("municipality", "municipality")}


async def test_the_office_itself_reads_the_entries(administrator: Tx) -> None:
    """So that the two tests above can fail."""
    assert ("resident_present", "entry") in await _readable(administrator, "juki_app")


async def test_functions_with_the_owners_rights_trust_no_search_path(administrator: Tx) -> None:
    """Otherwise a temporary table of the caller's could stand in for ours."""
    rows = await administrator.fetch(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND NOT 'search_path=public, pg_temp' = ANY(coalesce(proconfig, '{}'))"
    )

    assert not rows


async def _strangers(town: Town, tables: list[str]) -> dict[str, int]:
    """How many rows of other towns somebody of this one sees, by table, where they see any."""
    seen: dict[str, int] = {}
    async with town.open() as tx:
        for table in tables:
            # The WHERE a function ought to have, and that is forgotten here.
            rows = await tx.fetch(f"SELECT municipality FROM {table}")  # noqa: S608
            seen[table] = sum(row["municipality"] != town.code for row in rows)
    return {table: count for table, count in seen.items() if count}


async def _readable(administrator: Tx, role: str) -> set[tuple[str, str]]:
    rows = await administrator.fetch(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND a.attnum > 0 AND NOT a.attisdropped"
        " AND has_column_privilege($1, c.oid, a.attname, 'SELECT')",
        role,
    )
    return {(row["relname"], row["attname"]) for row in rows}
