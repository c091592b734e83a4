"""予定: what the office does by itself, and what may be begun now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import certificate_serials, code_pool, differing, schedules
from api.console.keys import Key, once
from api.console.pages import page
from api.console.seats import AnySeat, OwnForm, Seat, SeatForCases
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from domain.cases import Procedure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter()


class Beginning(NamedTuple):
    """Work that may be begun by a button: its path, and the API's own way of beginning it."""

    path: str
    begin: Callable[[Tx, Counter], Awaitable[Answer]]


BEGINNINGS: dict[str, Beginning] = {
    Procedure.RECONCILIATION: Beginning("reconciliation", differing.begin),
    Procedure.SERIAL_BATCH: Beginning("serials", certificate_serials.open_batch),
    Procedure.CODE_TOP_UP: Beginning("top-up", code_pool.order_codes),
}


@router.get("/schedules")
async def show(seat: SeatForCases) -> HTMLResponse:
    """The whole page."""
    return await _page(seat)


@router.post("/schedules/{path}", dependencies=[OwnForm])
async def begin(seat: AnySeat, path: str, key: Key) -> Response:
    """Begin it now, and go to its case; what is refused is told on this page."""
    for procedure, one in BEGINNINGS.items():
        if one.path == path:
            return await _begun(seat, procedure, key)
    raise Problem(ProblemType.NOT_FOUND)


async def _begun(seat: Seat, procedure: str, key: str) -> Response:
    counter, one = seat.counter, BEGINNINGS[procedure]
    counter.demand(Act.REPORT, procedure)
    asked = once(seat, key, f"schedules/{one.path}", {})
    try:
        answer = await counter.once(asked, lambda tx: one.begin(tx, counter))
    except Problem as problem:
        return await _page(seat, problem)
    number = answer.headers["Location"].rpartition("/")[2]
    return RedirectResponse(f"/console/cases/{number}", status_code=303)


async def _page(seat: Seat, problem: Problem | None = None) -> HTMLResponse:
    async with seat.counter.open() as tx:
        found = await schedules.seen(tx)
    may = {one for one in BEGINNINGS if seat.counter.caller.may(Act.REPORT, one)}
    return page(
        "schedules",
        seat,
        status=problem.kind.status if problem else 200,
        schedules=found,
        beginnings={one: BEGINNINGS[one].path for one in may},
        key=uuid4(),
        problem=problem,
    )
