"""死亡: a resident has died (戸籍法86条, 住民基本台帳法施行令8条)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.changes import Becoming, Report, Situation
from domain.dates import RegisterDate
from domain.heads import Succession, succession
from domain.residents import Presence, Reason


class Death(Report):
    """死亡届 as 戸籍 passes it on; the day may be 推定 or 不詳 (標準仕様書 1.1.8).

    It goes before an open 転出: whoever died does not leave.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset({"died_on", "stays"})

    household_id: UUID
    died_on: RegisterDate
    learned_on: date
    stays: Succession = Succession()

    @property
    def effective_on(self) -> RegisterDate:
        """死亡年月日, worded where it is not known."""
        return self.died_on

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they lived."""
        return (self.household_id,)

    @property
    def ends_departures(self) -> bool:
        """A 転出 that waits for its day gives way."""
        return True

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """除票 of everybody who died, then what those who stay are to each other.

        Raises `Refused` HOUSEHOLD_GONE, NOT_RESIDENT, OTHER_HOUSEHOLD, and as `succession` does.
        """
        household = before.household(self.household_id)
        people = before.members(household, self.residents)
        dead = tuple(
            Becoming.of(one, Reason.DEATH)._replace(presence=Presence.STRUCK) for one in people
        )
        return dead + succession(household, self.residents, self.stays)
