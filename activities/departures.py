"""Steps of a 転出 in our own register: entered ahead, waited for, and confirmed from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.step import step, undo
from domain.cases import Progress, StepRef, WaitKind
from domain.dates import jst_day
from domain.move_out import AWAIT_NOTICE, CONFIRM, midnight
from register import (
    cancelling,
    feed,
    heads,
    lanes,
    leaving,
    move_in_notices,
    municipalities,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.desk import Desk, Work
    from register.heads import Changed


class Departures:
    """People who leave, as the steps of their case enter and watch them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @step("転出予定者として登録する", amendable=False, enters=True)
    async def enter_departure(self, ref: StepRef) -> Progress:
        """Enter the 転出 ahead of its day, from which the person is 除票 by the calendar.

        Raises `Refused` NOT_RESIDENT, ALREADY_LEAVING, RESIDENT_CHANGED.
        """
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await leaving.enter(work.tx, ref, work.resident_id)
            return await work.done()

    @undo(enter_departure, "転出を取り消す")
    async def cancel_departure(self, ref: StepRef) -> Progress:
        """異動の取消し（増）: the person was never leaving; what others changed meanwhile stays."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await cancelling.take_back(work.tx, ref, work.resident_id)
            await lanes.settle(work.tx, ref, work.resident_id, "void")
            return await work.done()

    @step("転出予定日又は転入通知を待つ", amendable=False)
    async def await_departure(self, ref: StepRef) -> Progress:
        """Wait for the planned day or for an earlier 転入, whichever comes first."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            day = await leaving.day_of(work.tx, ref, work.resident_id)
            if day > jst_day(work.place.now):
                return await work.waits_until(WaitKind.DEPARTURE_DAY, midnight(day))
            await leaving.depart(work.tx, ref, work.resident_id)
            return await work.done()

    @step("世帯主を引き継ぐ", amendable=False)
    async def pass_on_headship(self, ref: StepRef) -> Progress:
        """If the head left: enter who heads the household now, and tell other offices."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            reported = await leaving.notification(work.tx, ref)
            changed = await heads.succeed(work.tx, ref, work.resident_id, reported)
            await self._publish(work, "resident.changed", changed)
            return await work.done()

    @undo(pass_on_headship, "世帯主を戻す")
    async def give_headship_back(self, ref: StepRef) -> Progress:
        """The former head heads the household again."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await self._publish(work, "resident.withdrawn", await heads.give_back(work.tx, ref))
            return await work.done()

    @step(AWAIT_NOTICE, amendable=False)
    async def await_notice(self, ref: StepRef) -> Progress:
        """Wait for the 転入通知; past the municipality's limit it counts as 未着, and waits on."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            reported = await leaving.notification(work.tx, ref)
            notice = await move_in_notices.newest(work.tx, ref, work.resident_id)
            if notice is not None or reported.destination.abroad:
                return await work.done()
            # Where the newest takes the 転入 back, what it had confirmed is struck out again.
            await leaving.confirm(work.tx, ref, work.resident_id)
            town = await municipalities.load(work.tx)
            limit = town.parameters.move_in_notice_limit
            return await work.waits_until(
                WaitKind.MOVE_IN_NOTICE, midnight(reported.planned_on + limit)
            )

    @step(CONFIRM, amendable=False)
    async def confirm_destination(self, ref: StepRef) -> Progress:
        """Keep what the newest 転入通知 says beside what was planned."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await leaving.confirm(work.tx, ref, work.resident_id)
            return await work.done()

    @step("転入通知を記録する", amendable=False)
    async def record_destination(self, ref: StepRef) -> Progress:
        """As for a 転出 that waits, for somebody who was 除票 before the 転入通知 came."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await leaving.confirm(work.tx, ref, work.resident_id)
            return await work.done()

    @undo(record_destination, "転入通知の記録を取り消す")
    async def forget_destination(self, ref: StepRef) -> Progress:
        """Take back what the case wrote from the 転入通知."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await cancelling.take_back(work.tx, ref, work.resident_id)
            return await work.done()

    async def _publish(self, work: Work, kind: str, changed: Sequence[Changed]) -> None:
        for one in changed:
            await feed.publish(
                work.tx,
                work.ref,
                kind,
                resident_id=one.resident_id,
                history_no=one.history_no,
                reason=work.place.procedure,
            )
