"""Steps of a 差異修正: say once more to another system what the register says.

Each does what another step does in an ordinary case, and nothing where it is not what was decided.
None is undone: the register's present state is what everybody should hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.juki_net import JukiNet
from activities.letters import Draft
from activities.linkage import Linkage
from activities.person import number_of, person_of
from activities.serials import Serials
from activities.step import ByHand, step
from activities.unified_addressee import UnifiedAddressee
from clients import jlis
from domain.cases import Progress, StepRef, WaitKind
from domain.dates import RegisterDate, jst_day
from domain.differences import Repair
from domain.notices import Change, IdentityNotice
from domain.telegrams import Message, Peer
from register import lanes, notifications
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from register.telegrams import Sent
    from register.vault import Vault

_LANE_PATIENCE = 600.0
_CHANGES = {
    Repair.RECORD_AT_JLIS: (Change.RECORD, "職権記載等"),
    Repair.STRIKE_AT_JLIS: (Change.STRIKE, "職権消除等"),
    Repair.AMEND_AT_JLIS: (Change.AMEND, "職権修正等"),
}


class Repairs:
    """What staff may have the machine do about a difference."""

    def __init__(
        self,
        desk: Desk,
        dispatch: Dispatch,
        vault: Vault,
        usual: tuple[JukiNet, UnifiedAddressee, Linkage, Serials],
    ) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault
        self._juki_net, self._addressee, self._linkage, self._serials = usual

    @step(
        "本人確認情報を送り直す",
        peer=Peer.JLIS,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        announces=True,
    )
    async def announce_anew(self, ref: StepRef) -> Progress:
        """CS-04 ex officio in the person's lane: the entry as it stands (規則11条)."""
        return await self._dispatch.deliver(ref, _Restatement(self._vault))

    @step(
        "個人番号を照会して登録する",
        peer=Peer.JLIS,
        by_hand=ByHand.WITH_NUMBER,
        amendable=False,
        repeats=JukiNet.request_number,
    )
    async def ask_number(self, ref: StepRef) -> Progress:
        """CS-02: the number J-LIS made long ago."""
        return await self._if(ref, self._juki_net.request_number, Repair.ASK_NUMBER)

    @step(
        "宛名を登録し直す",
        peer=Peer.UNIFIED_ADDRESSEE,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        repeats=UnifiedAddressee.request_addressee,
    )
    async def register_addressee(self, ref: StepRef) -> Progress:
        """AT-01: 統合宛名 also tells 中間サーバー of the 団番 once more."""
        return await self._if(ref, self._addressee.request_addressee, Repair.REGISTER_ADDRESSEE)

    @step(
        "宛名を閉じ直す",
        peer=Peer.UNIFIED_ADDRESSEE,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        repeats=UnifiedAddressee.close_leaver,
    )
    async def close_addressee(self, ref: StepRef) -> Progress:
        """AT-01 close: 中間サーバー is told once more too."""
        return await self._if(ref, self._addressee.close_leaver, Repair.CLOSE_ADDRESSEE)

    @step(
        "副本を登録し直す",
        peer=Peer.UNIFIED_ADDRESSEE,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        repeats=UnifiedAddressee.register_copy,
    )
    async def register_copy(self, ref: StepRef) -> Progress:
        """AT-03."""
        return await self._if(ref, self._addressee.register_copy, Repair.REGISTER_COPY)

    @step(
        "副本を削除し直す",
        peer=Peer.UNIFIED_ADDRESSEE,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        repeats=UnifiedAddressee.delete_leavers_copy,
    )
    async def delete_copy(self, ref: StepRef) -> Progress:
        """AT-03 delete."""
        return await self._if(ref, self._addressee.delete_leavers_copy, Repair.DELETE_COPY)

    @step(
        "機関別符号を求め直す",
        peer=Peer.JLIS,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        repeats=Linkage.obtain_code,
    )
    async def obtain_code(self, ref: StepRef) -> Progress:
        """CS-13 under a new 処理通番."""
        return await self._if(ref, self._linkage.obtain_code, Repair.OBTAIN_LINKAGE_CODE)

    @step(
        "シリアル番号を紐付け直す",
        peer=Peer.JLIS,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        repeats=Serials.link,
    )
    async def link_serials(self, ref: StepRef) -> Progress:
        """CS-14 by code: what is valid is linked, what is not is no longer."""
        return await self._if(ref, self._serials.link, Repair.LINK_SERIALS)

    async def _if(
        self, ref: StepRef, usual: Callable[[StepRef], Awaitable[Progress]], repair: Repair
    ) -> Progress:
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            if await _decided(work) is not repair:
                return await work.done()
        return await usual(ref)


class _Restatement:
    peer = Peer.JLIS
    message = Message.IDENTITY_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        decided = await _decided(work)
        if decided not in _CHANGES or any(_arrived(sent) for sent in earlier):
            return None
        behind = await lanes.in_front(work.tx, work.ref, work.resident_id)
        if behind is not None:
            return await work.waits(WaitKind.LANE, _LANE_PATIENCE, behind)
        notice = await self._notice(work, *_CHANGES[decided])
        body = jlis.identity_notice(work.ref.municipality, telegram, notice)
        return Draft(body, work.resident_id, notice.update_number)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()

    async def _notice(self, work: Work, change: Change, reason: str) -> IdentityNotice:
        person = await person_of(work)
        today = jst_day(work.place.now)
        return IdentityNotice(
            change=change,
            reason=reason,
            effective_on=RegisterDate.on(today),
            notified_on=today,
            update_number=await lanes.next_number(work.tx, work.ref.municipality, work.resident_id),
            code=person.code,
            number=await number_of(work, self._vault),
            entry=person.entry,
        )


def _arrived(sent: Sent) -> bool:
    return sent.state is TelegramState.DELIVERED


async def _decided(work: Work) -> Repair:
    """What staff decided, as the case was opened with."""
    said = await notifications.latest(work.tx, work.ref.municipality, work.ref.case_id)
    return Repair(said["repair"])
