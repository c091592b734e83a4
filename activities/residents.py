"""Steps in our own register (住民基本台帳)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.step import step, undo
from domain.cases import Progress, StepRef, WaitKind
from domain.errors import Refused
from domain.notifications import newborn_entry
from domain.residents import Reason
from register import births, cancelling, cases, code_pool, feed, households, lanes, residents
from register.residents import NewRow

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Desk, Work
    from domain.notifications import BirthNotification
    from domain.residents import Present

# A case without stock is woken when stock comes; this is only how long it would sleep by itself.
STOCK_PATIENCE = 3600.0


class Residents:
    """The register as the steps of a case change it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @step("住民票を記載し住民票コードを割り当てる", enters=True)
    async def enter_newborn(self, ref: StepRef) -> Progress:
        """Enter the child in the chosen household with one code from the pool, in one transaction.

        Waits while the pool is empty.  Raises `Refused` HOUSEHOLD_GONE, HEAD_GONE,
        RESIDENT_CHANGED, POSSIBLE_DUPLICATE.
        """
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            reported = await births.notification(work.tx, ref)
            address = await births.household_address(work.tx, reported.household_id)
            if address is None:
                raise Refused("HOUSEHOLD_GONE")
            await self._check_not_entered(work, reported)
            head = await self._head(work, reported.household_id)
            code = await code_pool.reserve(work.tx, ref)
            await code_pool.order_if_low(work.tx, ref.municipality, "worker")
            if code is None:
                return await work.waits(WaitKind.CODE_STOCK, STOCK_PATIENCE)
            child = reported.child(ref.subject)
            row = NewRow(
                reason=Reason.BIRTH,
                effective_on=child.born_on,
                notified_on=reported.notified_on,
                entry=newborn_entry(child, head.entry, address),
                code=code,
            )
            await residents.append(work.tx, ref, work.resident_id, row)
            number = await households.next_addressee_number(work.tx)
            await residents.enroll(work.tx, ref.municipality, work.resident_id, number)
            return await work.done()

    @undo(enter_newborn, "記載を取り消す")
    async def strike_newborn(self, ref: StepRef) -> Progress:
        """Take the entry back by a counter-row, and settle the code as the telegram log says."""
        async with self._desk.step(ref) as work:
            return await strike(work)

    @step("他業務へ異動を知らせる", follows_amendments=True)
    async def inform_offices(self, ref: StepRef) -> Progress:
        """Tell the other offices of the town hall (児童手当, 国保, 学齢簿 …) through the feed."""
        return await self._publish(ref, "resident.changed")

    @undo(inform_offices, "訂正を知らせる")
    async def inform_offices_of_withdrawal(self, ref: StepRef) -> Progress:
        """Tell them that it is taken back; nothing where they were told nothing."""
        return await self._publish(ref, "resident.withdrawn")

    async def _publish(self, ref: StepRef, kind: str) -> Progress:
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            person = await residents.present(work.tx, ref.municipality, work.resident_id)
            told = await feed.published(work.tx, ref)
            if person is not None and (work.line == work.step or told):
                await feed.publish(
                    work.tx,
                    ref,
                    kind,
                    resident_id=work.resident_id,
                    history_no=person.history_no,
                    reason=work.place.procedure,
                )
            return await work.done()

    async def _check_not_entered(self, work: Work, reported: BirthNotification) -> None:
        day = reported.child(work.ref.subject).born_on.day
        ahead = await births.ahead(work.tx, work.ref, reported.household_id, day)
        if set(ahead) - set(reported.not_the_same_as):
            raise Refused("POSSIBLE_DUPLICATE")

    async def _head(self, work: Work, household_id: UUID) -> Present:
        """The head, locked, and still as the case was examined on; a retry examines afresh."""
        head_id = await households.head_of(work.tx, household_id)
        if head_id is None:
            raise Refused("HEAD_GONE")
        head = (await residents.lock(work.tx, work.ref.municipality, [head_id]))[head_id]
        examined = (await cases.examined(work.tx, work.ref)).get(str(head_id))
        if not head.here or examined not in {None, head.history_no}:
            raise Refused("RESIDENT_CHANGED")
        return head


async def strike(work: Work) -> Progress:
    """Take a person's entry back, and with it the telegram it owes and the code it was given."""
    if work.settled:
        return Progress()
    await cancelling.take_back(work.tx, work.ref, work.resident_id)
    await lanes.settle(work.tx, work.ref, work.resident_id, "void")
    await code_pool.give_back(work.tx, work.ref)
    return await work.done()
