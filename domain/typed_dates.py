"""Days as people type them: 和暦 or 西暦, written out or in short, whatever the width of a digit.

"令和8年4月1日", "R8.4.1", "R08/04/01", "2026-04-01", "20260401", "2026年4月1日", "令和元年5月1日".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from domain.dates import (
    ERAS,
    RegisterDate,
    Wording,
    WrongDate,
    from_wareki,
    to_wareki,
    wording_of,
)


class OtherEra(WrongDate):
    """A day that the era it is written in never had; ``meant`` is the day it would be."""

    def __init__(self, meant: date) -> None:
        super().__init__("OUTSIDE_ERA")
        self.meant = meant


def read_day(text: str) -> date:
    """The calendar day somebody typed.

    Raises ``WrongDate``: UNREADABLE_DATE, NO_SUCH_DAY, BEFORE_MEIJI_6 (Japan counted by another
    calendar then, in either notation), or `OtherEra`.
    """
    found = _found(text)
    if found is None:
        raise WrongDate("UNREADABLE_DATE")
    month, day = int(found["month"]), int(found["day"])
    if found.groupdict().get("western"):
        return _western(int(found["western"]), month, day)
    return _of_era(found["era"], 1 if found["year"] == "元" else int(found["year"]), month, day)


def read_date(text: str, day: str = "") -> RegisterDate:
    """The day somebody typed, which may be 推定 or 不詳; ``day`` is the plain day beside the words.

    Raises ``WrongDate`` as `read_day` and `domain.dates.first_day_of` do.
    """
    notation = _notation(text)
    try:
        wording_of(notation)
    except WrongDate as wrong:
        code = wrong.code
    else:
        return RegisterDate.worded(notation, read_day(day) if day.strip() else None)
    if code == "UNKNOWN_WORDING" or _found(text):
        return RegisterDate.on(read_day(text))
    raise WrongDate(code)


def both_notations(day: date) -> str:
    """A day in 和暦 and 西暦: "令和8年4月1日（2026年4月1日 水曜日）"."""
    weekday = "月火水木金土日"[day.weekday()]
    return f"{to_wareki(day)}（{day.year}年{day.month}月{day.day}日 {weekday}曜日）"


def in_full(said: RegisterDate) -> str:
    """A day of the register in both notations; an uncertain one with the day it is reckoned by."""
    if said.exact:
        return both_notations(said.day)
    kind = wording_of(said.notation)
    known = kind is Wording.LAST_OF_ERA
    return f"{said.notation}（{kind}。{'' if known else '計算には '}{both_notations(said.day)}）"


_NAMES = {era.letter: era.name for era in ERAS} | {era.name: era.name for era in ERAS}
_ERA = rf"(?P<era>{'|'.join(_NAMES)})"
_YEAR = rf"(?:{_ERA}(?P<year>元|\d{{1,2}})|(?:西暦)?(?P<western>\d{{4}}))"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        _YEAR + r"年(?P<month>\d{1,2})月(?P<day>\d{1,2})日",
        _YEAR + r"(?P<between>[-./])(?P<month>\d{1,2})(?P=between)(?P<day>\d{1,2})",
        r"(?P<western>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        _ERA + r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)",
    )
)
# What keyboards of Japan give for "-", the long vowel mark among them.
_DASHES = str.maketrans(
    dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x30FC), "-")
)
_LEADING_ZERO = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)
_LETTER = re.compile(r"(?<![A-Z])[MTSHR](?=元|\d)", re.ASCII)


def _plain(text: str) -> str:
    """In narrow digits and capitals, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper().translate(_DASHES)


def _found(text: str) -> re.Match[str] | None:
    plain = _plain(text)
    return next(filter(None, (form.fullmatch(plain) for form in _FORMS)), None)


def _western(year: int, month: int, day: int) -> date:
    try:
        read = date(year, month, day)
    except ValueError:
        raise WrongDate("NO_SUCH_DAY") from None
    to_wareki(read)
    return read


def _of_era(era: str, year: int, month: int, day: int) -> date:
    name = _NAMES[era]
    try:
        return from_wareki(f"{name}{year}年{month}月{day}日")
    except WrongDate as wrong:
        code = wrong.code
    if code == "OUTSIDE_ERA":
        first = next(one.first for one in ERAS if one.name == name)
        raise OtherEra(_western(first.year + year - 1, month, day))
    raise WrongDate("UNREADABLE_DATE" if code == "NOT_WAREKI" else code)


def _notation(text: str) -> str:
    """As the register writes the words of an uncertain day, if it is one."""
    plain = _LEADING_ZERO.sub("", _plain(text)).replace("ごろ", "頃")
    return _LETTER.sub(lambda found: _NAMES[found[0]], plain)
