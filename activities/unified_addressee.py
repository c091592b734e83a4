"""Steps through 団体内統合宛名システム, and what it passes on to 中間サーバー."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.attention import watch
from activities.letters import Draft
from activities.person import Person, changed_person, number_of, person_of
from activities.step import ByHand, step, undo
from clients import unified_addressee as wire
from domain.cases import Progress, StepRef
from domain.errors import Refused
from domain.notices import AddresseeRecord, HouseholdCopy
from domain.residents import Entry
from domain.telegrams import Message, Peer
from register import telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.attention import Attention
    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from activities.letters import Letter
    from clients.unified_addressee import UnifiedAddresseeClient
    from register.telegrams import Sent
    from register.vault import Vault

_REQUEST = "団体内統合宛名番号の付番を要求する"
_COPY = "副本を登録する"
_CLOSE = "転出者の宛名を閉じる"
_DELETE = "転出者の副本を削除する"
_FOLLOW = "宛名を異動に合わせる"
_FOLLOW_COPY = "副本を異動に合わせる"


# What AT-01 and AT-03 say of somebody: a change of anything else is none of 統合宛名's business.
_ADDRESSEE_FIELDS = frozenset(
    {
        "presence",
        "number",
        "name",
        "name_kana",
        "former_name",
        "former_name_kana",
        "alias",
        "alias_kana",
        "born_on",
        "sex",
        "address",
    }
)
# 副本 follow whatever changes on the 住民票 (標準仕様書 7.1.2.3).
_COPY_FIELDS = frozenset(Entry.model_fields) | {"presence"}


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
        return await self._dispatch.deliver(ref, _Addressee(self._vault))

    @undo(request_addressee, "宛名を閉じる", by_hand=ByHand.WITH_EVIDENCE)
    async def close_addressee(self, ref: StepRef) -> Progress:
        """AT-01 close; nothing where no request arrived."""
        await self._dispatch.settle_doubts(ref, _REQUEST, Peer.UNIFIED_ADDRESSEE)
        return await self._dispatch.deliver(ref, _IfArrived(_Closing()))

    @step(
        "中間サーバーへの通知を確認する", peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE
    )
    async def confirm_notified(self, ref: StepRef) -> Progress:
        """Ask 統合宛名 whether its AT-02 reached 中間サーバー; it sends that by itself."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            asked = await telegrams.of_step(work.tx, ref, _REQUEST)
            await work.begun()
        arrived = [sent for sent in asked if sent.state is TelegramState.DELIVERED]
        if not arrived:
            raise Refused("NOT_REQUESTED_BY_TELEGRAM")
        return await watch(
            self._desk,
            ref,
            self._attention,
            lambda: self._client.notified(ref.municipality, arrived[-1].telegram_id),
        )

    @step(_COPY, peer=Peer.UNIFIED_ADDRESSEE, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE)
    async def register_copy(self, ref: StepRef) -> Progress:
        """AT-03: the 副本 other institutions may ask 中間サーバー for."""
        return await self._dispatch.deliver(ref, _Copy())

    @undo(register_copy, "副本を削除する", by_hand=ByHand.WITH_EVIDENCE)
    async def delete_copy(self, ref: StepRef) -> Progress:
        """AT-03 delete; nothing where none arrived."""
        await self._dispatch.settle_doubts(ref, _COPY, Peer.UNIFIED_ADDRESSEE)
        return await self._dispatch.deliver(ref, _IfArrived(_CopyDeletion()))

    @step(_CLOSE, peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE, amendable=False)
    async def close_leaver(self, ref: StepRef) -> Progress:
        """AT-01 close: the 宛名 of somebody who has left; its 団番 stays bound to the 個人番号."""
        return await self._dispatch.deliver(ref, _Closing())

    @undo(close_leaver, "転出者の宛名を再び開く", by_hand=ByHand.WITH_EVIDENCE)
    async def reopen_leaver(self, ref: StepRef) -> Progress:
        """AT-01 again, which opens the 宛名; nothing where it was not closed."""
        await self._dispatch.settle_doubts(ref, _CLOSE, Peer.UNIFIED_ADDRESSEE)
        return await self._dispatch.deliver(ref, _IfArrived(_Addressee(self._vault)))

    @step(_DELETE, peer=Peer.UNIFIED_ADDRESSEE, by_hand=ByHand.WITH_EVIDENCE, amendable=False)
    async def delete_leavers_copy(self, ref: StepRef) -> Progress:
        """AT-03 delete: other institutions ask the 転入地 from now on."""
        return await self._dispatch.deliver(ref, _CopyDeletion())

    @undo(delete_leavers_copy, "転出者の副本を再び登録する", by_hand=ByHand.WITH_EVIDENCE)
    async def restore_leavers_copy(self, ref: StepRef) -> Progress:
        """AT-03 again; nothing where the copy was not deleted."""
        await self._dispatch.settle_doubts(ref, _DELETE, Peer.UNIFIED_ADDRESSEE)
        return await self._dispatch.deliver(ref, _IfArrived(_Copy()))

    @step(
        _FOLLOW, peer=Peer.UNIFIED_ADDRESSEE, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE
    )
    async def follow_change(self, ref: StepRef) -> Progress:
        """AT-01 as the 異動 left the person: kept up to date, opened, or closed.

        Nothing is said where 宛名情報 is the same as before.
        """
        return await self._dispatch.deliver(ref, _Follow(self._vault))

    @undo(follow_change, "宛名を異動前に戻す", by_hand=ByHand.WITH_EVIDENCE)
    async def follow_change_back(self, ref: StepRef) -> Progress:
        """AT-01 as the person was before; nothing where no AT-01 of the case arrived."""
        await self._dispatch.settle_doubts(ref, _FOLLOW, Peer.UNIFIED_ADDRESSEE)
        return await self._dispatch.deliver(ref, _IfArrived(_Follow(self._vault, back=True)))

    @step(
        _FOLLOW_COPY,
        peer=Peer.UNIFIED_ADDRESSEE,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
    )
    async def follow_change_with_copy(self, ref: StepRef) -> Progress:
        """AT-03 as the 異動 left the person; nothing where the 住民票 is the same as before."""
        return await self._dispatch.deliver(ref, _FollowCopy())

    @undo(follow_change_with_copy, "副本を異動前に戻す", by_hand=ByHand.WITH_EVIDENCE)
    async def follow_change_with_copy_back(self, ref: StepRef) -> Progress:
        """AT-03 as the person was before; nothing where no AT-03 of the case arrived."""
        await self._dispatch.settle_doubts(ref, _FOLLOW_COPY, Peer.UNIFIED_ADDRESSEE)
        return await self._dispatch.deliver(ref, _IfArrived(_FollowCopy(back=True)))


class _Settling:
    """A letter whose answer says no more than that it was taken."""

    peer = Peer.UNIFIED_ADDRESSEE

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class _Addressee(_Settling):
    message = Message.ADDRESSEE_REQUEST

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        return await self.about(work, telegram, await person_of(work))

    async def about(self, work: Work, telegram: UUID, person: Person) -> Draft:
        """宛名情報 of a person as told."""
        record = AddresseeRecord(
            addressee_number=person.addressee_number,
            number=await number_of(work, self._vault),
            entry=person.entry,
        )
        return Draft(wire.addressee(work.ref.municipality, telegram, record))


class _Closing(_Settling):
    message = Message.ADDRESSEE_REQUEST

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        person = await person_of(work)
        return Draft(wire.close_addressee(work.ref.municipality, telegram, person.addressee_number))


class _Copy(_Settling):
    message = Message.COPY

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        return self.about(work, telegram, await person_of(work))

    def about(self, work: Work, telegram: UUID, person: Person) -> Draft:
        """世帯情報 of a person as told."""
        since = person.entry.resident_since
        contents = HouseholdCopy(
            addressee_number=person.addressee_number,
            household_id=person.entry.household_id,
            relationship=person.entry.relationship,
            resident_since=since.day if since else None,
        )
        return Draft(wire.copy(work.ref.municipality, telegram, contents))


class _CopyDeletion(_Settling):
    message = Message.COPY

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        person = await person_of(work)
        return Draft(wire.delete_copy(work.ref.municipality, telegram, person.addressee_number))


class _Follow(_Settling):
    """宛名 as the case's rows left the person, or ``back`` as it found them."""

    message = Message.ADDRESSEE_REQUEST

    def __init__(self, vault: Vault, *, back: bool = False) -> None:
        self._vault = vault
        self._back = back

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        person = await changed_person(work, _ADDRESSEE_FIELDS, back=self._back)
        if person is None:
            return None
        if not person.here:
            return await _Closing().compose(work, telegram, earlier)
        return await _Addressee(self._vault).about(work, telegram, person.person)


class _FollowCopy(_Settling):
    """副本 as the case's rows left the person, or ``back`` as it found them."""

    message = Message.COPY

    def __init__(self, *, back: bool = False) -> None:
        self._back = back

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        person = await changed_person(work, _COPY_FIELDS, back=self._back)
        if person is None:
            return None
        if not person.here:
            return await _CopyDeletion().compose(work, telegram, earlier)
        return _Copy().about(work, telegram, person.person)


class _IfArrived(_Settling):
    """A letter that takes something back: said only if what is being undone reached the peer."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self.message = letter.message

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        told = await telegrams.of_step(work.tx, work.ref, work.line)
        if not any(sent.state is TelegramState.DELIVERED for sent in told):
            return None
        return await self._letter.compose(work, telegram, earlier)
