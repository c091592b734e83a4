"""様子: how the office has done over the last days, in pictures and in figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api import stock
from api.console.pages import page
from api.console.seats import SeatForCases
from api.manual import numbering
from domain.dates import jst_day
from register import clock, statistics, stuck_views

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from register.statistics import OfDay

router = APIRouter()
DAYS = 14
_MONTH = 28


class Column(NamedTuple):
    """One day of a chart, and how high each of its parts stands."""

    day: date
    parts: dict[str, int]

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(self.parts.values())


@router.get("/overview")
async def overview(seat: SeatForCases) -> HTMLResponse:
    """The whole page."""
    async with seat.counter.open() as tx:
        today = jst_day(await clock.now(tx))
        codes = await stock.seen(tx, seat.counter.acting)
        used = await statistics.codes_used(tx, _MONTH)
        shown: dict[str, Any] = {
            "accepted": _columns(today, await statistics.accepted(tx, DAYS)),
            "incidents": _columns(today, await statistics.incidents(tx, DAYS)),
            "numbering": await statistics.numbering(tx, DAYS, numbering()),
            "repairs": await statistics.repairs(tx, DAYS),
            "looked": await stuck_views.last_round(tx),
            "stuck": await stuck_views.counts(tx),
        }
    left = codes.stock * _MONTH // used if used else None
    return page("overview", seat, days=DAYS, stock=codes, days_left=left, **shown)


def _columns(today: date, counts: Iterable[OfDay]) -> list[Column]:
    """Every day of the span, those without anything too."""
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    columns = {day: Column(day, {}) for day in days}
    for one in counts:
        if one.day in columns:
            columns[one.day].parts[one.kind] = one.times
    return list(columns.values())
