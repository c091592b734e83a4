"""転居届: people move inside the municipality (住民基本台帳法23条)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from domain.changes import Becoming, Report, Situation
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.heads import Placing, Succession, succession
from domain.residents import Address, Reason

if TYPE_CHECKING:
    from domain.residents import Present


class AddressChange(Report):
    """転居届 (法23条), by the whole of a household or a part of it.

    Who joins another household lives where it does (全一, 一一), each with the 続柄 ``placing``
    says.  Else a whole household takes its number along (全全), and a part founds one of its own
    (一全).  ``stays`` is about those who stay behind.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset({"address", "placing", "stays"})

    household_id: UUID
    moved_on: date
    address: Address | None = None
    placing: Placing = Placing()
    stays: Succession = Succession()

    @property
    def effective_on(self) -> RegisterDate:
        """転居をした年月日."""
        return RegisterDate.on(self.moved_on)

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they leave, and where they come to."""
        joined = self.placing.into
        return (self.household_id,) if joined is None else (self.household_id, joined)

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """Everybody who moves, then those who stay and are something else to somebody now.

        Raises `Refused` HOUSEHOLD_GONE, NOT_RESIDENT, OTHER_HOUSEHOLD, NOTHING_CHANGES,
        BEFORE_ADDRESS, ADDRESS_MISSING, and as `Placing.places` and `succession` do.
        """
        left = before.household(self.household_id)
        movers = before.members(left, self.residents)
        places = self.placing.places(before, left, movers)
        home = self.placing.household(before, left, self.residents)
        self._check_days(movers)
        self._check_moves(before, movers)
        moved = tuple(
            Becoming.of(
                one,
                Reason.ADDRESS_CHANGE,
                household_id=home,
                address=self._address(before),
                address_since=self.effective_on,
                relationship=places[one.resident_id],
            )
            for one in movers
        )
        return moved + succession(left, self.residents, self.stays)

    def _address(self, before: Situation) -> Address:
        if self.placing.into is not None:
            return before.household(self.placing.into).address
        if self.address is None:
            raise Refused("ADDRESS_MISSING")
        return self.address

    def _check_days(self, movers: tuple[Present, ...]) -> None:
        """Nobody moves before the day they came to live where they do."""
        since = [one.entry.address_since.day for one in movers if one.entry.address_since]
        if any(day > self.moved_on for day in since):
            raise Refused("BEFORE_ADDRESS")

    def _check_moves(self, before: Situation, movers: tuple[Present, ...]) -> None:
        """A 転居 is to another place; two houses may share a lot number, so 方書 counts."""
        if all(one.entry.address == self._address(before) for one in movers):
            raise Refused("NOTHING_CHANGES")
