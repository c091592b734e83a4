"""What a 異動取消 must say that no other change has to: that a 転入 was none after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.newcomers import NOTICE
from activities.notices import retracting
from activities.step import ByHand, step
from domain.cancellation import Cancellation
from domain.cases import Procedure, Progress, StepRef
from domain.telegrams import Message, Peer
from register import changing

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from activities.dispatch import Dispatch
    from activities.letters import Draft
    from register.telegrams import Sent


class Cancellations:
    """Notices of the case that is cancelled, taken back by the one that cancels it."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch

    @step(
        "取り消した転入の通知を訂正する",
        peer=Peer.JLIS,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        whole_case=True,
    )
    async def withdraw_notice(self, ref: StepRef) -> Progress:
        """CS-07 取消 to whoever was told of a 転入 that is cancelled; nothing of anything else."""
        return await self._dispatch.deliver(ref, _NoticeWithdrawn())


class _NoticeWithdrawn:
    peer = Peer.JLIS
    message = Message.MOVE_IN_NOTICE

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        reported = await changing.notification(work.tx, work.ref)
        if not isinstance(reported, Cancellation) or reported.procedure not in _MOVES_IN:
            return None
        theirs = work.ref.model_copy(update={"case_id": reported.cancels})
        return await retracting(work, telegram, theirs, NOTICE, await _codes(work, reported))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


_MOVES_IN = frozenset({Procedure.MOVE_IN, Procedure.SPECIAL_MOVE_IN, Procedure.ENTRY})


async def _codes(work: Work, reported: Cancellation) -> set[str]:
    """The codes of everybody whose 転入 is cancelled; of a household perhaps only some."""
    rows = await work.tx.fetch(
        "SELECT code FROM resident_present WHERE municipality = $1 AND resident_id = ANY($2)",
        work.ref.municipality,
        list(reported.residents),
    )
    return {row["code"] for row in rows}
