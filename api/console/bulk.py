"""一括処理: a list is drafted from a cause, looked at, begun, followed, held and stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import BaseModel, Field, ValidationError

from api import bulk_desk
from api.bodies import canonical
from api.bulk_forms import BulkForm, BulkWords
from api.bulk_words import ITEMS, SAYABLE
from api.console import live
from api.console.pages import page
from api.console.seats import OwnForm, SeatForBulk, SeatForDrafting
from api.counter import Once
from api.fields import errors_of
from api.problem_types import ProblemType
from api.problems import Problem
from domain.bulk import OURSELVES, BulkState
from domain.cases import Procedure
from domain.telegrams import Peer
from register import incident_lists

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.bulk_answers import BulkAnswer
    from api.console.seats import Seat
    from register.idempotency import Answer
    from register.transactions import Tx

F = TypeVar("F", bound=BaseModel)

router = APIRouter(prefix="/bulk")
_PER_PAGE = 50
WAYS = {
    BulkState.RUNNING: (
        ("pause", "一時停止する", "次の件から止めます。判断した件は、それぞれの案件で進みます。"),
        ("stop", "中止する", "残りの件を行いません。再開はできません。"),
    ),
    BulkState.PAUSED: (
        ("resume", "再開する", "次の件から続けます。"),
        ("stop", "中止する", "残りの件を行いません。再開はできません。"),
    ),
}
"""What may be said of one that has begun: the word, its button, and what it does."""
Asked = Annotated[str, Query(max_length=100)]
Behind = Annotated[int, Query(ge=0, le=100_000)]


class Drafting(BaseModel):
    """What the form of a draft brings; blank does not narrow."""

    key: str = Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    peer: str = ""
    incident_code: str = ""
    step: str = ""
    procedure: str = ""
    older_than_hours: str = ""
    reason: str = ""

    def form(self) -> BulkForm:
        """As the API takes it; raises `Problem` INVALID_INPUT naming each field."""
        wanted: dict[str, Any] = self.model_dump(exclude={"key", "reason", "older_than_hours"})
        wanted["older_than_hours"] = self.older_than_hours.strip() or None
        return _read(BulkForm, {"wanted": wanted, "reason": self.reason})


class Said(BaseModel):
    """What the form of a word about a list brings."""

    key: str = Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    reason: str = ""


class Tried(NamedTuple):
    """What somebody wanted to say of a list, and why it was not done."""

    word: str
    said: Said
    problem: Problem


@router.get("")
async def listed(
    seat: SeatForBulk, cursor: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """Every list there is, the newest first."""
    async with seat.counter.open() as tx:
        found = await bulk_desk.listed(tx, cursor or None, _PER_PAGE)
    return page("bulk_list", seat, found=found)


@router.get("/new")
async def new(
    seat: SeatForDrafting, peer: Asked = "", code: Asked = "", step: Asked = ""
) -> HTMLResponse:
    """The form of a draft; from a cause on the desk it is filled in already."""
    drafting = Drafting(key=str(uuid4()), peer=peer, incident_code=code, step=step)
    return await _new(seat, drafting)


@router.post("", dependencies=[OwnForm])
async def draft(seat: SeatForDrafting, drafting: Annotated[Drafting, Form()]) -> Response:
    """Freeze the list; what is refused is told beside what was typed, which stays."""
    try:
        form = drafting.form()
        place = await _once(
            seat, "POST console/bulk", drafting, lambda tx: bulk_desk.draft(tx, seat.counter, form)
        )
    except Problem as problem:
        return await _new(seat, drafting, problem)
    return RedirectResponse(f"/console/bulk/{place}", status_code=303)


@router.get("/{bulk_id}")
async def show(seat: SeatForBulk, bulk_id: UUID, behind: Behind = 0) -> HTMLResponse:
    """The whole page of one."""
    return await _page(seat, bulk_id, behind)


@router.get("/{bulk_id}/now")
async def now(seat: SeatForBulk, bulk_id: UUID, behind: Behind = 0) -> HTMLResponse:
    """The part of it that changes, for a page that is open already."""
    async with seat.counter.open() as tx:
        bulk = await bulk_desk.seen(tx, bulk_id, behind, _PER_PAGE)
    return _shown("bulk_now", seat, bulk, behind)


@router.get("/{bulk_id}/news")
async def news(seat: SeatForBulk, bulk_id: UUID, behind: Behind = 0) -> StreamingResponse:
    """Says that it has gone on."""

    async def look() -> str:
        async with seat.counter.open() as tx:
            return live.mark(await bulk_desk.seen(tx, bulk_id, behind, _PER_PAGE))

    await look()
    return live.changes(look)


@router.post("/{bulk_id}/{word}", dependencies=[OwnForm])
async def say(
    seat: SeatForBulk, bulk_id: UUID, word: str, said: Annotated[Said, Form()]
) -> Response:
    """Begin, discard, pause, resume or stop."""
    if word not in SAYABLE:
        raise Problem(ProblemType.NOT_FOUND)
    try:
        reason = _read(BulkWords, {"reason": said.reason}).reason
        await _once(
            seat,
            f"POST console/bulk/{bulk_id}/{word}",
            said,
            lambda tx: bulk_desk.say(tx, seat.counter, bulk_id, SAYABLE[word], reason),
        )
    except Problem as problem:
        return await _page(seat, bulk_id, 0, Tried(word, said, problem))
    return RedirectResponse(f"/console/bulk/{bulk_id}", status_code=303)


async def _once(
    seat: Seat, route: str, sent: Drafting | Said, act: Callable[[Tx], Awaitable[Answer]]
) -> str:
    """Do it once, however often the form is sent; the id of the list."""
    body = canonical(sent.model_dump(mode="json", exclude={"key"}))
    body_hash = seat.counter.office.vault.content_hash(seat.municipality, body)
    answer = await seat.counter.once(Once(sent.key, route, body_hash), act)
    return answer.headers["Location"].rpartition("/")[2]


def _read(kind: type[F], told: dict[str, Any]) -> F:
    try:
        return kind.model_validate(told)
    except ValidationError as failure:
        errors = tuple(errors_of(failure.errors()))
    raise Problem(ProblemType.INVALID_INPUT, *errors)


async def _new(seat: Seat, drafting: Drafting, problem: Problem | None = None) -> HTMLResponse:
    async with seat.counter.open() as tx:
        causes = await incident_lists.causes(tx)
    return page(
        "bulk_new",
        seat,
        status=problem.kind.status if problem else 200,
        drafting=drafting,
        problem=problem,
        peers=[OURSELVES, *Peer],
        codes=sorted({one.code for one in causes} | {drafting.incident_code} - {""}),
        steps=sorted({one.step for one in causes} | {drafting.step} - {""}),
        procedures=[one for one in Procedure if one is not Procedure.BULK],
    )


async def _page(seat: Seat, bulk_id: UUID, behind: int, tried: Tried | None = None) -> HTMLResponse:
    async with seat.counter.open() as tx:
        bulk = await bulk_desk.show(tx, seat.counter, bulk_id, behind, _PER_PAGE)
    return _shown("bulk", seat, bulk, behind, tried)


def _shown(
    template: str, seat: Seat, bulk: BulkAnswer, behind: int, tried: Tried | None = None
) -> HTMLResponse:
    return page(
        template,
        seat,
        status=tried.problem.kind.status if tried else 200,
        bulk=bulk,
        behind=behind,
        mine=bulk.author == seat.counter.caller.client,
        ways=WAYS.get(bulk.state, ()),
        items=ITEMS,
        mark=live.mark(bulk),
        key=uuid4(),
        tried=tried,
        problem=tried.problem if tried else None,
    )
