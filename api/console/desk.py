"""机: the start page. What waits for staff, grouped by cause, the oldest legal deadline first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, StreamingResponse

from api import cursors, peer_desk, stock
from api.console import live
from api.console.pages import page
from api.console.seats import SeatForCases
from api.runbook import advice
from register import incident_lists, stuck_views

if TYPE_CHECKING:
    from api.console.seats import Seat

router = APIRouter()
_PER_PAGE = 50


@router.get("/")
async def desk(seat: SeatForCases) -> HTMLResponse:
    """The whole page."""
    return page("desk", seat, **await _shown(seat))


@router.get("/desk/now")
async def now(seat: SeatForCases) -> HTMLResponse:
    """The part of it that changes, for a page that is open already."""
    return page("desk_now", seat, **await _shown(seat))


@router.get("/desk/news")
async def news(seat: SeatForCases) -> StreamingResponse:
    """Says that the desk has changed."""

    async def look() -> str:
        return (await _shown(seat))["mark"]

    return live.changes(look)


@router.get("/incidents")
async def incidents(
    seat: SeatForCases,
    peer: Annotated[str | None, Query(max_length=60)] = None,
    code: Annotated[str | None, Query(max_length=100)] = None,
    step: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The incidents of one cause, or all of them, a page at a time."""
    cause = (peer, code, step) if code else (None, None, None)
    behind = cursors.to_incident(cursor) if cursor else None
    async with seat.counter.open() as tx:
        found = await incident_lists.page(tx, cause, behind, _PER_PAGE + 1)
    shown, more = found[:_PER_PAGE], len(found) > _PER_PAGE
    return page(
        "incidents",
        seat,
        incidents=shown,
        cause={"peer": peer, "code": code, "step": step},
        advice=advice(shown[0].kind, code) if code and shown else None,
        next_cursor=cursors.of_incident(shown[-1]) if more else "",
    )


async def _shown(seat: Seat) -> dict[str, Any]:
    async with seat.counter.open() as tx:
        causes = await incident_lists.causes(tx)
        peers = await peer_desk.standing(tx)
        codes = await stock.seen(tx, seat.counter.acting)
        stuck = await stuck_views.counts(tx)
        looked = await stuck_views.last_round(tx)
    return {
        "causes": causes,
        "peers": peers,
        "stock": codes,
        "stuck": stuck,
        "looked": looked,
        "mark": live.mark(causes, peers, codes, stuck, looked.late),
    }
