"""在庫: how many 住民票コード are left, for how long, and what has been ordered."""

from __future__ import annotations

from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api import case_desk, stock
from api.case_filters import CaseFilters
from api.console import charts
from api.console.charts import DAYS
from api.console.pages import page
from api.console.schedules import BEGINNINGS
from api.console.seats import SeatForStock
from api.rights import Act
from domain.cases import Procedure
from domain.dates import jst_day
from register import clock, statistics

router = APIRouter()
_ORDERS = 10


@router.get("/code-pool")
async def show(seat: SeatForStock) -> HTMLResponse:
    """The whole page."""
    filters = CaseFilters(procedure=Procedure.CODE_TOP_UP, limit=_ORDERS)
    async with seat.counter.open() as tx:
        today = jst_day(await clock.now(tx))
        codes = await stock.seen(tx, seat.counter.acting)
        left = await stock.days_left(tx, codes.stock)
        changes = await statistics.stock_changes(tx, DAYS)
        orders = (await case_desk.page(tx, filters)).cases
    return page(
        "code_pool",
        seat,
        stock=codes,
        days_left=left,
        orders=orders,
        stocked=charts.beside(charts.stocked(today, codes.stock, changes), ["未使用"]),
        begin=BEGINNINGS[Procedure.CODE_TOP_UP].path,
        may=seat.counter.caller.may(Act.REPORT, Procedure.CODE_TOP_UP),
        key=uuid4(),
    )
