"""Days as a Japanese register writes them: 和暦, 不詳日, and the day it is in Japan.

The register holds calendar days.  A few fields (生年月日, 住民となった年月日, 住所を定めた年月日,
and the 異動日 of a birth or a death) may say less: one of fourteen 不詳 wordings, a day no
calendar has (2月29日 of a common year), or a day of 改元 under the old era
(住民記録システム標準仕様書 1.1.8).  Such a date keeps its wording for people and one plain day
for machines.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import model_validator

from domain.payload import Payload

JST = timezone(timedelta(hours=9), "JST")


class WrongDate(ValueError):
    """Not a date this register can hold; ``code`` tells why, and the input is never repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wording(StrEnum):
    """What a notation may say: the fourteen 不詳 patterns as the standard names them, and two."""

    AROUND_YEAR = "年頃"
    AROUND_MONTH = "年月頃"
    AROUND_DAY = "年月日頃"
    ESTIMATED_DAY = "推定年月日"
    ESTIMATED_MONTH = "推定年月"
    SEASON = "年春"
    THIRD_OF_MONTH = "年月上旬"
    AROUND_THIRD_OF_MONTH = "年月中旬頃"
    UNKNOWN = "年月日不詳"
    MONTH_UNKNOWN = "年・月日不詳"
    DAY_UNKNOWN = "年月・日不詳"
    DAYS_ACROSS_MONTHS = "月日から月日頃まで"
    ESTIMATED_DAYS = "月推定日から日まで"
    AROUND_DAYS = "月日頃から日頃まで"

    NOT_IN_CALENDAR = "暦にない日"
    LAST_OF_ERA = "改元の日"


class WireDate(NamedTuple):
    """A date for systems that know calendar days only: the plain day, and the 不詳フラグ."""

    day: date
    unclear: bool


class RegisterDate(Payload):
    """A day of the register: ``day`` for machines; ``notation`` is what people read instead.

    A blank notation means that the day is exact.  Any other must be a ``Wording``, in 和暦 or
    western years: "昭和20年頃", "大正15年12月25日", "1945年月日不詳".  The plain day of a wording
    is internal and no claim about the person (みなし生年月日 is forbidden).  Raises ``WrongDate``,
    inside pydantic's own error, for any other notation.
    """

    day: date
    notation: str = ""

    @model_validator(mode="after")
    def _is_worded(self) -> Self:
        if self.notation:
            wording_of(self.notation)
        return self

    @classmethod
    def on(cls, day: date) -> Self:
        """The exact calendar day."""
        return cls(day=day)

    @classmethod
    def worded(cls, notation: str, day: date | None = None) -> Self:
        """A date as people put it; without ``day``, the first day that fits the words.

        Raises ``WrongDate`` as ``first_day_of`` does.
        """
        return cls(day=day or first_day_of(notation), notation=notation)

    @property
    def exact(self) -> bool:
        """Whether this is simply its calendar day."""
        return not self.notation

    @property
    def wareki(self) -> str:
        """As papers and screens show it: 和暦, or the words given."""
        return self.notation or to_wareki(self.day)

    @property
    def western(self) -> str:
        """As a foreigner's 生年月日 is shown: 西暦, or the words given (標準仕様書 1.1.9)."""
        return self.notation or f"{self.day.year}年{self.day.month}月{self.day.day}日"

    @property
    def wire(self) -> WireDate:
        """For systems that know calendar days only: 明治45年7月30日 is one, 昭和20年頃 is not."""
        known = self.exact or wording_of(self.notation) is Wording.LAST_OF_ERA
        return WireDate(self.day, unclear=not known)


def jst_day(instant: datetime) -> date:
    """The day it is in Japan at an instant; raises ``ValueError`` for a time without zone."""
    if instant.tzinfo is None:
        raise ValueError("NAIVE_INSTANT")
    return instant.astimezone(JST).date()


def to_wareki(day: date) -> str:
    """Write 和暦: "令和8年11月23日"; the first year of an era is 元年.

    Raises ``WrongDate`` before 明治6年, when Japan counted by another calendar.
    """
    era = _era_on(day)
    year = era.year_of(day)
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def from_wareki(text: str) -> date:
    """Read 和暦: "平成31年4月30日"; 元年 may be written 1年.

    明治45年7月30日 and 大正15年12月25日 are days of both eras.  Raises ``WrongDate``: not 和暦, no
    such day, outside its era, or before 明治6年.
    """
    found = re.fullmatch(_ERA_YEAR + _MONTH + _DAY, text, re.ASCII)
    if found is None:
        raise WrongDate("NOT_WAREKI")
    if not _is_real_day(found):
        raise WrongDate("NO_SUCH_DAY")
    return _first_day(found)


def era_year(day: date) -> str:
    """The year as case numbers abbreviate it: "R8"."""
    era = _era_on(day)
    return f"{era.letter}{era.year_of(day)}"


def wording_of(notation: str) -> Wording:
    """Which wording a notation is; raises ``WrongDate``: none, or outside the era it names."""
    return _read(notation)[0]


def first_day_of(notation: str) -> date:
    """The plain day kept for a wording: the first that fits it, within its era.

    A season begins with March, June, September or December; for a day that its month lacks, the
    month's last.  Raises ``WrongDate``: no wording, nothing to go by (年月日不詳), outside its era.
    """
    day = _read(notation)[1]
    if day is None:
        raise WrongDate("DAY_NEEDED")
    return day


class Era(NamedTuple):
    """An era of 和暦, with the days it lasted; a day of 改元 is of both."""

    name: str
    letter: str
    first: date
    last: date

    def year_of(self, day: date) -> int:
        """Which year of it a day is in, from 1."""
        return day.year - self.first.year + 1


# A new era is one more row here (標準仕様書 1.3.6).
ERAS = (
    Era("令和", "R", date(2019, 5, 1), date.max),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 25)),
    Era("明治", "M", date(1868, 1, 25), date(1912, 7, 30)),
)
_FIRST_GREGORIAN_DAY = date(1873, 1, 1)  # 明治5年太政官布告337号

_ERA_YEAR = rf"(?P<era>{'|'.join(era.name for era in ERAS)})(?P<year>元|[1-9]\d?)年"
_YEAR = rf"(?:{_ERA_YEAR}|(?P<western>[12]\d\d\d)年)"
_MONTH = r"(?P<month>1[0-2]|[1-9])月"
_DAY_NUMBER = r"(?:3[01]|[12]\d|[1-9])"
_DAY = rf"(?P<day>{_DAY_NUMBER})日"
_DATE = _YEAR + _MONTH + _DAY
_FORMS = {
    wording: re.compile(form, re.ASCII)
    for wording, form in {
        Wording.AROUND_YEAR: _YEAR + "頃",
        Wording.AROUND_MONTH: _YEAR + _MONTH + "頃",
        Wording.AROUND_DAY: _DATE + "頃",
        Wording.ESTIMATED_DAY: "推定" + _DATE,
        Wording.ESTIMATED_MONTH: "推定" + _YEAR + _MONTH,
        Wording.SEASON: _YEAR + "(?P<season>[春夏秋冬])",
        Wording.THIRD_OF_MONTH: _YEAR + _MONTH + "(?P<third>[上中下])旬",
        Wording.AROUND_THIRD_OF_MONTH: _YEAR + _MONTH + "(?P<third>[上中下])旬頃",
        Wording.UNKNOWN: "年月日不詳",
        Wording.MONTH_UNKNOWN: _YEAR + "・?月日不詳",
        Wording.DAY_UNKNOWN: _YEAR + _MONTH + "・?日不詳",
        Wording.DAYS_ACROSS_MONTHS: _DATE + rf"から(?:1[0-2]|[1-9])月{_DAY_NUMBER}日頃まで",
        Wording.ESTIMATED_DAYS: _YEAR + _MONTH + "推定" + _DAY + rf"から{_DAY_NUMBER}日まで",
        Wording.AROUND_DAYS: _DATE + rf"頃から{_DAY_NUMBER}日頃まで",
        Wording.NOT_IN_CALENDAR: _DATE,
    }.items()
}
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 12)}
_THIRDS = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}


def _era_on(day: date) -> Era:
    if day < _FIRST_GREGORIAN_DAY:
        raise WrongDate("BEFORE_MEIJI_6")
    return next(era for era in ERAS if era.first <= day)


def _read(notation: str) -> tuple[Wording, date | None]:
    for wording, form in _FORMS.items():
        if found := form.fullmatch(notation):
            day = None if wording is Wording.UNKNOWN else _first_day(found)
            return _told_apart(wording, found, day), day
    raise WrongDate("UNKNOWN_WORDING")


def _told_apart(wording: Wording, found: re.Match[str], day: date | None) -> Wording:
    """A full date is a wording only if the calendar, or 和暦 as we write it, does not have it."""
    if day is None or wording is not Wording.NOT_IN_CALENDAR or not _is_real_day(found):
        return wording
    if found["era"] and _era_on(day).name != found["era"]:
        return Wording.LAST_OF_ERA
    raise WrongDate("EXACT_DAY")


def _is_real_day(found: re.Match[str]) -> bool:
    return int(found["day"]) <= monthrange(_year(found), int(found["month"]))[1]


def _year(found: re.Match[str]) -> int:
    parts = found.groupdict()
    if western := parts.get("western"):
        return int(western)
    number = 1 if parts["year"] == "元" else int(parts["year"])
    return _era_named(parts["era"]).first.year + number - 1


def _era_named(name: str) -> Era:
    return next(era for era in ERAS if era.name == name)


def _first_day(found: re.Match[str]) -> date:
    """The first day of what the words span, if that span meets the era they name."""
    first, last = _span(found)
    era_name = found.groupdict().get("era")
    era = _era_named(era_name) if era_name else None
    if era and (last < era.first or first > era.last):
        raise WrongDate("OUTSIDE_ERA")
    if last < _FIRST_GREGORIAN_DAY:
        raise WrongDate("BEFORE_MEIJI_6")
    return max(first, era.first) if era else first


def _span(found: re.Match[str]) -> tuple[date, date]:
    year, parts = _year(found), found.groupdict()
    if season := parts.get("season"):
        first_month, last_month = _SEASONS[season]
        return date(year, first_month, 1), _days(year, last_month, (31, 31))[1]
    if not parts.get("month"):
        return date(year, 1, 1), date(year, 12, 31)
    if third := parts.get("third"):
        return _days(year, int(parts["month"]), _THIRDS[third])
    day = parts.get("day")
    return _days(year, int(parts["month"]), (int(day), int(day)) if day else (1, 31))


def _days(year: int, month: int, days: tuple[int, int]) -> tuple[date, date]:
    longest = monthrange(year, month)[1]
    return date(year, month, min(days[0], longest)), date(year, month, min(days[1], longest))
