"""和暦, 不詳日 and Japan's day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.dates import (
    JST,
    RegisterDate,
    WireDate,
    Wording,
    WrongDate,
    era_year,
    first_day_of,
    from_wareki,
    jst_day,
    to_wareki,
    wording_of,
)

PUBLISHED_WORDINGS = 14

gregorian_days = st.dates(date(1873, 1, 1), date(2117, 12, 31))


def day_or_code(notation: str) -> date | str:
    """The plain day of a wording, or the code that refuses it."""
    try:
        return first_day_of(notation)
    except WrongDate as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("day", "wareki"),
    [
        pytest.param(date(1873, 1, 1), "明治6年1月1日", id="太陽暦の初日"),
        pytest.param(date(1912, 7, 29), "明治45年7月29日", id="明治の終わり"),
        pytest.param(date(1912, 7, 30), "大正元年7月30日", id="大正の初日"),
        pytest.param(date(1926, 12, 24), "大正15年12月24日", id="大正の終わり"),
        pytest.param(date(1926, 12, 25), "昭和元年12月25日", id="昭和の初日"),
        pytest.param(date(1989, 1, 7), "昭和64年1月7日", id="昭和の終わり"),
        pytest.param(date(1989, 1, 8), "平成元年1月8日", id="平成の初日"),
        pytest.param(date(2019, 4, 30), "平成31年4月30日", id="平成の終わり"),
        pytest.param(date(2019, 5, 1), "令和元年5月1日", id="令和の初日"),
        pytest.param(date(2026, 11, 23), "令和8年11月23日", id="令和"),
    ],
)
def test_a_day_is_written_in_its_era(day: date, wareki: str) -> None:
    """An era begins on its day, with 元年."""
    assert to_wareki(day) == wareki
    assert from_wareki(wareki) == day


@given(gregorian_days)
@example(date(1912, 7, 30))
@example(date(1926, 12, 25))
@example(date(1989, 1, 7))
@example(date(2019, 4, 30))
@example(date(2020, 2, 29))
def test_wareki_can_be_read_back(day: date) -> None:
    """Writing and reading are each other's inverse on every day the calendar knows."""
    assert from_wareki(to_wareki(day)) == day


@pytest.mark.parametrize(
    ("wareki", "day"),
    [
        pytest.param("明治45年7月30日", date(1912, 7, 30), id="改元の日の旧元号"),
        pytest.param("大正15年12月25日", date(1926, 12, 25), id="大正最後の日"),
        pytest.param("令和1年5月1日", date(2019, 5, 1), id="元年を1年と書く"),
    ],
)
def test_law_lets_some_other_spellings_stand(wareki: str, day: date) -> None:
    """A day of 改元 belongs to both eras (標準仕様書 1.1.8)."""
    assert from_wareki(wareki) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("平成31年5月1日", "OUTSIDE_ERA", id="平成は終わっている"),
        pytest.param("令和元年4月30日", "OUTSIDE_ERA", id="令和はまだ"),
        pytest.param("昭和64年1月8日", "OUTSIDE_ERA", id="昭和の翌日"),
        pytest.param("平成元年1月7日", "OUTSIDE_ERA", id="平成の前日"),
        pytest.param("明治5年12月2日", "BEFORE_MEIJI_6", id="旧暦"),
        pytest.param("令和7年2月29日", "NO_SUCH_DAY", id="平年の閏日"),
        pytest.param("令和8年4月31日", "NO_SUCH_DAY", id="小の月"),
        pytest.param("令和0年5月1日", "NOT_WAREKI", id="零年"),
        pytest.param("令和８年５月１日", "NOT_WAREKI", id="全角数字"),
        pytest.param("慶応3年1月1日", "NOT_WAREKI", id="明治より前"),
        pytest.param("2026年11月23日", "NOT_WAREKI", id="西暦"),
        pytest.param("", "NOT_WAREKI", id="空"),
    ],
)
def test_impossible_wareki_is_refused(text: str, code: str) -> None:
    """What the eras never had is refused by code; the text is not repeated."""
    with pytest.raises(WrongDate) as refusal:
        from_wareki(text)
    assert (refusal.value.code, str(refusal.value)) == (code, code)


def test_days_of_the_old_calendar_have_no_wareki_here() -> None:
    """明治5年 ended on what the Gregorian calendar calls 31 December 1872."""
    with pytest.raises(WrongDate, match="BEFORE_MEIJI_6"):
        to_wareki(date(1872, 12, 31))


@pytest.mark.parametrize(
    ("day", "abbreviated"),
    [(date(2026, 1, 1), "R8"), (date(2019, 4, 30), "H31"), (date(1926, 12, 25), "S1")],
)
def test_case_numbers_abbreviate_the_era(day: date, abbreviated: str) -> None:
    assert era_year(day) == abbreviated


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param(datetime(2026, 11, 22, 14, 59, tzinfo=UTC), date(2026, 11, 22), id="日付の前"),
        pytest.param(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), date(2026, 11, 23), id="零時"),
        pytest.param(datetime(2026, 11, 23, 0, 0, tzinfo=JST), date(2026, 11, 23), id="日本時間"),
    ],
)
def test_the_day_is_japans(instant: datetime, day: date) -> None:
    """Wherever the machine stands, 処理日 is the day it is in Japan."""
    assert jst_day(instant) == day


def test_an_instant_without_zone_has_no_day() -> None:
    """Guessing a zone would put a notification on the wrong day."""
    with pytest.raises(ValueError, match="NAIVE_INSTANT"):
        jst_day(datetime(2026, 11, 23))  # noqa: DTZ001 – the fault itself


@pytest.mark.parametrize(
    ("notation", "wording", "day"),
    [
        ("昭和20年頃", Wording.AROUND_YEAR, date(1945, 1, 1)),
        ("昭和20年3月頃", Wording.AROUND_MONTH, date(1945, 3, 1)),
        ("昭和20年3月10日頃", Wording.AROUND_DAY, date(1945, 3, 10)),
        ("推定昭和20年3月10日", Wording.ESTIMATED_DAY, date(1945, 3, 10)),
        ("推定昭和20年3月", Wording.ESTIMATED_MONTH, date(1945, 3, 1)),
        ("昭和20年春", Wording.SEASON, date(1945, 3, 1)),
        ("昭和20年3月上旬", Wording.THIRD_OF_MONTH, date(1945, 3, 1)),
        ("昭和20年3月中旬頃", Wording.AROUND_THIRD_OF_MONTH, date(1945, 3, 11)),
        ("昭和20年月日不詳", Wording.MONTH_UNKNOWN, date(1945, 1, 1)),
        ("昭和20年・月日不詳", Wording.MONTH_UNKNOWN, date(1945, 1, 1)),
        ("昭和20年3月日不詳", Wording.DAY_UNKNOWN, date(1945, 3, 1)),
        ("昭和20年3月1日から4月5日頃まで", Wording.DAYS_ACROSS_MONTHS, date(1945, 3, 1)),
        ("昭和20年3月推定1日から10日まで", Wording.ESTIMATED_DAYS, date(1945, 3, 1)),
        ("昭和20年3月1日頃から10日頃まで", Wording.AROUND_DAYS, date(1945, 3, 1)),
        ("1945年月日不詳", Wording.MONTH_UNKNOWN, date(1945, 1, 1)),
        ("昭和元年頃", Wording.AROUND_YEAR, date(1926, 12, 25)),
        ("令和元年春", Wording.SEASON, date(2019, 5, 1)),
        ("令和7年2月29日", Wording.NOT_IN_CALENDAR, date(2025, 2, 28)),
        ("1945年2月30日", Wording.NOT_IN_CALENDAR, date(1945, 2, 28)),
        ("明治45年7月30日", Wording.LAST_OF_ERA, date(1912, 7, 30)),
        ("大正15年12月25日", Wording.LAST_OF_ERA, date(1926, 12, 25)),
    ],
)
def test_a_wording_keeps_its_words_and_a_plain_day(
    notation: str, wording: Wording, day: date
) -> None:
    """People read the words, machines the first day that fits them (標準仕様書 1.1.8)."""
    worded = RegisterDate.worded(notation)

    assert wording_of(notation) is wording
    assert (worded.day, worded.wareki, worded.western) == (day, notation, notation)
    assert not worded.exact
    assert worded.wire == WireDate(day, unclear=wording is not Wording.LAST_OF_ERA)


def test_all_fourteen_published_wordings_are_known() -> None:
    """The standard counts fourteen; the other two are full dates."""
    full_dates = {Wording.NOT_IN_CALENDAR, Wording.LAST_OF_ERA}
    assert len(set(Wording) - full_dates) == PUBLISHED_WORDINGS


def test_a_wholly_unknown_day_needs_one_from_staff() -> None:
    """年月日不詳 says nothing to compute from; the plain day is given, and stays internal."""
    with pytest.raises(WrongDate, match="DAY_NEEDED"):
        RegisterDate.worded("年月日不詳")

    given_by_staff = RegisterDate.worded("年月日不詳", date(1950, 1, 1))

    assert given_by_staff.wareki == "年月日不詳"
    assert given_by_staff.wire == WireDate(date(1950, 1, 1), unclear=True)


@pytest.mark.parametrize(
    ("notation", "code"),
    [
        pytest.param("山田太郎", "UNKNOWN_WORDING", id="日付でない"),
        pytest.param("昭和20年ごろ", "UNKNOWN_WORDING", id="十四の型にない"),
        pytest.param("昭和２０年頃", "UNKNOWN_WORDING", id="全角数字"),
        pytest.param("昭和99年頃", "OUTSIDE_ERA", id="昭和に99年はない"),
        pytest.param("平成31年5月頃", "OUTSIDE_ERA", id="終わった元号"),
        pytest.param("明治5年頃", "BEFORE_MEIJI_6", id="旧暦"),
        pytest.param("昭和20年3月10日", "EXACT_DAY", id="暦日は表記を持たない"),
        pytest.param("1945年3月10日", "EXACT_DAY", id="西暦の暦日"),
        pytest.param("令和1年5月1日", "EXACT_DAY", id="元年を1年と書いた暦日"),
    ],
)
def test_no_other_words_are_stored(notation: str, code: str) -> None:
    """A notation is one of the known wordings; the refusal repeats nothing of it."""
    with pytest.raises(ValidationError) as refusal:
        RegisterDate(day=date(1945, 1, 1), notation=notation)
    assert code in str(refusal.value)
    assert notation not in str(refusal.value)


@given(gregorian_days, st.sampled_from(["頃", "春", "夏", "秋", "冬", "月日不詳"]))
def test_the_plain_day_lies_within_the_year_the_words_name(day: date, rest: str) -> None:
    """Whatever the era's year, its plain day is in that year and of that era, or it is refused."""
    year = to_wareki(day).split("年")[0] + "年"
    plain = day_or_code(year + rest)

    if isinstance(plain, date):
        assert plain.year == day.year
        assert from_wareki(f"{year}{plain.month}月{plain.day}日") == plain
    else:
        assert plain == "OUTSIDE_ERA"


@given(gregorian_days)
def test_an_exact_day_is_itself_everywhere(day: date) -> None:
    """No notation, no flag; and it survives a process boundary."""
    exact = RegisterDate.on(day)

    assert (exact.exact, exact.wareki) == (True, to_wareki(day))
    assert exact.wire == WireDate(day, unclear=False)
    assert RegisterDate.model_validate_json(exact.model_dump_json()) == exact


def test_a_foreigners_birthday_is_shown_in_western_years() -> None:
    """外国人の生年月日 is 西暦 only (標準仕様書 1.1.9)."""
    assert RegisterDate.on(date(1990, 5, 1)).western == "1990年5月1日"
