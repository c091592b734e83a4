"""A worker killed in the middle of a 一括処理: no item is repeated, and none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.bulk import BulkEvent, ItemState
from tests.agreement import agrees
from tests.bulk_repairs.begun import FAST, ONE_A_MINUTE, confirmed, refused_births, settle
from tests.crash.child import a_child, relay_of, worker_of
from tests.crash.locks import waits_for_a_lock

if TYPE_CHECKING:
    import asyncpg

    from tests.bulk_repairs.begun import Bulk
    from tests.house import Town

S = ItemState


async def test_a_worker_dies_between_a_decision_and_its_outcome(
    town: Town, owner: asyncpg.Connection
) -> None:
    """Of the item it was at nothing is left; the next worker goes on behind the last whole one.

    Red: write the outcome in a transaction after the decision's.
    """
    await settle(town, bulk_per_minute=ONE_A_MINUTE)
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker:
            cases = await refused_births(town, 3)
            bulk = await confirmed(town)
            await bulk.stands(S.WORKED, S.WAITING, S.WAITING)
            await settle(town, bulk_per_minute=FAST)
            async with owner.transaction():
                await owner.execute("LOCK TABLE bulk_outcome IN SHARE MODE")
                await bulk.say(BulkEvent.PAUSED)
                await bulk.say(BulkEvent.RESUMED)
                # By now a decision is written, and not yet which item it was about.
                await waits_for_a_lock(owner, "jukiflow-worker")
                await worker.kill()
        assert await _decided(bulk) == [cases[0].ref.case_id]

        async with a_child("worker", worker_of(town.house)):
            await (await bulk.case()).closes()
            for case in cases:
                await case.closes()
    assert await _decided(bulk) == [case.ref.case_id for case in cases]
    assert await bulk.states() == [S.WORKED] * 3
    await agrees(town)


async def _decided(bulk: Bulk) -> list[object]:
    """The cases a decision was made in, once for each decision, in the order they were made."""
    async with bulk.town.transaction() as tx:
        rows = await tx.fetch("SELECT case_id FROM decision ORDER BY log_id")
    return [row["case_id"] for row in rows]
