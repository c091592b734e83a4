"""案件の一覧: every case of the municipality, newest first, narrowed as one likes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import case_desk
from api.case_filters import CaseFilters
from api.console.pages import page
from api.console.seats import SeatForCases
from api.problems import Problem
from domain.cases import CaseState, Procedure

router = APIRouter()


@router.get("/cases")
async def cases(
    seat: SeatForCases,
    number: Annotated[str, Query(max_length=40)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    procedure: Annotated[str, Query(max_length=40)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The list; a number typed in leads straight to its case."""
    filters = CaseFilters(
        state=CaseState(state) if state in set(CaseState) else None,
        procedure=Procedure(procedure) if procedure in set(Procedure) else None,
        cursor=cursor or None,
    )
    if number and await _is_there(seat, number.strip()):
        return RedirectResponse(f"/console/cases/{number.strip()}", status_code=303)
    async with seat.counter.open() as tx:
        found = await case_desk.page(tx, filters)
    return _list(seat, found=found, number=number, state=state, procedure=procedure)


async def _is_there(seat: SeatForCases, number: str) -> bool:
    try:
        async with seat.counter.open() as tx:
            await case_desk.found(tx, number)
    except Problem:
        return False
    return True


def _list(seat: SeatForCases, **shown: Any) -> HTMLResponse:
    return page("cases", seat, procedures=list(Procedure), states=_STATES, **shown)


_STATES = {
    CaseState.OPEN: "進行中",
    CaseState.COMPLETED: "完了",
    CaseState.WITHDRAWN: "取下げ済み",
    CaseState.EXPIRED: "期限切れ",
}
