"""The feed other offices read: a row that commits late is never behind a reader's cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import StepRef
from domain.identifiers import new_id
from register import feed
from tests.eventually import eventually

if TYPE_CHECKING:
    from register.transactions import Tx
    from tests.towns import Town


async def test_a_row_that_commits_late_is_not_lost(town: Town) -> None:
    """The one that began first commits last; a cursor by id alone has passed it by then."""
    async with town.open() as slow:
        await _publish(town, slow, 1)
        async with town.open() as quick:
            await _publish(town, quick, 2)
        early, cursor = await _read(town, (0, 0))
        naive = await _read_by_id(town, 0)
    await _settled(town)
    late, _ = await _read(town, cursor)

    assert [*early, *late] == [1, 2]
    assert await _read_by_id(town, max(naive)) == {}


async def test_a_reader_sees_every_row_once_and_in_order(town: Town) -> None:
    """Page by page, from the last row seen."""
    for number in range(1, 8):
        async with town.open() as tx:
            await _publish(town, tx, number)

    await _settled(town)
    seen, cursor = list[int](), (0, 0)
    while page := await _read(town, cursor, limit=3):
        numbers, cursor = page
        if not numbers:
            break
        seen += numbers

    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_telling_the_same_again_adds_nothing(town: Town) -> None:
    """A step that runs twice publishes once."""
    ref = StepRef(municipality=town.code, case_id=new_id(), subject=1)
    for _ in range(2):
        async with town.open() as tx:
            await _publish(town, tx, 1, ref)

    await _settled(town)
    assert (await _read(town, (0, 0)))[0] == [1]


async def _settled(town: Town) -> None:
    """Wait for whatever other transactions of this server began before our rows."""

    async def settled() -> bool:
        async with town.open() as tx:
            return await tx.fetchval(
                "SELECT NOT EXISTS (SELECT FROM feed_event"
                " WHERE tx >= pg_snapshot_xmin(pg_current_snapshot()))"
            )

    await eventually(settled)


async def _publish(town: Town, tx: Tx, number: int, ref: StepRef | None = None) -> None:
    ref = ref or StepRef(municipality=town.code, case_id=new_id(), subject=1)
    await feed.publish(
        tx, ref, "resident.changed", resident_id=ref.case_id, history_no=number, reason="出生"
    )


async def _read(
    town: Town, after: tuple[int, int], limit: int = 100
) -> tuple[list[int], tuple[int, int]]:
    """The numbers published behind a cursor, and the next cursor."""
    async with town.open() as tx:
        rows = await feed.read(tx, town.code, after, limit)
    cursor = (rows[-1]["tx"], rows[-1]["log_id"]) if rows else after
    return [row["history_no"] for row in rows], cursor


async def _read_by_id(town: Town, after: int) -> dict[int, int]:
    """What a cursor by id alone would find: id to number."""
    async with town.open() as tx:
        rows = await tx.fetch("SELECT log_id, history_no FROM feed_event WHERE log_id > $1", after)
    return {row["log_id"]: row["history_no"] for row in rows}
