"""止まっている案件: who is stuck but green, with what operations do about each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api import stuck
from api.console.pages import page
from api.console.seats import SeatForCases

router = APIRouter()
_PER_PAGE = 50


@router.get("/stuck")
async def show(
    seat: SeatForCases, cursor: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """The list, the longest standing first."""
    async with seat.counter.open() as tx:
        found = await stuck.page(tx, cursor, _PER_PAGE)
    return page("stuck", seat, found=found)
