"""Seals: every log row is sealed once, however late it commits, and nobody waits for the sealer."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from register import audit
from register.seals import seal_once
from register.verification import Finding, Problem, verify
from runtime.database import pool

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from register.transactions import Pool, Tx
    from tests.towns import Town

PATIENCE = 20.0

_CASE = UUID("0193a000-0000-7000-8000-000000000001")


@pytest.fixture
async def sealer(database_urls: Mapping[str, str]) -> AsyncGenerator[Pool]:
    """Connections of the sealer's role."""
    url = database_urls["juki_sealer"]
    async with pool(url, application="sealer", smallest=0, largest=4) as connections:
        yield connections


@pytest.fixture
async def administrator(database_urls: Mapping[str, str]) -> AsyncGenerator[Tx]:
    """Somebody with every right, for whom triggers are no obstacle."""
    url = database_urls["postgres"]
    async with (
        pool(url, application="tamper", smallest=0, largest=1) as connections,
        connections.acquire() as connection,
    ):
        await connection.execute("SET session_replication_role = replica")
        yield connection


async def test_what_was_written_is_sealed_and_sound(town: Town, sealer: Pool) -> None:
    await _write(town, 5)
    await _seal(town, sealer)

    verified = await verify(town.transactions, town.acting)

    assert verified.sound
    assert verified.head.startswith("1:")
    assert await _sealed(town) == 5


async def test_a_long_transaction_is_sealed_in_batches(town: Town, sealer: Pool) -> None:
    """A batch may end within a transaction; the next one begins right behind it."""
    await _write(town, 10)
    while await _sealed(town) < 10:
        await sealer.fetchval("SELECT seal_logs($1, 3)", town.code)

    async with town.open() as tx:
        sizes = await tx.fetch("SELECT cardinality(row_ids) AS rows FROM seal ORDER BY sequence")
    assert [size["rows"] for size in sizes] == [3, 3, 3, 1]
    assert (await verify(town.transactions, town.acting)).sound


async def test_a_row_that_commits_late_is_sealed(town: Town, sealer: Pool) -> None:
    """Its id and its transaction are lower than those of rows committed before it.

    A sealer that went by ids, or by commit, would have passed it; this one waits for nobody, seals
    up to the oldest transaction still running, and takes the rest later.
    """
    async with town.open() as slow:
        await audit.record(slow, town.acting, "slow")
        await _write(town, 3)
        await sealer.fetchval("SELECT seal_logs($1, 1000)", town.code)
        assert await _sealed(town) == 0

    await _seal(town, sealer)
    assert await _sealed(town) == 4
    assert (await verify(town.transactions, town.acting)).sound


async def test_a_lower_id_in_a_younger_transaction_is_sealed(town: Town, sealer: Pool) -> None:
    """Ids are drawn in one order and transactions begun in another: an id cursor loses this row."""
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        older = await first.enter_async_context(town.open())
        await older.fetchval("SELECT pg_current_xact_id()")
        younger = await second.enter_async_context(town.open())
        await audit.record(younger, town.acting, "lower id")
        await audit.record(older, town.acting, "higher id")
        await first.aclose()
        await _seal_until(town, sealer, 1)

    await _seal_until(town, sealer, 2)
    assert (await verify(town.transactions, town.acting)).sound


async def test_sealers_at_once_seal_each_row_once(town: Town, sealer: Pool) -> None:
    """Without the lock, both would write the same number into the chain and one would fail."""
    await _write(town, 40)

    async with asyncio.timeout(PATIENCE):
        while await _sealed(town) < 40:
            await asyncio.gather(
                *(sealer.fetchval("SELECT seal_logs($1, 7)", town.code) for _ in range(4))
            )

    verified = await verify(town.transactions, town.acting)
    assert verified.sound
    assert await _sealed(town) == 40


async def test_the_sealer_goes_through_every_town(town: Town, sealer: Pool) -> None:
    await _write(town, 2)

    async with asyncio.timeout(PATIENCE):
        while await _sealed(town) < 2:
            await seal_once(sealer)

    assert (await verify(town.transactions, town.acting)).sound


async def test_writers_do_not_wait_for_the_sealer(town: Town, sealer: Pool) -> None:
    """A sealing that has not committed yet holds nothing that a writer, or a sealer, needs."""
    await _write(town, 2)
    async with sealer.acquire() as slow, slow.transaction():
        await slow.fetchval("SELECT seal_logs($1, 1000)", town.code)
        async with asyncio.timeout(PATIENCE):
            await _write(town, 2)
            assert await sealer.fetchval("SELECT seal_logs($1, 1000)", town.code) == 0


async def test_one_altered_byte_is_located(town: Town, sealer: Pool, administrator: Tx) -> None:
    await _write(town, 5)
    await _seal(town, sealer)
    third = await _row(town, 3)
    await administrator.execute("UPDATE audit SET act = 'act-X' WHERE log_id = $1", third)

    assert await _found(town) == {"audit": (Finding(Problem.ALTERED, 1, (str(third),)),)}


async def test_a_value_that_became_empty_is_an_alteration(
    town: Town, sealer: Pool, administrator: Tx
) -> None:
    """Empty columns are left out of a hash, so that columns may be added; this one was full."""
    await _write(town, 1)
    await _seal(town, sealer)
    row = await _row(town, 1)
    await administrator.execute("UPDATE audit SET case_id = NULL WHERE log_id = $1", row)

    assert await _found(town) == {"audit": (Finding(Problem.ALTERED, 1, (str(row),)),)}


async def test_a_column_added_later_leaves_old_hashes_as_they_were(
    town: Town, sealer: Pool, administrator: Tx
) -> None:
    await _write(town, 2)
    await _seal(town, sealer)

    adding = administrator.transaction()
    await adding.start()
    await administrator.execute("ALTER TABLE audit ADD COLUMN terminal text")
    await administrator.execute("SELECT set_config('juki.municipality', $1, true)", town.code)
    alike = await administrator.fetchval(
        "SELECT count(*) FROM seal s, unnest(s.row_ids, s.row_hashes) u (log_id, hash)"
        " JOIN hashed_rows('audit', '0', 0, false, NULL) r USING (log_id)"
        " WHERE s.municipality = $1 AND r.hash = u.hash",
        town.code,
    )
    await adding.rollback()

    assert alike == 2


async def test_a_deleted_row_is_located(town: Town, sealer: Pool, administrator: Tx) -> None:
    await _write(town, 5)
    await _seal(town, sealer)
    second = await _row(town, 2)
    await administrator.execute("DELETE FROM audit WHERE log_id = $1", second)

    assert await _found(town) == {"audit": (Finding(Problem.MISSING, 1, (str(second),)),)}


async def test_a_row_slipped_into_what_is_sealed_is_located(
    town: Town, sealer: Pool, administrator: Tx
) -> None:
    """With an older transaction's number the sealer would never come to it."""
    await _write(town, 5)
    await _seal(town, sealer)
    forged = await administrator.fetchval(
        "INSERT INTO audit (municipality, actor, purpose, act, tx)"
        " SELECT municipality, actor, purpose, 'forged', (tx::text::bigint - 1)::text::xid8"
        " FROM audit WHERE log_id = $1 RETURNING log_id",
        await _row(town, 1),
    )

    assert await _found(town) == {"audit": (Finding(Problem.INSERTED, 1, (str(forged),)),)}


async def test_a_missing_seal_is_located(town: Town, sealer: Pool, administrator: Tx) -> None:
    await _write_and_seal(town, sealer, times=3)
    await _tamper(administrator, town, "DELETE FROM seal WHERE municipality = $1 AND sequence = 2")

    assert (await _found(town))["seal"] == (Finding(Problem.SEAL_MISSING, 1, ("3",)),)


async def test_an_altered_seal_is_located(town: Town, sealer: Pool, administrator: Tx) -> None:
    """Also one that was made to fit an altered row."""
    await _write_and_seal(town, sealer, times=3)
    await _tamper(
        administrator,
        town,
        "UPDATE seal SET row_hashes = ARRAY['\\x00'::bytea]"
        " WHERE municipality = $1 AND sequence = 2",
    )

    assert (await _found(town))["seal"] == (Finding(Problem.SEAL_ALTERED, 1, ("2",)),)


async def test_a_seal_made_anew_breaks_the_chain(
    town: Town, sealer: Pool, administrator: Tx
) -> None:
    await _write_and_seal(town, sealer, times=3)
    await _tamper(
        administrator,
        town,
        "UPDATE seal s SET hash = seal_hash(row(s.municipality, s.sequence, s.log, s.last_tx,"
        " s.row_ids, ARRAY['\\x00'::bytea], s.previous, s.hash, s.made_at)::seal),"
        " row_hashes = ARRAY['\\x00'::bytea] WHERE municipality = $1 AND sequence = 2",
    )

    assert (await _found(town))["seal"] == (Finding(Problem.CHAIN_BROKEN, 1, ("3",)),)


async def _write(town: Town, count: int) -> None:
    async with town.open() as tx:
        for _ in range(count):
            await audit.record(tx, town.acting, "act", case_id=_CASE)


async def _write_and_seal(town: Town, sealer: Pool, times: int) -> None:
    for _ in range(times):
        await _write(town, 1)
        await _seal(town, sealer)


async def _seal(town: Town, sealer: Pool) -> None:
    """Seal until nothing is left: other tests' transactions may be running when we begin."""
    async with asyncio.timeout(PATIENCE):
        while await _unsealed(town):
            await sealer.fetchval("SELECT seal_logs($1, 1000)", town.code)


async def _seal_until(town: Town, sealer: Pool, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _sealed(town) < count:
            await sealer.fetchval("SELECT seal_logs($1, 1000)", town.code)


async def _unsealed(town: Town) -> int:
    verified = await verify(town.transactions, town.acting)
    return sum(check.unsealed for check in verified.checks)


async def _sealed(town: Town) -> int:
    async with town.open() as tx:
        return await tx.fetchval("SELECT coalesce(sum(cardinality(row_ids)), 0)::int FROM seal")


async def _row(town: Town, nth: int) -> int:
    async with town.open() as tx:
        return await tx.fetchval(
            "SELECT log_id FROM audit ORDER BY log_id OFFSET $1 - 1 LIMIT 1", nth
        )


async def _found(town: Town) -> dict[str, tuple[Finding, ...]]:
    verified = await verify(town.transactions, town.acting)
    return {check.name: check.findings for check in verified.checks if check.findings}


async def _tamper(administrator: Tx, town: Town, statement: str) -> None:
    await administrator.execute(statement, town.code)
