"""Days as staff type them: many spellings, one day; and what no calendar had is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dates import RegisterDate, Wording, WrongDate, to_wareki, wording_of
from domain.typed_dates import OtherEra, both_notations, in_full, read_date, read_day

MEIJI = date(1868, 9, 8)
FIRST = date(1873, 1, 1)
WIDE = {ord(narrow): ord(narrow) - 0x20 + 0xFF00 for narrow in "0123456789./-RHSTMrhstm"}


def _letters(day: date) -> tuple[str, str, int, int]:
    wareki = to_wareki(day)
    year = wareki[2:].split("年")[0]
    letter = {"令": "R", "平": "H", "昭": "S", "大": "T", "明": "M"}[wareki[0]]
    return letter, year, day.month, day.day


def spellings(day: date) -> list[str]:
    """One day as people write it."""
    letter, year, month, of_month = _letters(day)
    number = "1" if year == "元" else year
    western = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{month}/{of_month}",
        f"{day.year}年{month}月{of_month}日",
        f"西暦 {day.year}年 {month}月 {of_month}日",
    ]
    japanese = [
        to_wareki(day),
        f"{letter}{year}.{month}.{of_month}",
        f"{letter.lower()}{number}-{month}-{of_month}",
        f"{letter}{int(number):02}/{month:02}/{of_month:02}",
        f"{letter}{int(number):02}{month:02}{of_month:02}",
        f"{to_wareki(day)[:2]}{number}年{month:02}月{of_month:02}日",
    ]
    return [one for spelled in western + japanese for one in (spelled, spelled.translate(WIDE))]


@given(st.dates(FIRST, date(2117, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day: date) -> None:
    """In 和暦 and 西暦, long and short, wide and narrow.  Red: count an era from nought."""
    assert {read_day(one) for one in spellings(day)} == {day}
    assert read_date(to_wareki(day)) == RegisterDate.on(day)


def test_every_day_since_meiji_goes_there_and_back_in_both_notations() -> None:
    """One after the other until 2050, however it is written.

    Before 明治6年 Japan counted by another calendar: of those days the register has none.
    """
    for ordinal in range(MEIJI.toordinal(), date(2050, 12, 31).toordinal()):
        day = date.fromordinal(ordinal)
        if day < FIRST:
            with pytest.raises(WrongDate, match="BEFORE_MEIJI_6"):
                read_day(day.isoformat())
        else:
            assert read_day(day.isoformat()) == read_day(to_wareki(day)) == day


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("昭和64年1月8日", "平成元年1月8日"),
        ("S64.1.8", "平成元年1月8日"),
        ("平成元年1月7日", "昭和64年1月7日"),
        ("平成31年5月1日", "令和元年5月1日"),
        ("H31/4/30", None),
        ("令和元年4月30日", "平成31年4月30日"),
        ("大正15年12月26日", "昭和元年12月26日"),
        ("昭和元年12月24日", "大正15年12月24日"),
        ("明治45年7月31日", "大正元年7月31日"),
        ("昭和99年1月1日", "令和6年1月1日"),
    ],
)
def test_a_day_of_another_era_is_refused_with_the_day_it_would_be(
    typed: str, meant: str | None
) -> None:
    """Eras end on their day; what was probably meant is said.  Red: count on past the end."""
    if meant is None:
        assert read_day(typed) == date(2019, 4, 30)
        return
    with pytest.raises(OtherEra) as refused:
        read_day(typed)
    assert refused.value.code == "OUTSIDE_ERA"
    assert to_wareki(refused.value.meant) == meant


@given(st.dates(FIRST, date(2050, 12, 31)), st.sampled_from(["令和", "平成", "昭和", "大正"]))
def test_an_era_has_its_own_days_and_no_others(day: date, era: str) -> None:
    """Whatever year of whatever era is typed, it is that day or the hint leads to it."""
    first = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912}[era]
    year = day.year - first + 1
    if not 1 <= year <= 99:
        return
    try:
        read = read_day(f"{era}{year}年{day.month}月{day.day}日")
    except OtherEra as other:
        read = other.meant
    assert read == day


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "UNREADABLE_DATE"),
        ("きのう", "UNREADABLE_DATE"),
        ("令和0年1月1日", "UNREADABLE_DATE"),
        ("慶応3年1月1日", "UNREADABLE_DATE"),
        ("R8.13.1", "UNREADABLE_DATE"),
        ("2026-02-30", "NO_SUCH_DAY"),
        ("R7.2.29", "NO_SUCH_DAY"),
        ("2026/4-1", "UNREADABLE_DATE"),
        ("明治5年12月2日", "BEFORE_MEIJI_6"),
        ("1872年12月31日", "BEFORE_MEIJI_6"),
        ("10000-01-01", "UNREADABLE_DATE"),
        ("昭和99年頃", "OUTSIDE_ERA"),
        ("年月日不詳", "DAY_NEEDED"),
    ],
)
def test_what_no_calendar_had_is_refused(typed: str, code: str) -> None:
    """By code; the words are not repeated."""
    with pytest.raises(WrongDate) as refused:
        read_date(typed)
    assert (refused.value.code, str(refused.value)) == (code, code)


@given(st.text(max_size=20))
def test_anything_at_all_is_a_day_or_refused(typed: str) -> None:
    """Nothing typed breaks the form."""
    try:
        said = read_date(typed).wareki
    except WrongDate as refused:
        said = refused.code
    assert said


WORDED = {
    Wording.AROUND_YEAR: "S20年ごろ",
    Wording.AROUND_MONTH: "昭和20年03月頃",
    Wording.AROUND_DAY: "昭和２０年３月１０日頃",
    Wording.ESTIMATED_DAY: "推定S20年3月10日",
    Wording.ESTIMATED_MONTH: "推定昭和20年3月",
    Wording.SEASON: "R8年 春",
    Wording.THIRD_OF_MONTH: "R8年11月上旬",
    Wording.AROUND_THIRD_OF_MONTH: "R8年11月中旬頃",
    Wording.MONTH_UNKNOWN: "昭和20年月日不詳",
    Wording.DAY_UNKNOWN: "昭和20年3月日不詳",
    Wording.DAYS_ACROSS_MONTHS: "R8年3月1日から4月5日頃まで",
    Wording.ESTIMATED_DAYS: "R8年3月推定1日から10日まで",
    Wording.AROUND_DAYS: "R8年3月1日頃から10日頃まで",
    Wording.UNKNOWN: "年月日不詳",
    Wording.NOT_IN_CALENDAR: "令和7年2月29日",
    Wording.LAST_OF_ERA: "明治45年7月30日",
}


@pytest.mark.parametrize("wording", Wording, ids=str)
def test_every_uncertain_day_may_be_typed(wording: Wording) -> None:
    """All fourteen patterns and the two full dates, in the same loose spelling as exact days."""
    said = read_date(WORDED[wording], "R8.3.1" if wording is Wording.UNKNOWN else "")

    assert wording_of(said.notation) is wording
    assert said.notation in in_full(said)
    assert to_wareki(said.day) in in_full(said)


def test_a_day_is_shown_in_both_notations_with_its_weekday() -> None:
    """So that whoever typed one sees the other."""
    day = date(2026, 4, 1)
    assert both_notations(day) == "令和8年4月1日（2026年4月1日 水曜日）"
    assert both_notations(day + timedelta(days=4)).endswith("日曜日）")
