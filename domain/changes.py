"""異動 of people who live here: what a 届出 makes of each of them, told without a register.

A 届出 is asked twice, with whoever it touches locked: when it is accepted, and when it is entered
(本登録).  Its answer, person by person, is all that is written.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self
from uuid import UUID

from domain.dates import RegisterDate  # noqa: TC001 - subclasses are read at run time
from domain.errors import Refused
from domain.payload import Payload
from domain.residents import HEAD, Address, Entry, Presence, Present, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Household(NamedTuple):
    """A household as it stands: where it is, and who is a resident of it today, in id order."""

    household_id: UUID
    address: Address
    members: tuple[Present, ...]

    @property
    def head(self) -> Present | None:
        """The 世帯主; nobody where it is left open (世帯主未設定)."""
        return next((one for one in self.members if one.entry.relationship == HEAD), None)

    def without(self, leaving: Iterable[UUID]) -> tuple[Present, ...]:
        """Who stays when these leave."""
        gone = set(leaving)
        return tuple(one for one in self.members if one.resident_id not in gone)


IDENTITY_FIELDS = frozenset(
    {
        "presence",
        "code",
        "name",
        "name_kana",
        "former_name",
        "former_name_kana",
        "alias",
        "alias_kana",
        "sex",
        "born_on",
        "address",
    }
)
"""本人確認情報 (法30条の6): 住基ネット must hear of a change of these, and of no other."""


class Undone(NamedTuple):
    """Somebody without what one finished case changed of them; ``rows`` are that case's.

    ``standing`` are the numbers of later cases that changed one of the same fields.
    """

    entry: Entry
    presence: Presence
    code: str | None
    changed: frozenset[str]
    rows: tuple[int, ...]
    standing: tuple[str, ...] = ()


class Situation(NamedTuple):
    """Whoever a 届出 may touch, as they stand; ``new_household`` is the id of one founded by it.

    ``undone`` tells, of a case the 届出 takes back, how each would be without it.
    """

    households: dict[UUID, Household]
    people: dict[UUID, Present]
    new_household: UUID
    today: date
    undone: Mapping[UUID, Undone] = MappingProxyType({})

    def household(self, household_id: UUID) -> Household:
        """A household; raises `Refused` HOUSEHOLD_GONE for one nobody here knows."""
        if household_id not in self.households:
            raise Refused("HOUSEHOLD_GONE")
        return self.households[household_id]

    def resident(self, resident_id: UUID) -> Present:
        """Somebody who lives here today; raises `Refused` NOT_RESIDENT."""
        person = self.people.get(resident_id)
        if person is None or not person.here:
            raise Refused("NOT_RESIDENT")
        return person

    def members(self, household: Household, named: Iterable[UUID]) -> tuple[Present, ...]:
        """These people, all of one household; raises `Refused` NOT_RESIDENT, OTHER_HOUSEHOLD."""
        people = tuple(self.resident(one) for one in named)
        if any(one.entry.household_id != household.household_id for one in people):
            raise Refused("OTHER_HOUSEHOLD")
        return people


class Becoming(NamedTuple):
    """What becomes of one person; ``upstream`` says that 住基ネット must hear of it (規則11条)."""

    resident_id: UUID
    reason: Reason
    entry: Entry
    presence: Presence
    code: str | None
    upstream: bool = True
    cancels: tuple[int, ...] = ()
    """履歴番号 this takes back (異動の取消し)."""
    restates: tuple[str, ...] = ()
    """What it says anew though no field differs, as the 個人番号, which is in no entry."""
    draws_code: bool = False
    """Whether a 住民票コード is drawn from the pool when it is entered."""

    @classmethod
    def of(cls, person: Present, reason: Reason, *, upstream: bool = True, **changes: Any) -> Self:
        """Somebody with these fields of their entry replaced, everything else as it stands."""
        entry = person.entry.model_copy(update=changes)
        return cls(person.resident_id, reason, entry, person.presence, person.code, upstream)


class Report(Payload):
    """A 届出, 申出 or 職権 act about people who live here.

    ``residents`` are the persons it names, in order; whoever else is changed by it joins them as
    persons of the case.  ``AMENDABLE`` are the fields that may be corrected while the case stands
    still; once entered, a correction is a 誤記修正.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset()

    residents: tuple[UUID, ...]
    notified_on: date | None
    """届出日; without one it is 職権."""

    @property
    @abstractmethod
    def effective_on(self) -> RegisterDate:
        """異動年月日."""

    @property
    @abstractmethod
    def households(self) -> tuple[UUID, ...]:
        """Every household it touches."""

    @property
    def undoes(self) -> UUID | None:
        """A finished case whose rows it takes back, if it is a 異動の取消し."""
        return None

    @property
    def ends_departures(self) -> bool:
        """Whether an open 転出 of the people it names gives way to it."""
        return False

    def concerns(self, before: Situation) -> tuple[UUID, ...]:
        """Who else must be told of though nothing of their own changes."""
        del before
        return ()

    @abstractmethod
    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """What becomes of everybody it changes; raises `Refused` with the rule it breaks."""

    def is_late(self, due_on: date | None) -> bool:
        """Whether it is a 届出 made after the day the law wanted it by."""
        return due_on is not None and self.notified_on is not None and self.notified_on > due_on

    def amended(self, subject: int, changes: dict[str, Any]) -> Self:
        """The same with fields replaced, for everybody; raises what validation raises."""
        del subject
        return type(self).model_validate({**self.model_dump(), **changes})
