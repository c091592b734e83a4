"""When the outside world is open, on its own clock, which tests and the demo may move.

住基ネット is open for joint work on weekdays from 9 to 17 and closed from 12-29 to 1-3; national
holidays must be listed, because no calendar is built in.  Without hours set, a system never closes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

from pydantic import BaseModel

_JST = timezone(timedelta(hours=9))
_FRIDAY = 4
_DAYS_AHEAD = 60


class OpeningHours(BaseModel):
    """From ``opens`` to ``closes``, Japan time, on days that are not closed."""

    opens: time = time(9)
    closes: time = time(17)
    weekends: bool = False
    closed_on: frozenset[date] = frozenset()

    def is_open(self, now: datetime) -> bool:
        """Whether the doors stand open at this moment (Japan time)."""
        return self._works_on(now.date()) and self.opens <= now.time() < self.closes

    def next_opening(self, now: datetime) -> datetime:
        """The next moment they open; two months ahead if no day before does."""
        days = (now.date() + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
        moments = (datetime.combine(day, self.opens, _JST) for day in days if self._works_on(day))
        return next((at for at in moments if at > now), now + timedelta(days=_DAYS_AHEAD))

    def _works_on(self, day: date) -> bool:
        new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
        weekend = day.weekday() > _FRIDAY and not self.weekends
        return not (new_year or weekend or day in self.closed_on)


class Hours:
    """The clock out there, and the opening hours of each system, for all or one municipality."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self._hours: dict[tuple[str, str | None], OpeningHours] = {}

    def now(self) -> datetime:
        """Business time, Japan."""
        return (datetime.now(UTC) + self.offset).astimezone(_JST)

    def set(self, system: str, municipality: str | None, hours: OpeningHours | None) -> None:
        """Keep these hours from now on; ``None`` opens for ever."""
        if hours is None:
            self._hours.pop((system, municipality), None)
        else:
            self._hours[system, municipality] = hours

    def forget(self, municipality: str | None) -> None:
        """Open a municipality's doors for ever, or everybody's."""
        for key in [key for key in self._hours if municipality in {None, key[1]}]:
            del self._hours[key]

    def opens_at(self, system: str, municipality: str) -> datetime | None:
        """When a closed system opens again; ``None`` while it is open."""
        hours = self._hours.get((system, municipality)) or self._hours.get((system, None))
        now = self.now()
        return None if hours is None or hours.is_open(now) else hours.next_opening(now)
