"""世帯主 and 続柄: who is what to whom in the household somebody leaves, founds or joins.

法25条, 令25条; 住民記録システム標準仕様書 4.0.2, 4.0.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.changes import Becoming
from domain.errors import Refused
from domain.payload import Payload
from domain.residents import HEAD, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from domain.changes import Household, Situation
    from domain.residents import Present


class NewRelationship(Payload):
    """続柄 of somebody, to the head of the household they are in afterwards."""

    resident_id: UUID
    relationship: str


class Succession(Payload):
    """What a 届出 says of the household that stays behind.

    ``head_left_open`` is the office's decision to enter none for now (世帯主未設定).
    """

    new_head: UUID | None = None
    relationships: tuple[NewRelationship, ...] = ()
    head_left_open: bool = False

    @property
    def decided(self) -> bool:
        """Whether it says who heads those who stay."""
        return self.new_head is not None or self.head_left_open

    @property
    def told(self) -> dict[UUID, str]:
        """The new 続柄, by person; the head's own among them."""
        said = {one.resident_id: one.relationship for one in self.relationships}
        return said if self.new_head is None else said | {self.new_head: HEAD}


class Placing(Payload):
    """Where people come to: the household they join, or the head of one they found."""

    into: UUID | None = None
    head: UUID | None = None
    relationships: tuple[NewRelationship, ...] = ()

    @property
    def told(self) -> dict[UUID, str]:
        """The 続柄 it states, by person."""
        return {one.resident_id: one.relationship for one in self.relationships}

    def household(self, before: Situation, left: Household, movers: Iterable[UUID]) -> UUID:
        """The household they are in afterwards; a whole one takes its own along."""
        if self.into is not None:
            return self.into
        return before.new_household if left.without(movers) else left.household_id

    def places(
        self, before: Situation, left: Household, movers: tuple[Present, ...]
    ) -> dict[UUID, str]:
        """The 続柄 of everybody who moves, to the head they have afterwards.

        Raises `Refused` NOT_AMONG_MOVERS, HOUSEHOLD_GONE, HEAD_GONE, SAME_HOUSEHOLD,
        RELATIONSHIP_MISSING.
        """
        named = {one.resident_id for one in movers}
        if (self.told.keys() | ({self.head} if self.head else set())) - named:
            raise Refused("NOT_AMONG_MOVERS")
        if self.into is not None:
            self._check_joined(before, left, self.into)
            places = self.told
        elif left.without(named):
            places = self.told | {self.head or movers[0].resident_id: HEAD}
        else:
            places = {one.resident_id: one.entry.relationship for one in movers} | self.told
        if named - places.keys():
            raise Refused("RELATIONSHIP_MISSING")
        return places

    def _check_joined(self, before: Situation, left: Household, into: UUID) -> None:
        if into == left.household_id:
            raise Refused("SAME_HOUSEHOLD")
        if before.household(into).head is None:
            raise Refused("HEAD_GONE")


def succession(
    household: Household, leaving: Iterable[UUID], said: Succession
) -> tuple[Becoming, ...]:
    """Who of those who stay is what to whom, once ``leaving`` have left the household.

    Of one person who stays there is nothing to decide: they become head ex officio (令25条).
    Raises `Refused` HEAD_TO_BE_NAMED where two or more stay without a head, HEAD_NOT_STAYING where
    somebody is named who does not stay, or a head stays.
    """
    staying = {one.resident_id: one for one in household.without(leaving)}
    if said.told.keys() - staying.keys():
        raise Refused("HEAD_NOT_STAYING")
    if any(one.entry.relationship == HEAD for one in staying.values()):
        if said.told:
            raise Refused("HEAD_NOT_STAYING")
        return ()
    return in_their_places(staying, _told(staying, said, led=household.head is not None))


def in_their_places(
    people: Mapping[UUID, Present], told: Mapping[UUID, str]
) -> tuple[Becoming, ...]:
    """A row for everybody whose 続柄 changes; it is no 本人確認情報 (法30条の6)."""
    return tuple(
        Becoming.of(people[one], Reason.HEAD_CHANGE, upstream=False, relationship=told[one])
        for one in sorted(told)
        if people[one].entry.relationship != told[one]
    )


def _told(staying: Mapping[UUID, Present], said: Succession, *, led: bool) -> dict[UUID, str]:
    if len(staying) == 1 and led:
        return dict.fromkeys(staying, HEAD)
    if staying and led and not said.decided:
        raise Refused("HEAD_TO_BE_NAMED")
    return said.told
