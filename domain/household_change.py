"""世帯変更届: households at one address split, merge, or get another head (住民基本台帳法25条)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from domain.changes import Becoming, Household, Report, Situation
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.heads import Placing, Succession, in_their_places, succession
from domain.residents import HEAD, Reason

if TYPE_CHECKING:
    from domain.residents import Present


class HouseholdChangeKind(StrEnum):
    """What changes (標準仕様書 4.1.4)."""

    SPLIT = "世帯分離"
    MERGE = "世帯合併"
    MOVE = "世帯変更"
    HEAD = "世帯主変更"


class HouseholdChange(Report):
    """世帯変更届 (法25条).

    世帯分離: those named found a household at the same address.  世帯合併: a whole household joins
    another at the same address.  世帯変更: some go over to another there.  世帯主変更: who is named
    becomes head, and ``placing`` says what everybody else is to them.  Nobody's address changes.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset({"placing", "stays"})

    kind: HouseholdChangeKind
    household_id: UUID
    changed_on: date
    placing: Placing = Placing()
    stays: Succession = Succession()

    @property
    def effective_on(self) -> RegisterDate:
        """変更があった年月日."""
        return RegisterDate.on(self.changed_on)

    @property
    def households(self) -> tuple[UUID, ...]:
        """The household, and the one it or some of it joins."""
        joined = self.placing.into
        return (self.household_id,) if joined is None else (self.household_id, joined)

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """Everybody whose household or 続柄 changes; none of it is 本人確認情報.

        Raises `Refused` HOUSEHOLD_GONE, NOT_RESIDENT, OTHER_HOUSEHOLD, OTHER_ADDRESS,
        WHOLE_HOUSEHOLD, PART_OF_HOUSEHOLD, NOTHING_CHANGES, RELATIONSHIP_MISSING, and as
        `Placing.places` and `succession` do.
        """
        left = before.household(self.household_id)
        people = before.members(left, self.residents)
        if self.kind is HouseholdChangeKind.HEAD:
            return self._led_by(left, people)
        self._check_kind(before, left)
        places = self.placing.places(before, left, people)
        home = self.placing.household(before, left, self.residents)
        moved = tuple(
            Becoming.of(
                one,
                Reason(self.kind),
                upstream=False,
                household_id=home,
                relationship=places[one.resident_id],
            )
            for one in people
        )
        return moved + succession(left, self.residents, self.stays)

    def _led_by(self, left: Household, people: tuple[Present, ...]) -> tuple[Becoming, ...]:
        """世帯主変更: every 続柄 is to somebody else now, so everybody's is stated."""
        others = {one.resident_id for one in left.without(self.residents)}
        if not others or people[0].entry.relationship == HEAD:
            raise Refused("NOTHING_CHANGES")
        if self.placing.told.keys() - others:
            raise Refused("NOT_AMONG_MOVERS")
        if others - self.placing.told.keys():
            raise Refused("RELATIONSHIP_MISSING")
        members = {one.resident_id: one for one in left.members}
        return in_their_places(members, self.placing.told | {self.residents[0]: HEAD})

    def _check_kind(self, before: Situation, left: Household) -> None:
        whole = not left.without(self.residents)
        if whole is not (self.kind is HouseholdChangeKind.MERGE):
            raise Refused("WHOLE_HOUSEHOLD" if whole else "PART_OF_HOUSEHOLD")
        joined = self.placing.into
        if joined is not None and before.household(joined).address != left.address:
            raise Refused("OTHER_ADDRESS")
