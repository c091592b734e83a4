"""One case: its steps, why it waits, and what the office allows to decide, with its effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from api import case_desk, notes, rulings
from api.console import live, meanwhile
from api.console.keys import Key, once
from api.console.pages import page
from api.console.seats import AnySeat, OwnForm, Seat, SeatForCases
from api.console.verbs import OUTCOMES, VERBS
from api.decisions import DecisionForm
from api.fields import errors_of
from api.notes import NoteForm
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act, act_of
from domain.cases import Verb, workflow_id
from register import case_news, case_notes, presence

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.case_answers import AllowedDecision
    from register.case_notes import CaseNote
    from register.transactions import Tx

router = APIRouter(prefix="/cases/{number}")
Number = Annotated[str, Path(max_length=40, pattern="^[0-9A-Z-]+$")]
Since = Annotated[str, Query(max_length=4000)]
"""What the page that asks could see when it was made."""


@router.get("")
async def show(seat: SeatForCases, number: Number) -> HTMLResponse:
    """The whole page."""
    return await _page(seat, number, "case")


@router.get("/now")
async def now(seat: SeatForCases, number: Number, since: Since = "") -> HTMLResponse:
    """The part of it that changes, for a page that is open already."""
    return await _page(seat, number, "case_now", Back(since))


@router.get("/meanwhile")
async def happened(seat: SeatForCases, number: Number, since: Since = "") -> HTMLResponse:
    """What happened since a page was made, for one in which somebody is typing."""
    async with seat.counter.open() as tx:
        file = await case_desk.found(tx, number)
        lines = await meanwhile.happened(tx, file.case_id, since)
    return page("happened", seat, happened=lines)


@router.get("/news")
async def news(seat: SeatForCases, number: Number) -> StreamingResponse:
    """Says that the case has changed."""

    async def look() -> str:
        async with seat.counter.open() as tx:
            return live.mark(await case_desk.show(tx, number), await _notes(tx, seat, number))

    async def viewers() -> str:
        async with seat.counter.open() as tx:
            case_id = (await case_desk.found(tx, number)).case_id
            await presence.look(tx, seat.municipality, case_id, seat.subject)
            return await _others(tx, seat, case_id)

    await look()
    return live.changes(look, viewers=viewers)


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
    since: str = Field(default="", max_length=4000)
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
        body = said.model_dump(mode="json", exclude={"key", "since"})
        asked = once(seat, said.key, f"cases/{number}/decisions", body)
        await seat.counter.once(asked, lambda tx: rulings.accept(tx, seat.counter, number, form))
    except Problem as problem:
        template = "withdrawal" if said.verb is Verb.WITHDRAW else "case"
        return await _page(seat, number, template, Back(said.since, said, problem=problem))
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


def _allowed(seat: Seat, procedure: str) -> Callable[[AllowedDecision], bool]:
    """Whether whoever looks may decide so themselves."""
    return lambda one: seat.counter.caller.may(act_of(one.verb), procedure)


@router.post("/notes", dependencies=[OwnForm])
async def note(
    seat: AnySeat,
    number: Number,
    key: Key,
    words: Annotated[str, Form()] = "",
) -> Response:
    """Write a 引継ぎメモ; what is refused is told beside what was typed, which stays."""
    try:
        form = _note(words)
        body = {"words": words}
        asked = once(seat, key, f"cases/{number}/notes", body)
        await seat.counter.once(asked, lambda tx: notes.accept(tx, seat.counter, number, form))
    except Problem as problem:
        return await _page(seat, number, "case", Back(words=words, problem=problem))
    return RedirectResponse(f"/console/cases/{number}#notes", status_code=303)


def _note(words: str) -> NoteForm:
    """Raises `Problem` INVALID_INPUT."""
    try:
        return NoteForm(words=words.replace("\r\n", "\n"))
    except ValidationError as failure:
        errors = tuple(errors_of(failure.errors()))
    raise Problem(ProblemType.INVALID_INPUT, *errors)


async def _notes(tx: Tx, seat: Seat, number: str) -> list[CaseNote] | None:
    """The notes, for whoever may read them."""
    file = await case_desk.found(tx, number)
    if not seat.counter.caller.may(Act.NOTE, file.procedure):
        return None
    return await case_notes.of_case(tx, file.case_id)


async def _others(tx: Tx, seat: Seat, case_id: UUID) -> str:
    return "、".join(await presence.others(tx, case_id, seat.subject))


class Back(NamedTuple):
    """What a form that was not taken brings back to its page."""

    since: str = ""
    said: Said | None = None
    words: str = ""
    problem: Problem | None = None

    @property
    def status(self) -> int:
        """That of the problem, if there is one."""
        return self.problem.kind.status if self.problem else 200


async def _page(seat: Seat, number: str, template: str, back: Back | None = None) -> HTMLResponse:
    back = back or Back()
    async with seat.counter.open() as tx:
        shown = await _shown(tx, seat, number, back.since)
        shown["plan"] = await case_desk.undo_plan(tx, number) if template == "withdrawal" else None
    procedure = shown["case"].procedure
    return page(
        template,
        seat,
        status=back.status,
        key=uuid4(),
        said=back.said,
        problem=back.problem,
        words=back.words,
        verbs=VERBS,
        outcomes=OUTCOMES,
        allowed=_allowed(seat, procedure),
        run=workflow_id(procedure, number),
        engine=seat.engine,
        **shown,
    )


async def _shown(tx: Tx, seat: Seat, number: str, since: str) -> dict[str, Any]:
    """What is read of the case, all at one moment."""
    file = await case_desk.found(tx, number)
    case, written = await case_desk.show(tx, number), await _notes(tx, seat, number)
    return {
        "case": case,
        "notes": written,
        "mark": live.mark(case, written),
        "others": await _others(tx, seat, file.case_id),
        "happened": await meanwhile.happened(tx, file.case_id, since) if since else [],
        "since": since or await case_news.moment(tx),
    }
