"""When a day's work is opened next: at its hour, or at once where an hour was slept through."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from domain.dates import JST
from domain.schedules import next_run

TWO = time(2)


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=JST)


@pytest.mark.parametrize(
    ("now", "last", "then"),
    [
        (_at(25, 1), _at(24, 2), _at(25, 2)),
        (_at(25, 3), _at(25, 2), _at(26, 2)),
        (_at(25, 3), _at(25, 3), _at(26, 2)),
        # By hand before its hour: the hour still comes.
        (_at(25, 1), _at(25, 0), _at(25, 2)),
        # The relay slept: due since its hour.
        (_at(25, 3), _at(24, 2), _at(25, 2)),
        (_at(25, 1), _at(23, 2), _at(24, 2)),
        (_at(25, 1), None, _at(24, 2)),
        (_at(25, 2), None, _at(25, 2)),
    ],
)
def test_the_next_time(now: datetime, last: datetime | None, then: datetime) -> None:
    """Red: look at the day of the last one, and not at the hour that struck."""
    assert next_run(TWO, now, last) == then
