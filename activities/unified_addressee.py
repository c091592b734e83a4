"""Steps through 団体内統合宛名システム, and what it passes on to 中間サーバー."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.addressee_letters import (
    Addressee,
    Closing,
    Copy,
    CopyDeletion,
    Follow,
    FollowCopy,
    IfArrived,
    StayingCopies,
)
from activities.attention import watch
from activities.gates import listening
from activities.step import ByHand, step, undo
from domain.cases import Progress, StepRef
from domain.errors import Refused
from domain.telegrams import Peer
from register import telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from activities.attention import Attention
    from activities.desk import Desk
    from activities.dispatch import Dispatch
    from clients.unified_addressee import UnifiedAddresseeClient
    from register.vault import Vault

_REQUEST = "団体内統合宛名番号の付番を要求する"
_COPY = "副本を登録する"
_CLOSE = "転出者の宛名を閉じる"
_DELETE = "転出者の副本を削除する"
_STAYING = "残る世帯員の副本を合わせる"
_FOLLOW = "宛名を異動に合わせる"
_FOLLOW_COPY = "副本を異動に合わせる"


class UnifiedAddressee:
    """統合宛名 as the steps of a case use it."""

    def __init__(
        self,
        desk: Desk,
        dispatch: Dispatch,
        vault: Vault,
        client: UnifiedAddresseeClient,
        attention: Attention,
    ) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault
        self._client = client
        self._attention = attention

    @step(
        _REQUEST, peer=Peer.UNIFIED_ADDRESSEE, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE
    )
    async def request_addressee(self, ref: StepRef) -> Progress:
        """AT-01: 宛名情報 and 個人番号; sent anew when an amendment changed what it said."""
        return await self._dispatch.deliver(ref, Addressee(self._vault))

    @undo(request_addressee, "宛名を閉じる", by_hand=ByHand.WITH_EVIDENCE)
    async def close_addressee(self, ref: StepRef) -> Progress:
        """AT-01 close; nothing where no request arrived."""
        if waits := await self._dispatch.settle_doubts(ref, _REQUEST, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver(ref, IfArrived(Closing()))

    @step(
        "中間サーバーへの通知を確認する", peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE
    )
    async def confirm_notified(self, ref: StepRef) -> Progress:
        """Ask 統合宛名 whether its AT-02 reached 中間サーバー; it sends that by itself."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            gate = work.place.gate
            if not gate.passes:
                return await work.waits_at_the_gate()
            asked = await telegrams.of_step(work.tx, ref, _REQUEST)
            await work.begun()
        arrived = [sent for sent in asked if sent.state is TelegramState.DELIVERED]
        if not arrived:
            raise Refused("NOT_REQUESTED_BY_TELEGRAM")

        async def notified() -> bool:
            async with listening(self._desk, ref, gate):
                return await self._client.notified(ref.municipality, arrived[-1].telegram_id)

        return await watch(self._desk, ref, self._attention, notified)

    @step(_COPY, peer=Peer.UNIFIED_ADDRESSEE, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE)
    async def register_copy(self, ref: StepRef) -> Progress:
        """AT-03: the 副本 other institutions may ask 中間サーバー for."""
        return await self._dispatch.deliver(ref, Copy())

    @undo(register_copy, "副本を削除する", by_hand=ByHand.WITH_EVIDENCE)
    async def delete_copy(self, ref: StepRef) -> Progress:
        """AT-03 delete; nothing where none arrived."""
        if waits := await self._dispatch.settle_doubts(ref, _COPY, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver(ref, IfArrived(CopyDeletion()))

    @step(_CLOSE, peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE, amendable=False)
    async def close_leaver(self, ref: StepRef) -> Progress:
        """AT-01 close: the 宛名 of somebody who has left; its 団番 stays bound to the 個人番号."""
        return await self._dispatch.deliver(ref, Closing())

    @undo(close_leaver, "転出者の宛名を再び開く", by_hand=ByHand.WITH_EVIDENCE)
    async def reopen_leaver(self, ref: StepRef) -> Progress:
        """AT-01 again, which opens the 宛名; nothing where it was not closed."""
        if waits := await self._dispatch.settle_doubts(ref, _CLOSE, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver(ref, IfArrived(Addressee(self._vault)))

    @step(_DELETE, peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE, amendable=False)
    async def delete_leavers_copy(self, ref: StepRef) -> Progress:
        """AT-03 delete: other institutions ask the 転入地 from now on."""
        return await self._dispatch.deliver(ref, CopyDeletion())

    @undo(delete_leavers_copy, "転出者の副本を再び登録する", by_hand=ByHand.WITH_EVIDENCE)
    async def restore_leavers_copy(self, ref: StepRef) -> Progress:
        """AT-03 again; nothing where the copy was not deleted."""
        if waits := await self._dispatch.settle_doubts(ref, _DELETE, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver(ref, IfArrived(Copy()))

    @step(
        _FOLLOW, peer=Peer.UNIFIED_ADDRESSEE, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE
    )
    async def follow_change(self, ref: StepRef) -> Progress:
        """AT-01 as the 異動 left the person: kept up to date, opened, or closed.

        Nothing is said where 宛名情報 is the same as before.
        """
        return await self._dispatch.deliver(ref, Follow(self._vault))

    @undo(follow_change, "宛名を異動前に戻す", by_hand=ByHand.WITH_EVIDENCE)
    async def follow_change_back(self, ref: StepRef) -> Progress:
        """AT-01 as the person was before; nothing where no AT-01 of the case arrived."""
        if waits := await self._dispatch.settle_doubts(ref, _FOLLOW, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver(ref, IfArrived(Follow(self._vault, back=True)))

    @step(
        _FOLLOW_COPY,
        peer=Peer.UNIFIED_ADDRESSEE,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
    )
    async def follow_change_with_copy(self, ref: StepRef) -> Progress:
        """AT-03 as the 異動 left the person; nothing where the 住民票 is the same as before."""
        return await self._dispatch.deliver(ref, FollowCopy())

    @undo(follow_change_with_copy, "副本を異動前に戻す", by_hand=ByHand.WITH_EVIDENCE)
    async def follow_change_with_copy_back(self, ref: StepRef) -> Progress:
        """AT-03 as the person was before; nothing where no AT-03 of the case arrived."""
        if waits := await self._dispatch.settle_doubts(ref, _FOLLOW_COPY, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver(ref, IfArrived(FollowCopy(back=True)))

    @step(_STAYING, peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE, amendable=False)
    async def follow_succession(self, ref: StepRef) -> Progress:
        """AT-03 of everybody whom the head who leaves leaves behind as something else.

        They are no persons of the case: whoever was head is asked for, nobody else tells of them.
        """
        return await self._dispatch.deliver_all(ref, StayingCopies(self._vault))

    @undo(follow_succession, "残る世帯員の副本を戻す", by_hand=ByHand.WITH_EVIDENCE)
    async def follow_succession_back(self, ref: StepRef) -> Progress:
        """AT-03 as they were before, of whoever was told of."""
        if waits := await self._dispatch.settle_doubts(ref, _STAYING, Peer.UNIFIED_ADDRESSEE):
            return waits
        return await self._dispatch.deliver_all(ref, StayingCopies(self._vault, back=True))
