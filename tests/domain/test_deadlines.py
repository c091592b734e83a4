"""届出期間: which day counts first, and what happens when the last one is a holiday."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import (
    birth_deadline,
    death_deadline,
    move_deadline,
    special_move_in_deadline,
)
from domain.opening_hours import OpeningCalendar

OFFICE = OpeningCalendar()
ALWAYS = OpeningCalendar(always_open=True)

days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("moved_on", "last"),
    [
        pytest.param(date(2025, 3, 29), date(2025, 4, 14), id="土曜は月曜へ"),
        pytest.param(date(2025, 4, 1), date(2025, 4, 15), id="平日"),
        pytest.param(date(2024, 2, 16), date(2024, 3, 1), id="閏年"),
        pytest.param(date(2025, 4, 21), date(2025, 5, 7), id="連休明け"),
        pytest.param(date(2025, 12, 17), date(2026, 1, 5), id="年末年始"),
    ],
)
def test_a_move_is_reported_within_14_days_after_it(moved_on: date, last: date) -> None:
    """住民基本台帳法22条; the day itself does not count (民法140条)."""
    assert move_deadline(moved_on, OFFICE) == last


@pytest.mark.parametrize(
    ("born_on", "last"),
    [
        pytest.param(date(2025, 4, 1), date(2025, 4, 14), id="平日"),
        pytest.param(date(2025, 4, 22), date(2025, 5, 7), id="5月5日は7日へ"),
        pytest.param(date(2025, 12, 16), date(2026, 1, 5), id="12月29日は年明けへ"),
    ],
)
def test_a_birth_is_reported_within_14_days_counting_its_own(born_on: date, last: date) -> None:
    """戸籍法49条; the day of birth counts (43条)."""
    assert birth_deadline(born_on, OFFICE) == last


def test_a_death_is_reported_within_7_days_of_knowing() -> None:
    """戸籍法86条; the 7th day is a Saturday, so Monday."""
    assert death_deadline(date(2025, 4, 20), OFFICE) == date(2025, 4, 28)


@pytest.mark.parametrize(
    ("planned_on", "moved_on", "last"),
    [
        pytest.param(date(2025, 4, 1), date(2025, 4, 3), date(2025, 4, 17), id="転入から14日"),
        pytest.param(date(2026, 3, 28), date(2026, 3, 30), date(2026, 4, 13), id="三月末"),
        pytest.param(date(2026, 4, 1), date(2026, 5, 10), date(2026, 5, 1), id="転入前に切れる"),
        pytest.param(date(2025, 4, 1), date(2025, 4, 17), date(2025, 5, 1), id="両方同じ日"),
    ],
)
def test_special_move_in_works_until(planned_on: date, moved_on: date, last: date) -> None:
    """住民基本台帳法施行令24条の2: 30 days after the plan, 14 after the move, the earlier."""
    assert special_move_in_deadline(planned_on, moved_on) == last


def test_special_move_in_is_not_extended_by_a_holiday() -> None:
    """A Saturday stays the last day: from the next one on it is refused."""
    assert special_move_in_deadline(date(2025, 3, 29), date(2025, 3, 29)) == date(2025, 4, 12)


@given(days)
def test_a_deadline_is_an_open_day_and_never_early(day: date) -> None:
    """Rolling only ever lengthens, to the first open day."""
    for deadline in (birth_deadline, move_deadline, death_deadline):
        last, raw = deadline(day, OFFICE), deadline(day, ALWAYS)

        assert last == OFFICE.next_open_day(raw)
        assert last >= raw


@given(days)
def test_without_holidays_the_spans_are_those_of_the_law(day: date) -> None:
    """14 days with the first, 14 without it, 7 with it."""
    assert birth_deadline(day, ALWAYS) == day + timedelta(days=13)
    assert move_deadline(day, ALWAYS) == day + timedelta(days=14)
    assert death_deadline(day, ALWAYS) == day + timedelta(days=6)


@given(days, st.integers(0, 60))
def test_special_move_in_never_outlasts_either_limit(planned_on: date, later: int) -> None:
    """Whichever limit is nearer decides."""
    moved_on = planned_on + timedelta(days=later)
    last = special_move_in_deadline(planned_on, moved_on)

    assert last <= planned_on + timedelta(days=30)
    assert last <= moved_on + timedelta(days=14)
