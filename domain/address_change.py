"""転居届: people move inside the municipality (住民基本台帳法23条)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from domain.changes import Becoming, Household, Report, Situation
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.heads import NewRelationship, Succession, succession
from domain.residents import HEAD, Address, Reason

if TYPE_CHECKING:
    from domain.residents import Present


class AddressChange(Report):
    """転居届 (法23条), by the whole of a household or a part of it.

    Who moves into ``into`` joins that household (全一, 一一), each with the 続柄 ``relationships``
    says.  Without it a whole household takes its number along (全全), and a part founds one of its
    own (一全) headed by ``head``, or by the first named.  ``stays`` is about those who stay behind.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset({"address", "relationships", "stays"})

    household_id: UUID
    moved_on: date
    into: UUID | None = None
    address: Address | None = None
    head: UUID | None = None
    relationships: tuple[NewRelationship, ...] = ()
    stays: Succession = Succession()
    application_id: UUID | None = None

    @property
    def effective_on(self) -> RegisterDate:
        """転居をした年月日."""
        return RegisterDate.on(self.moved_on)

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they leave, and where they come to."""
        return (self.household_id,) if self.into is None else (self.household_id, self.into)

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """Everybody who moves, then those who stay and are something else to somebody now.

        Raises `Refused` HOUSEHOLD_GONE, NOT_RESIDENT, OTHER_HOUSEHOLD, SAME_HOUSEHOLD,
        HEAD_GONE, RELATIONSHIP_MISSING, NOT_AMONG_MOVERS, NOTHING_CHANGES, BEFORE_ADDRESS, and as
        `succession` does.
        """
        left = before.household(self.household_id)
        movers = before.members(left, self.residents)
        self._check_days(movers)
        places = self._places(before, left, movers)
        moved = tuple(self._moved(one, before, left, places) for one in movers)
        self._check_changes(movers, moved)
        return moved + succession(left, self.residents, self.stays)

    def _places(
        self, before: Situation, left: Household, movers: tuple[Present, ...]
    ) -> dict[UUID, str]:
        """The 続柄 of everybody who moves, where they come to."""
        said = {one.resident_id: one.relationship for one in self.relationships}
        if (said.keys() | ({self.head} if self.head else set())) - set(self.residents):
            raise Refused("NOT_AMONG_MOVERS")
        if self.into is not None:
            return self._joining(before, said)
        if not left.without(self.residents):
            return {one.resident_id: one.entry.relationship for one in movers} | said
        head = self.head or self.residents[0]
        places = said | {head: HEAD}
        if set(self.residents) - places.keys():
            raise Refused("RELATIONSHIP_MISSING")
        return places

    def _joining(self, before: Situation, said: dict[UUID, str]) -> dict[UUID, str]:
        joined = before.household(self.into) if self.into else None
        if self.into == self.household_id:
            raise Refused("SAME_HOUSEHOLD")
        if joined is None or joined.head is None:
            raise Refused("HEAD_GONE")
        if set(self.residents) - said.keys():
            raise Refused("RELATIONSHIP_MISSING")
        return said

    def _moved(
        self, person: Present, before: Situation, left: Household, places: dict[UUID, str]
    ) -> Becoming:
        return Becoming.of(
            person,
            Reason.ADDRESS_CHANGE,
            household_id=self._home(before, left),
            address=self._address(before),
            address_since=RegisterDate.on(self.moved_on),
            relationship=places[person.resident_id],
        )

    def _home(self, before: Situation, left: Household) -> UUID:
        if self.into is not None:
            return self.into
        return before.new_household if left.without(self.residents) else left.household_id

    def _address(self, before: Situation) -> Address:
        if self.into is not None:
            return before.household(self.into).address
        if self.address is None:
            raise Refused("ADDRESS_MISSING")
        return self.address

    def _check_days(self, movers: tuple[Present, ...]) -> None:
        """Nobody moves before the day they came to live where they do."""
        since = [one.entry.address_since.day for one in movers if one.entry.address_since]
        if any(day > self.moved_on for day in since):
            raise Refused("BEFORE_ADDRESS")

    def _check_changes(self, movers: tuple[Present, ...], moved: tuple[Becoming, ...]) -> None:
        """A 転居 is to another place; two houses may share a lot number, so 方書 counts."""
        if all(
            one.entry.address == becomes.entry.address
            for one, becomes in zip(movers, moved, strict=True)
        ):
            raise Refused("NOTHING_CHANGES")
