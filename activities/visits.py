"""Steps about people who will come to the counter: answered, waited for, told how it ended."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from activities.arrivals import certificates_of
from activities.plans import Answers, plans_of
from activities.step import step, undo
from domain.arrivals import PREPARE, REPORT_BACK
from domain.cases import CaseState, Progress, StepRef, WaitKind
from domain.dates import JST, jst_day
from domain.moves import PortalState
from domain.telegrams import Message, Peer
from register import cases, expected, inbox
from register.expected import KEPT_FOR

if TYPE_CHECKING:
    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from register.vault import Vault

_SENT_AHEAD = Message.CERTIFICATE


class Visits:
    """People who are expected, whether they announced a visit themselves or not.

    Where somebody comes with a 届出 and nobody expected them, every step passes at once.
    """

    def __init__(self, desk: Desk, dispatch: Dispatch, vault: Vault) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault

    @step(PREPARE, peer=Peer.MYNAPORTAL, amendable=False, whole_case=True)
    async def prepare(self, ref: StepRef) -> Progress:
        """OS-03: tell every citizen who announced a visit what to bring and where to come."""
        return await self._dispatch.deliver_all(ref, Answers(self._vault, PortalState.RECEIVED))

    @undo(prepare, "予定の取りやめを知らせる")
    async def call_off(self, ref: StepRef) -> Progress:
        """OS-03 取消; nothing where nobody announced a visit."""
        if waits := await self._dispatch.settle_doubts(ref, PREPARE, Peer.MYNAPORTAL):
            return waits
        return await self._dispatch.deliver_all(ref, Answers(self._vault, PortalState.WITHDRAWN))

    @step("来庁を待つ", amendable=False, whole_case=True)
    async def await_visit(self, ref: StepRef) -> Progress:
        """Wait for the visit, as long as what was sent ahead may be kept.

        When 30 days after the planned one have ended without it, the case has expired.  The
        転出証明書情報 is erased at once, a 来庁予定 once the citizen has been told of it.
        """
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            if await expected.has_come(work.tx, ref.municipality, ref.case_id):
                return await work.done()
            ends = await self._kept_until(work)
            if work.place.now < ends:
                return await work.waits_until(WaitKind.VISIT, ends)
            await inbox.erase_of_case(work.tx, ref.municipality, ref.case_id, _SENT_AHEAD)
            await cases.end_early(work.tx, ref.municipality, ref.case_id, CaseState.EXPIRED)
            return await work.done()

    @step(REPORT_BACK, peer=Peer.MYNAPORTAL, amendable=False, whole_case=True)
    async def report_back(self, ref: StepRef) -> Progress:
        """OS-03 to every citizen who announced a visit: 完了, or 期限切れ where nobody has come."""
        return await self._dispatch.deliver_all(ref, Answers(self._vault, PortalState.DONE))

    async def _kept_until(self, work: Work) -> datetime:
        days = [
            certificate.planned_on for _, certificate in await certificates_of(work, self._vault)
        ]
        days = days or [plan.moving_on for plan in await plans_of(work, self._vault)]
        last = max(days, default=jst_day(work.place.now) - KEPT_FOR) + KEPT_FOR
        return datetime.combine(last + timedelta(days=1), time(), JST)
