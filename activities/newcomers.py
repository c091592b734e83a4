"""Steps of everybody who moves in: the entry, and what the municipality they left must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from activities.residents import STOCK_PATIENCE, strike
from activities.step import ByHand, step, undo
from clients import jlis_moves
from domain.cases import Progress, StepRef, WaitKind
from domain.errors import Refused
from domain.moves import MoveInNotice
from domain.telegrams import Message, Peer
from register import births, cases, code_pool, incidents, newcomers, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from domain.arrivals import MoveInNotification, Newcomer
    from register.telegrams import Sent

NOTICE = "転入通知を送る"


class Newcomers:
    """People who move in, once their 転入届 is made."""

    def __init__(self, desk: Desk, dispatch: Dispatch) -> None:
        self._desk = desk
        self._dispatch = dispatch

    @step("住民票を記載する", enters=True)
    async def enter(self, ref: StepRef) -> Progress:
        """Enter one person in the household, in one transaction; who returns keeps their 宛名番号.

        The code is inherited; only somebody who never had one is given one from the pool.  Raises
        `Refused` HOUSEHOLD_GONE, HEAD_GONE, ALREADY_RESIDENT, RESIDENT_CHANGED, SAME_THREE_ITEMS.
        """
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            reported = await newcomers.notification(work.tx, ref)
            person = reported.person(ref.subject)
            place = await newcomers.home(work.tx, ref, reported)
            before = await newcomers.standing(work.tx, ref, work.resident_id)
            if before is None:
                await self._check_not_known(work, person)
            code = person.code or await self._code(work)
            if code is None:
                return await work.waits(WaitKind.CODE_STOCK, STOCK_PATIENCE)
            entry = newcomers.entry_for(person, reported, place, before and before.entry)
            await newcomers.enter(work.tx, ref, work.resident_id, entry, code, before)
            return await work.done()

    @undo(enter, "転入の記載を取り消す")
    async def strike_entry(self, ref: StepRef) -> Progress:
        """Take the entry back by a counter-row; a code from the pool as the telegram log says."""
        async with self._desk.step(ref) as work:
            return await strike(work)

    @step(
        NOTICE,
        peer=Peer.JLIS,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        whole_case=True,
    )
    async def notify_origin(self, ref: StepRef) -> Progress:
        """CS-07 to the 転出地, and to the 未届地 (法9条1項); nothing about people from abroad."""
        return await self._dispatch.deliver(ref, _Notice())

    @undo(notify_origin, "転入通知を訂正する", by_hand=ByHand.WITH_EVIDENCE)
    async def correct_notice(self, ref: StepRef) -> Progress:
        """CS-07 取消: they did not move in after all; nothing where no notice arrived."""
        await self._dispatch.settle_doubts(ref, NOTICE, Peer.JLIS)
        return await self._dispatch.deliver(ref, _Correction())

    async def _check_not_known(self, work: Work, person: Newcomer) -> None:
        """Somebody like them is or was here: staff decide whether it is the same person."""
        alike = await newcomers.lookalikes(work.tx, work.ref, person)
        if alike and not await incidents.is_retried(
            work.tx, work.ref, work.step, "SAME_THREE_ITEMS"
        ):
            raise Refused("SAME_THREE_ITEMS")

    async def _code(self, work: Work) -> str | None:
        code = await code_pool.reserve(work.tx, work.ref)
        if await code_pool.is_low(work.tx, work.ref.municipality):
            await cases.order_top_up(work.tx, work.ref.municipality, "worker")
        return code


class _Telling:
    """A CS-07, whose answer says no more than that it was taken."""

    peer = Peer.JLIS
    message = Message.MOVE_IN_NOTICE

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class _Notice(_Telling):
    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        reported = await newcomers.notification(work.tx, work.ref)
        before = [sent for sent in _arrived(earlier) if sent.telegram_id != telegram]
        return await notice_of(work, telegram, reported, len(before) + 1)


class _Correction(_Telling):
    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        told = _arrived(await telegrams.of_step(work.tx, work.ref, work.line))
        if not told:
            return None
        reported = await newcomers.notification(work.tx, work.ref)
        return await notice_of(work, telegram, reported, len(told) + 1, withdrawn=True)


async def notice_of(
    work: Work,
    telegram: UUID,
    reported: MoveInNotification,
    version: int,
    *,
    withdrawn: bool = False,
) -> Draft | None:
    """CS-07 about everybody of a 転入届 who came from elsewhere; nothing where nobody did."""
    if reported.origin is None or not reported.from_elsewhere:
        return None
    address = reported.address
    if reported.household_id is not None:
        address = await births.household_address(work.tx, reported.household_id) or address
    notice = MoveInNotice(
        origin=reported.origin,
        unreported_in=reported.unreported_in,
        codes=reported.from_elsewhere,
        moved_in_on=reported.moved_in_on,
        address=address,
        notified_on=reported.notified_on,
        version=version,
        withdrawn=withdrawn,
    )
    return Draft(jlis_moves.move_in_notice(work.ref.municipality, telegram, notice))


def _arrived(sent: list[Sent]) -> list[Sent]:
    return [one for one in sent if one.state is TelegramState.DELIVERED]
