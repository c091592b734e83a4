"""By when the law wants a notification (届出期間), and until when 特例転入 is possible.

A late notification is accepted all the same; the delay is noted and may cost a 過料.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from domain.opening_hours import OpeningCalendar

_BIRTH_DAYS = 14  # 戸籍法49条
_DEATH_DAYS = 7  # 戸籍法86条
_MOVE_DAYS = timedelta(days=14)  # 住民基本台帳法22条, 23条, 25条, 30条の46–48
_SPECIAL_AFTER_PLAN = timedelta(days=30)  # 住民基本台帳法施行令24条の2
_SPECIAL_AFTER_MOVE = timedelta(days=14)


def birth_deadline(born_on: date, calendar: OpeningCalendar) -> date:
    """The last day to report a birth: the day of birth counts (戸籍法43条)."""
    return _rolled(born_on + timedelta(days=_BIRTH_DAYS - 1), calendar)


def death_deadline(known_on: date, calendar: OpeningCalendar) -> date:
    """The last day to report a death: the day it became known counts (戸籍法43条, 86条)."""
    return _rolled(known_on + timedelta(days=_DEATH_DAYS - 1), calendar)


def move_deadline(moved_on: date, calendar: OpeningCalendar) -> date:
    """The last day to report 転入, 転居 or 世帯変更: the day itself does not count (民法140条)."""
    return _rolled(moved_on + _MOVE_DAYS, calendar)


def move_out_is_late(moved_on: date, notified_on: date) -> bool:
    """Whether a 転出 is reported too late to be a 届出: it is entered 職権, as from the 15th day.

    転出 is to be reported beforehand (法24条); practice takes it up to 14 days after the move
    (住民記録システム標準仕様書 4.1.3.0.1).
    """
    return notified_on > moved_on + _MOVE_DAYS


def special_move_in_deadline(planned_on: date, moved_on: date) -> date:
    """The last day on which 特例転入 works; closed days do not extend it.

    ``planned_on`` is the 転出予定日.  A result before ``moved_on`` means that it never works.
    """
    return min(planned_on + _SPECIAL_AFTER_PLAN, moved_on + _SPECIAL_AFTER_MOVE)


def _rolled(last: date, calendar: OpeningCalendar) -> date:
    """Where the office is closed on the last day, the next open day is (地方自治法4条の2第4項)."""
    return calendar.next_open_day(last)
