"""When an office or a system answers: weekly hours, 祝日, year's end, and its own exceptions.

All reckoning is in Japan's time; instants come and go with their zone.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Self

import jpholiday
from pydantic import Field, model_validator

from domain.dates import JST, jst_day
from domain.payload import Payload

_YEARS_END = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
_DAY = timedelta(days=1)
_NEVER_CLOSED_LONGER = timedelta(days=366)


class Hours(Payload):
    """Open from ``opens`` until just before ``closes``, on one day, in Japan's time."""

    opens: time = time(8, 30)
    closes: time = time(17, 15)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens.tzinfo or self.closes.tzinfo or self.opens >= self.closes:
            raise ValueError("HOURS_OUT_OF_ORDER")
        return self


def _weekdays() -> dict[int, Hours]:
    return dict.fromkeys(range(5), Hours())


class OpeningCalendar(Payload):
    """The days and hours of one office or system.

    ``weekly`` maps the weekday (0 = Monday) to its hours; the default is the practice around
    住基ネット, weekdays 8:30 to 17:15.  Closed besides: 祝日 and 12月29日 to 1月3日
    (地方自治法4条の2第2項), and ``closed_days``.  ``open_days`` are open whatever else is said of
    them, as at the weekends of March and April.  ``always_open`` knows neither days nor hours.
    """

    always_open: bool = False
    weekly: dict[int, Hours] = Field(default_factory=_weekdays)
    closed_days: frozenset[date] = frozenset()
    open_days: dict[date, Hours] = Field(default_factory=dict[date, Hours])

    @model_validator(mode="after")
    def _is_open_some_day(self) -> Self:
        if not self.always_open and (not self.weekly or not self.weekly.keys() <= set(range(7))):
            raise ValueError("NEVER_OPEN")
        return self

    def is_open(self, instant: datetime) -> bool:
        """Whether it answers at an instant; the closing time itself is closed."""
        if self.always_open:
            return True
        hours = self._hours_on(jst_day(instant))
        now = instant.astimezone(JST).time()
        return hours is not None and hours.opens <= now < hours.closes

    def next_opening(self, instant: datetime) -> datetime:
        """The instant itself if open, else when it opens next, in Japan's time.

        Raises ``ValueError`` if that is more than a year away.
        """
        if self.is_open(instant):
            return instant
        today = jst_day(instant)
        if (opening := self._opening_on(today)) and opening > instant:
            return opening
        later = self.next_open_day(today + _DAY)
        return self._opening_on(later) or instant

    def is_closed_day(self, day: date) -> bool:
        """Whether it does not open at all on a day."""
        return not self.always_open and self._hours_on(day) is None

    def next_open_day(self, day: date) -> date:
        """The day itself if open, else the next one that is; ``ValueError`` if none in a year."""
        last = day + _NEVER_CLOSED_LONGER
        while self.is_closed_day(day):
            if day >= last:
                raise ValueError("NEVER_OPEN")
            day += _DAY
        return day

    def _hours_on(self, day: date) -> Hours | None:
        if day in self.open_days:
            return self.open_days[day]
        if day in self.closed_days or (day.month, day.day) in _YEARS_END or _is_holiday(day):
            return None
        return self.weekly.get(day.weekday())

    def _opening_on(self, day: date) -> datetime | None:
        hours = self._hours_on(day)
        return datetime.combine(day, hours.opens, JST) if hours else None


def _is_holiday(day: date) -> bool:
    return jpholiday.is_holiday(day)
