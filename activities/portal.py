"""マイナポータル: how far the 転出届 somebody filed there has come (OS-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from activities.step import ByHand, step, undo
from clients import mynaportal as wire
from domain.cases import Progress, StepRef
from domain.dates import to_wareki
from domain.moves import PortalState, PortalStatus
from domain.telegrams import Message, Peer
from register import leaving, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from activities.dispatch import Dispatch
    from domain.move_out import MoveOutNotification
    from register.telegrams import Sent

_REPORT = "マイナポータルへ完了を知らせる"


class Portal:
    """What the citizen reads there."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch

    @step(
        _REPORT,
        peer=Peer.MYNAPORTAL,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        whole_case=True,
    )
    async def report_done(self, ref: StepRef) -> Progress:
        """OS-03 完了; nothing for a 転出届 that came another way."""
        return await self._dispatch.deliver(ref, _Done())

    @undo(report_done, "マイナポータルへ取消を知らせる", by_hand=ByHand.WITH_EVIDENCE)
    async def report_withdrawn(self, ref: StepRef) -> Progress:
        """OS-03 取消; nothing where nothing was said."""
        if waits := await self._dispatch.settle_doubts(ref, _REPORT, Peer.MYNAPORTAL):
            return waits
        return await self._dispatch.deliver(ref, _Withdrawn())


class _Status:
    peer = Peer.MYNAPORTAL
    message = Message.PORTAL_STATUS

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class _Done(_Status):
    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        reported = await leaving.notification(work.tx, work.ref)
        if reported.application_id is None:
            return None
        status = PortalStatus(
            application_id=reported.application_id, state=PortalState.DONE, words=_words(reported)
        )
        return Draft(wire.status(work.ref.municipality, telegram, status))


class _Withdrawn(_Status):
    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        reported = await leaving.notification(work.tx, work.ref)
        told = await telegrams.of_step(work.tx, work.ref, work.line)
        arrived = any(sent.state is TelegramState.DELIVERED for sent in told)
        if reported.application_id is None or not arrived:
            return None
        status = PortalStatus(
            application_id=reported.application_id,
            state=PortalState.WITHDRAWN,
            words="転出届は取り消されました。引き続き、今の市区町村の住民です。",
        )
        return Draft(wire.status(work.ref.municipality, telegram, status))


def _words(reported: MoveOutNotification) -> str:
    day = to_wareki(reported.planned_on)
    return (
        f"転出届を受け付けました。転出予定日は{day}です。転入先（市区町村コード"
        f"{reported.destination.municipality}）の窓口で、引越しをした日から14日以内に、"
        "マイナンバーカードを持って転入の手続をしてください。"
    )
