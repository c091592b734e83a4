"""宛名 and 副本 as letters: what 統合宛名 is told of somebody, and of whom it is told nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from activities.person import Person, changed_beside, changed_person, number_of, person_of
from clients import unified_addressee as wire
from domain.cases import Progress
from domain.notices import AddresseeRecord, HouseholdCopy
from domain.residents import Entry
from domain.telegrams import Message, Peer
from register import heads, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from activities.letters import Letter
    from register.telegrams import Sent
    from register.vault import Vault

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


class _Settling:
    """A letter whose answer says no more than that it was taken."""

    peer = Peer.UNIFIED_ADDRESSEE

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class Addressee(_Settling):
    """宛名情報 and 個人番号 of the person of the step."""

    message = Message.ADDRESSEE_REQUEST

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """The request that opens it, or brings it up to date."""
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


class Closing(_Settling):
    """Their 宛名 is not used any more."""

    message = Message.ADDRESSEE_REQUEST

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """The request that closes it."""
        del earlier
        person = await person_of(work)
        return Draft(wire.close_addressee(work.ref.municipality, telegram, person.addressee_number))


class Copy(_Settling):
    """Their 副本."""

    message = Message.COPY

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """The copy as the register has them."""
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


class CopyDeletion(_Settling):
    """Their 副本 is not to be asked for any more."""

    message = Message.COPY

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """The request that takes it away."""
        del earlier
        person = await person_of(work)
        return Draft(wire.delete_copy(work.ref.municipality, telegram, person.addressee_number))


class Follow(_Settling):
    """宛名 as the case's rows left the person, or ``back`` as it found them."""

    message = Message.ADDRESSEE_REQUEST

    def __init__(self, vault: Vault, *, back: bool = False) -> None:
        self._vault = vault
        self._back = back

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """Opened, brought up to date or closed; nothing where nothing of it changed."""
        person = await changed_person(work, _ADDRESSEE_FIELDS, back=self._back)
        if person is None:
            return None
        if not person.here:
            return await Closing().compose(work, telegram, earlier)
        return await Addressee(self._vault).about(work, telegram, person.person)


class FollowCopy(_Settling):
    """副本 as the case's rows left the person, or ``back`` as it found them."""

    message = Message.COPY

    def __init__(self, *, back: bool = False) -> None:
        self._back = back

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """Registered or taken away; nothing where nothing changed."""
        person = await changed_person(work, _COPY_FIELDS, back=self._back)
        if person is None:
            return None
        if not person.here:
            return await CopyDeletion().compose(work, telegram, earlier)
        return Copy().about(work, telegram, person.person)


class StayingCopies:
    """副本 of whom a head has left behind, one by one, or ``back`` as the case found them.

    Of somebody who is gone by now nothing is said: their own case has.
    """

    peer = Peer.UNIFIED_ADDRESSEE
    message = Message.COPY

    def __init__(self, vault: Vault, *, back: bool = False) -> None:
        self._vault = vault
        self._back = back
        self.told = 0

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """About the next who was not told of; on the way back only of whom was."""
        known = await self._told(work, earlier)
        tellable = await self._told(work, await telegrams.of_step(work.tx, work.ref, work.line))
        for resident_id in await heads.put_in_place(work.tx, work.ref, work.resident_id):
            changed = await changed_beside(work, resident_id, _COPY_FIELDS, back=self._back)
            if changed is None or not changed.here:
                continue
            number = changed.person.addressee_number
            if number not in known and (number in tellable or not self._back):
                return Copy().about(work, telegram, changed.person)
        return None

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Taken; whether there are more the next telegram finds out."""
        del work, telegram, answer
        self.told += 1
        return Progress()

    async def _told(self, work: Work, sent: list[Sent]) -> set[object]:
        arrived = [one.telegram_id for one in sent if one.state is TelegramState.DELIVERED]
        bodies = [
            await telegrams.body(work.tx, self._vault, work.ref.municipality, one, "out")
            for one in arrived
        ]
        return {wire.addressee_of(body) for body in bodies if body is not None}


class IfArrived(_Settling):
    """A letter that takes something back: said only if what is being undone reached the peer."""

    def __init__(self, letter: Letter) -> None:
        self._letter = letter
        self.message = letter.message

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        """What the letter says, or nothing."""
        told = await telegrams.of_step(work.tx, work.ref, work.line)
        if not any(sent.state is TelegramState.DELIVERED for sent in told):
            return None
        return await self._letter.compose(work, telegram, earlier)
