"""Hours and closed days, in Japan's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.dates import JST, jst_day
from domain.opening_hours import Hours, OpeningCalendar

OFFICE = OpeningCalendar()

instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 – hypothesis adds the zone
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, JST]),
)
days = st.dates(date(2000, 1, 1), date(2040, 1, 1))
exceptions = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)))


def jst(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant of 2026, in Japan's time."""
    return datetime(2026, month, day, hour, minute, tzinfo=JST)


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        pytest.param(jst(11, 24, 8, 29), jst(11, 24, 8, 30), id="始業前"),
        pytest.param(jst(11, 24, 8, 30), jst(11, 24, 8, 30), id="始業"),
        pytest.param(jst(11, 24, 17, 14), jst(11, 24, 17, 14), id="終業間際"),
        pytest.param(jst(11, 24, 17, 15), jst(11, 25, 8, 30), id="終業"),
        pytest.param(jst(11, 20, 18), jst(11, 24, 8, 30), id="金曜の夜から三連休明け"),
        pytest.param(jst(5, 2, 12), jst(5, 7, 8, 30), id="大型連休と振替休日"),
        pytest.param(jst(9, 21, 12), jst(9, 24, 8, 30), id="国民の休日"),
        pytest.param(jst(12, 28, 17, 15), datetime(2027, 1, 4, 8, 30, tzinfo=JST), id="年末年始"),
        pytest.param(
            datetime(2026, 11, 23, 23, 30, tzinfo=UTC), jst(11, 24, 8, 30), id="世界時で渡す"
        ),
    ],
)
def test_the_office_opens_next(instant: datetime, opening: datetime) -> None:
    """Weekdays 8:30 to 17:15, except 祝日 and 12月29日 to 1月3日 (地方自治法4条の2)."""
    assert OFFICE.next_opening(instant) == opening
    assert OFFICE.is_open(instant) == (instant == opening)


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 12, 29),
        date(2025, 12, 30),
        date(2025, 12, 31),
        date(2025, 1, 2),
        date(2025, 1, 3),
    ],
    ids=["29日", "30日", "大晦日", "二日", "三日"],
)
def test_the_turn_of_the_year_is_closed_on_weekdays_too(day: date) -> None:
    """12月29日 to 1月3日, of which only 元日 is a 祝日 (地方自治法4条の2第2項3号)."""
    assert OFFICE.is_closed_day(day)


@given(instants)
def test_the_next_opening_is_the_first(instant: datetime) -> None:
    """It is open then, and at no moment before; the instant itself if it is open."""
    opening = OFFICE.next_opening(instant)

    assert OFFICE.is_open(opening)
    assert opening == instant or not OFFICE.is_open(opening - timedelta(microseconds=1))
    quarters = (instant + timedelta(minutes=15) * step for step in range(12 * 24 * 4))
    assert not any(OFFICE.is_open(quarter) for quarter in quarters if quarter < opening)


@given(days)
def test_the_next_open_day_is_the_first(day: date) -> None:
    """No open day is passed over."""
    found = OFFICE.next_open_day(day)
    between = [day + timedelta(days=step) for step in range((found - day).days)]

    assert not OFFICE.is_closed_day(found)
    assert all(OFFICE.is_closed_day(passed) for passed in between)


@given(exceptions, exceptions, days)
def test_an_office_may_close_and_open_as_it_decides(
    closed: frozenset[date], extra: frozenset[date], day: date
) -> None:
    """An extra open day outweighs everything, an extra closed day all but that."""
    office = OpeningCalendar(closed_days=closed, open_days=dict.fromkeys(extra, Hours()))

    assert not any(office.is_closed_day(day) for day in extra)
    assert all(office.is_closed_day(day) for day in closed - extra)
    if day not in closed | extra:
        assert office.is_closed_day(day) == OFFICE.is_closed_day(day)


@given(instants)
def test_what_never_closes_is_always_open(instant: datetime) -> None:
    """申請 over the internet knows no hours."""
    portal = OpeningCalendar(always_open=True)

    assert portal.is_open(instant)
    assert portal.next_opening(instant) == instant
    assert not portal.is_closed_day(jst_day(instant))


def test_a_sunday_in_march_can_have_hours_of_its_own() -> None:
    """年度末の日曜開庁 with shorter hours."""
    sunday = date(2026, 3, 29)
    office = OpeningCalendar(open_days={sunday: Hours(opens=time(9), closes=time(12))})

    assert office.next_opening(jst(3, 29, 8)) == jst(3, 29, 9)
    assert not office.is_open(jst(3, 29, 12))


def test_a_calendar_survives_a_process_boundary() -> None:
    """It is kept as text with the municipality's parameters."""
    office = OpeningCalendar(
        weekly={0: Hours(opens=time(9), closes=time(17))}, closed_days=frozenset({date(2026, 4, 6)})
    )
    assert OpeningCalendar.model_validate_json(office.model_dump_json()) == office


@pytest.mark.parametrize("weekly", [{}, {7: Hours()}], ids=["曜日なし", "八番目の曜日"])
def test_a_calendar_without_an_open_weekday_is_refused(weekly: dict[int, Hours]) -> None:
    """Nobody could ever wait for it."""
    with pytest.raises(ValidationError, match="NEVER_OPEN"):
        OpeningCalendar(weekly=weekly)


def test_hours_that_end_before_they_begin_are_refused() -> None:
    """Hours lie within one day."""
    with pytest.raises(ValidationError, match="HOURS_OUT_OF_ORDER"):
        Hours(opens=time(17), closes=time(9))


def test_an_office_closed_for_over_a_year_never_opens() -> None:
    """The search for an open day has an end."""
    year = frozenset(date(2026, 1, 1) + timedelta(days=day) for day in range(400))
    with pytest.raises(ValueError, match="NEVER_OPEN"):
        OpeningCalendar(closed_days=year).next_opening(jst(1, 5, 9))


def test_an_instant_without_zone_is_refused() -> None:
    """Guessing a zone would open the office at night."""
    with pytest.raises(ValueError, match="NAIVE_INSTANT"):
        OFFICE.is_open(datetime(2026, 11, 24, 9))  # noqa: DTZ001 – the fault itself
