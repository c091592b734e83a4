"""相手: the systems we do not own, whether anything leaves for them, and how they answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from uuid import uuid4

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, Field, ValidationError

from api import peer_desk
from api.bodies import canonical
from api.console import live
from api.console.pages import page
from api.console.seats import OwnForm, Seat, SeatForCases, SeatForHolding
from api.counter import Once
from api.fields import errors_of
from api.peer_desk import HoldForm, ReleaseForm
from api.problem_types import ProblemType
from api.problems import Problem
from domain.dates import JST
from domain.telegrams import Peer
from register import gate_views

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.peer_desk import PeerAnswer
    from register.gate_views import Span
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/peers")
_BACK = timedelta(hours=2)


class Said(BaseModel):
    """What a form of a gate brings; blank is not said."""

    key: str = Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    reason: str = ""
    until: str = ""
    """As a browser has it: a day and a time on the office's wall, without a zone."""


class Tried(NamedTuple):
    """What somebody wanted at one gate, and why it was not done."""

    peer: str
    verb: str
    said: Said
    problem: Problem


@router.get("")
async def show(seat: SeatForCases) -> HTMLResponse:
    """The whole page."""
    return await _page(seat, "peers")


@router.get("/now")
async def now(seat: SeatForCases) -> HTMLResponse:
    """The part of it that changes, for a page that is open already."""
    return await _page(seat, "peers_now")


@router.get("/news")
async def news(seat: SeatForCases) -> StreamingResponse:
    """Says that a peer stands otherwise than it did."""

    async def look() -> str:
        async with seat.counter.open() as tx:
            return _mark(await peer_desk.seen(tx))

    return live.changes(look)


@router.post("/{peer}/hold", dependencies=[OwnForm])
async def hold(seat: SeatForHolding, peer: Peer, said: Annotated[Said, Form()]) -> Response:
    """Hold a gate; what is refused is told beside what was typed, which stays."""

    async def act(tx: Tx) -> Answer:
        return await peer_desk.hold(tx, seat.counter, peer, _hold_form(said))

    return await _done(seat, (peer, "hold"), said, act)


@router.post("/{peer}/release", dependencies=[OwnForm])
async def release(seat: SeatForHolding, peer: Peer, said: Annotated[Said, Form()]) -> Response:
    """Let through again whoever waits."""

    async def act(tx: Tx) -> Answer:
        return await peer_desk.release(tx, seat.counter, peer, _release_form(said))

    return await _done(seat, (peer, "release"), said, act)


async def _done(
    seat: Seat, what: tuple[Peer, str], said: Said, act: Callable[[Tx], Awaitable[Answer]]
) -> Response:
    peer, verb = what
    body = canonical(said.model_dump(mode="json", exclude={"key"}))
    body_hash = seat.counter.office.vault.content_hash(seat.municipality, body)
    try:
        once = Once(said.key, f"POST console/peers/{peer}/{verb}", body_hash)
        await seat.counter.once(once, act)
    except Problem as problem:
        return await _page(seat, "peers", Tried(peer, verb, said, problem))
    return RedirectResponse(f"/console/peers#{peer}", status_code=303)


def _hold_form(said: Said) -> HoldForm:
    until = _instant(said.until) if said.until else None
    try:
        return HoldForm.model_validate({"reason": said.reason, "until": until})
    except ValidationError as failure:
        errors = tuple(errors_of(failure.errors()))
    raise Problem(ProblemType.INVALID_INPUT, *errors)


def _release_form(said: Said) -> ReleaseForm:
    try:
        return ReleaseForm.model_validate({"reason": said.reason})
    except ValidationError as failure:
        errors = tuple(errors_of(failure.errors()))
    raise Problem(ProblemType.INVALID_INPUT, *errors)


def _instant(typed: str) -> datetime | str:
    """What was typed, on the office's clock; as it is where it is no time at all."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=JST)
    except ValueError:
        return typed


async def _page(seat: Seat, template: str, tried: Tried | None = None) -> HTMLResponse:
    async with seat.counter.open() as tx:
        peers = await peer_desk.seen(tx)
        course = await gate_views.course(tx, _BACK)
    return page(
        template,
        seat,
        status=tried.problem.kind.status if tried else 200,
        peers=peers,
        charts={peer: _chart(peer, course) for peer in Peer},
        mark=_mark(peers),
        key=uuid4(),
        tried=tried,
        problem=tried.problem if tried else None,
    )


def _mark(peers: list[PeerAnswer]) -> str:
    """What passes by itself with the time changes nothing that has to be shown at once."""
    passing = {"through_by", "last_answer"}
    return live.mark([one.model_dump(exclude=passing) for one in peers])


def _chart(peer: Peer, course: list[Span]) -> dict[str, Any]:
    """The spans of one peer, and how high its chart reaches; 0 where nothing was said at all."""
    spans = [span for span in course if span.peer is peer]
    most = max((max(span.telegrams, span.silences) for span in spans), default=0)
    return {"spans": spans, "most": most}
