"""様子: how the office has done over the last days, in pictures and in figures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api import stock
from api.console import charts
from api.console.charts import DAYS
from api.console.pages import page
from api.console.seats import SeatForCases
from api.manual import numbering
from domain.dates import jst_day
from register import clock, statistics, stuck_views

router = APIRouter()


@router.get("/overview")
async def overview(seat: SeatForCases) -> HTMLResponse:
    """The whole page."""
    async with seat.counter.open() as tx:
        today = jst_day(await clock.now(tx))
        codes = await stock.seen(tx, seat.counter.acting)
        timed = await statistics.numbering(tx, DAYS, numbering())
        changes = await statistics.stock_changes(tx, DAYS)
        shown: dict[str, Any] = {
            "accepted": charts.stacked(charts.counted(today, await statistics.accepted(tx, DAYS))),
            "incidents": charts.beside(
                charts.counted(today, await statistics.incidents(tx, DAYS)), ["発生", "解消"]
            ),
            "numbering": timed,
            "times": charts.beside(charts.timed(today, timed), ["秒"]),
            "repairs": await statistics.repairs(tx, DAYS),
            "looked": await stuck_views.last_round(tx),
            "stuck": await stuck_views.counts(tx),
            "stocked": charts.beside(charts.stocked(today, codes.stock, changes), ["未使用"]),
            "days_left": await stock.days_left(tx, codes.stock),
        }
    return page("overview", seat, days=DAYS, stock=codes, **shown)
