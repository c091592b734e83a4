"""One case: its steps, why it waits, and what the office allows to decide, with its effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from api import case_desk, rulings
from api.access import act_of, may
from api.bodies import canonical
from api.console import live
from api.console.pages import page
from api.console.seats import AnySeat, OwnForm, Seat, SeatForCases
from api.counter import Once
from api.decisions import DecisionForm
from api.fields import errors_of
from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import Verb, workflow_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.case_answers import AllowedDecision

router = APIRouter(prefix="/cases/{number}")
Number = Annotated[str, Path(max_length=40, pattern="^[0-9A-Z-]+$")]
VERBS = {
    Verb.RETRY: "もう一度行う",
    Verb.AMEND: "訂正して続ける",
    Verb.DONE_BY_HAND: "手作業で済ませた",
    Verb.WITHDRAW: "取り下げる",
}


@router.get("")
async def show(seat: SeatForCases, number: Number) -> HTMLResponse:
    """The whole page."""
    return await _page(seat, number, "case")


@router.get("/now")
async def now(seat: SeatForCases, number: Number) -> HTMLResponse:
    """The part of it that changes, for a page that is open already."""
    return await _page(seat, number, "case_now")


@router.get("/news")
async def news(seat: SeatForCases, number: Number) -> StreamingResponse:
    """Says that the case has changed."""

    async def look() -> str:
        async with seat.counter.open() as tx:
            return live.mark(await case_desk.show(tx, number))

    await look()
    return live.changes(look)


@router.get("/withdrawal")
async def withdrawal(seat: SeatForCases, number: Number) -> HTMLResponse:
    """What 取下げ would take back, before anybody decides it."""
    return await _page(seat, number, "withdrawal")


Lines = Annotated[str, AfterValidator(lambda text: text.replace("\r\n", "\n"))]
"""What a browser sends of several lines; it ends them as no text of ours does."""


class Said(BaseModel):
    """What a decision's form brings; blank is not said."""

    key: str = Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    verb: Verb
    incident_id: UUID | None = None
    reason: Lines = ""
    evidence: Lines = ""
    second_person: str = ""
    number: str = ""


@router.post("/decisions", dependencies=[OwnForm])
async def decide(seat: AnySeat, number: Number, said: Annotated[Said, Form()]) -> Response:
    """Take a decision; what is refused is told beside what was typed, which stays."""
    try:
        form = _form(said)
        rulings.check_form(seat.counter, form)
        once = Once(said.key, f"POST console/cases/{number}/decisions", _hash(seat, said))
        await seat.counter.once(once, lambda tx: rulings.accept(tx, seat.counter, number, form))
    except Problem as problem:
        template = "withdrawal" if said.verb is Verb.WITHDRAW else "case"
        return await _page(seat, number, template, said=said, problem=problem)
    return RedirectResponse(f"/console/cases/{number}#decisions", status_code=303)


def _form(said: Said) -> DecisionForm:
    """The decision as the API takes it; raises `Problem` INVALID_INPUT naming each field."""
    told = said.model_dump(include={"verb", "incident_id", "reason", "evidence", "second_person"})
    if said.number:
        told["number"] = said.number
    try:
        return DecisionForm.model_validate(told)
    except ValidationError as failure:
        errors = tuple(errors_of(failure.errors()))
    raise Problem(ProblemType.INVALID_INPUT, *errors)


def _hash(seat: Seat, said: Said) -> bytes:
    body = said.model_dump(mode="json", exclude={"key"})
    return seat.counter.office.vault.content_hash(seat.municipality, canonical(body))


def _allowed(seat: Seat) -> Callable[[AllowedDecision], bool]:
    """Whether whoever looks may decide so themselves."""
    return lambda one: may(seat.role, act_of(one.verb))


async def _page(
    seat: Seat,
    number: str,
    template: str,
    said: Said | None = None,
    problem: Problem | None = None,
) -> HTMLResponse:
    async with seat.counter.open() as tx:
        case = await case_desk.show(tx, number)
        plan = await case_desk.undo_plan(tx, number) if template == "withdrawal" else None
    return page(
        template,
        seat,
        status=problem.kind.status if problem else 200,
        case=case,
        plan=plan,
        mark=live.mark(case),
        key=uuid4(),
        said=said,
        problem=problem,
        verbs=VERBS,
        allowed=_allowed(seat),
        run=workflow_id(case.procedure, number),
        engine=seat.engine,
    )
