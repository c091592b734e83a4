"""Steps of everybody who moves in: the entry, and what the municipality they left must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.notices import Notices, Retraction
from activities.residents import STOCK_PATIENCE, strike
from activities.step import ByHand, step, undo
from domain.cases import Progress, StepRef, WaitKind
from domain.errors import Refused
from domain.telegrams import Peer
from register import cases, code_pool, incidents, newcomers

if TYPE_CHECKING:
    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from domain.arrivals import Newcomer
    from register.vault import Vault

NOTICE = "転入通知を送る"


class Newcomers:
    """People who move in, once their 転入届 is made."""

    def __init__(self, desk: Desk, dispatch: Dispatch, vault: Vault) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault

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
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        whole_case=True,
    )
    async def notify_origin(self, ref: StepRef) -> Progress:
        """CS-07 to the 転出地, and to the 未届地 (法9条1項); nothing about people from abroad.

        One for each address they live at; where an amendment has changed one, a newer version.
        """
        return await self._dispatch.deliver_all(ref, Notices(self._vault))

    @undo(notify_origin, "転入通知を訂正する", by_hand=ByHand.WITH_EVIDENCE)
    async def correct_notice(self, ref: StepRef) -> Progress:
        """CS-07 取消: they did not move in after all; nothing where no notice arrived."""
        if waits := await self._dispatch.settle_doubts(ref, NOTICE, Peer.JLIS):
            return waits
        return await self._dispatch.deliver(ref, Retraction())

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
