"""Steps of a 一括処理: one item after another is decided, and its outcome is seen.

Each item is a transaction of its own, with its own lock and its own decision: whoever is killed
goes on behind the last one, and one that cannot be decided stands in nobody's way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from activities.attention import BETWEEN_PAGES, watch
from activities.step import step
from domain.bulk import BulkState
from domain.cases import Progress, StepRef, WaitKind
from domain.errors import ContractBroken
from register import bulk_items, bulk_repairs, municipalities

if TYPE_CHECKING:
    from activities.attention import Attention
    from activities.desk import Desk, Work
    from register.bulk_repairs import Bulk

_AT_A_STRETCH = 2.0
"""Seconds one attempt works: so short that a wake-up is never kept waiting."""
_SHORTEST_TIMER = 1.0
_UNTIL_RESUMED = 30 * 86_400.0


class BulkRepairs:
    """A frozen list of incidents, worked off as whoever confirmed it decided."""

    def __init__(self, desk: Desk, attention: Attention) -> None:
        self._desk = desk
        self._attention = attention

    @step("一件ずつ再実行を決める", amendable=False)
    async def decide(self, ref: StepRef) -> Progress:
        """Decide at the municipality's pace; each item is judged again when its turn comes."""
        clock = asyncio.get_running_loop()
        until = clock.time() + _AT_A_STRETCH
        while True:
            progress = await _turn(self._desk, ref)
            if progress.wait is not WaitKind.NEXT_ITEM:
                return progress
            if clock.time() + progress.seconds > until:
                return _without_a_timer(progress)
            await asyncio.sleep(progress.seconds)

    @step("結果を見届ける", amendable=False)
    async def see_through(self, ref: StepRef) -> Progress:
        """Until every case has said whether its decision worked, or failed again."""

        async def known() -> bool:
            async with self._desk.open(ref) as tx:
                return not await bulk_items.undecided(tx, ref.case_id)

        return await watch(self._desk, ref, self._attention, known, _outcomes)


async def _turn(desk: Desk, ref: StepRef) -> Progress:
    """One item, or why it is nobody's turn."""
    async with desk.step(ref) as work:
        if work.settled:
            return Progress()
        bulk = await _bulk(work)
        if bulk.state is BulkState.PAUSED:
            return await work.waits(WaitKind.RESUMPTION, _UNTIL_RESUMED)
        if bulk.state is BulkState.STOPPED:
            return await work.done()
        return await _next(work, bulk)


async def _outcomes(work: Work, pause: float) -> Progress:
    left = await bulk_items.undecided(work.tx, work.ref.case_id)
    return await work.waits(WaitKind.OUTCOMES, pause, mark=f"あと {left:,} 件")


async def _next(work: Work, bulk: Bulk) -> Progress:
    town = work.ref.municipality
    pace = (await municipalities.load(work.tx)).parameters.bulk_per_minute
    turn = await bulk_items.next_turn(work.tx, town, bulk.bulk_id)
    if turn is None:
        return await work.done()
    left = await bulk_items.due_in(work.tx, town, bulk.bulk_id, pace)
    if left > 0:
        return await work.waits(WaitKind.NEXT_ITEM, left)
    if (confirmed := await bulk_repairs.confirmed(work.tx, bulk.bulk_id)) is None:
        raise ContractBroken("UNKNOWN_CASE")
    await bulk_items.decide(work.tx, town, bulk, turn, confirmed)
    return Progress(wait=WaitKind.NEXT_ITEM)


async def _bulk(work: Work) -> Bulk:
    bulk = await bulk_repairs.of_case(work.tx, work.ref.case_id)
    if bulk is None:
        raise ContractBroken("UNKNOWN_CASE")
    return bulk


def _without_a_timer(progress: Progress) -> Progress:
    """A timer of the engine takes a second at least: less is waited for within the next attempt."""
    short = progress.seconds < _SHORTEST_TIMER
    return progress.model_copy(update={"seconds": BETWEEN_PAGES}) if short else progress
