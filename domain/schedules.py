"""Work that is due by the calendar: once a day, at an hour of Japan's."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from domain.dates import JST, jst_day


def next_run(at: time, now: datetime, last: datetime | None) -> datetime:
    """When a day's work is opened next, given when it was ``last``.

    An hour that has struck and was not answered is due since then: whoever slept makes up for it.
    """
    today = datetime.combine(jst_day(now), at, JST)
    struck = today if today <= now else today - timedelta(days=1)
    return struck if last is None or last < struck else struck + timedelta(days=1)
