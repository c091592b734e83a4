"""突合: how far each has come, what it met, what is done about it; and the statement of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field, ValidationError

from api import case_desk, completeness, differing
from api.case_filters import CaseFilters
from api.console.case_page import Number
from api.console.keys import once
from api.console.pages import page
from api.console.schedules import BEGINNINGS
from api.console.seats import AnySeat, OwnForm, Seat, SeatForCases, SeatForPeople
from api.fields import errors_of, wrong
from api.forms import day
from api.problem_types import ProblemType
from api.problems import Problem
from api.reconciliations import DifferenceDecision
from api.rights import Act
from domain.cases import Procedure
from domain.differences import DifferenceKind, DifferenceVerb

if TYPE_CHECKING:
    from datetime import date

    from api.reconciliation_answers import ReconciliationAnswer
    from register.transactions import Tx

router = APIRouter()
_SHOWN = 10
_PER_PAGE = 50
Cursor = Annotated[str, Query(max_length=200)]
Kind = Annotated[str, Query(max_length=60)]


@router.get("/reconciliations")
async def listed(seat: SeatForPeople) -> HTMLResponse:
    """The last ones, each with its progress, and what still stands."""
    filters = CaseFilters(procedure=Procedure.RECONCILIATION, limit=_SHOWN)
    async with seat.counter.open() as tx:
        found = await case_desk.page(tx, filters)
        shown = [await _told(tx, one.case_number) for one in found.cases]
        kinds = await differing.by_kind(tx)
    return page(
        "reconciliations",
        seat,
        found=shown,
        kinds=kinds,
        key=uuid4(),
        begin=BEGINNINGS[Procedure.RECONCILIATION].path,
        may=seat.counter.caller.may(Act.REPORT, Procedure.RECONCILIATION),
    )


@router.get("/reconciliations/{number}")
async def show(seat: SeatForPeople, number: Number, cursor: Cursor = "") -> HTMLResponse:
    """One of them, with everything it met."""
    async with seat.counter.open() as tx:
        one = await differing.show(tx, number, cursor or None, _PER_PAGE)
    return page("reconciliation", seat, one=one, **_items(seat))


@router.get("/differences")
async def differences(seat: SeatForPeople, kind: Kind = "", cursor: Cursor = "") -> HTMLResponse:
    """What still stands, the oldest first."""
    return await _standing(seat, kind, cursor)


class Said(BaseModel):
    """What the form about a difference brings; blank is not said."""

    key: str = Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")
    verb: DifferenceVerb
    kind: str = ""
    reason: str = ""
    evidence: str = ""


@router.post("/differences/{difference_id}/decisions", dependencies=[OwnForm])
async def decide(seat: AnySeat, difference_id: UUID, said: Annotated[Said, Form()]) -> Response:
    """Start the proposed repair, and go to its case; or note that it was put right elsewhere."""
    counter = seat.counter
    counter.demand(Act.DECIDE)
    body = {"verb": said.verb, "reason": said.reason, "evidence": said.evidence}
    asked = once(seat, said.key, f"differences/{difference_id}", body)
    try:
        decision = _decision(body)
        answer = await counter.once(
            asked, lambda tx: differing.decide(tx, counter, difference_id, decision)
        )
    except Problem as problem:
        return await _standing(seat, said.kind, "", {difference_id: said}, problem)
    number = answer.headers.get("Location", "").rpartition("/")[2]
    then = f"cases/{number}" if number else f"differences?kind={said.kind}"
    return RedirectResponse(f"/console/{then}", status_code=303)


@router.get("/completeness")
async def statement(
    seat: SeatForCases, typed: Annotated[str, Query(alias="day", max_length=40)] = ""
) -> HTMLResponse:
    """The statement of a day, and who is not complete."""
    problem, wanted = _day(typed)
    async with seat.counter.open() as tx:
        told = await completeness.statement(tx, wanted)
    status = problem.kind.status if problem else 200
    return page("completeness", seat, status=status, one=told, typed=typed, problem=problem)


def _day(said: str) -> tuple[Problem | None, date | None]:
    try:
        return None, day(said) if said else None
    except ValueError:
        return Problem(ProblemType.INVALID_INPUT, wrong("day", "NOT_A_DATE")), None


def _decision(body: dict[str, Any]) -> DifferenceDecision:
    """Raises `Problem` INVALID_INPUT."""
    try:
        return DifferenceDecision.model_validate(body)
    except ValidationError as failure:
        errors = tuple(errors_of(failure.errors()))
    raise Problem(ProblemType.INVALID_INPUT, *errors)


async def _told(tx: Tx, number: str) -> ReconciliationAnswer:
    return await differing.show(tx, number, None, 1)


async def _standing(
    seat: Seat,
    kind: str,
    cursor: str,
    said: dict[UUID, Said] | None = None,
    problem: Problem | None = None,
) -> HTMLResponse:
    one = DifferenceKind(kind) if kind in set(DifferenceKind) else None
    async with seat.counter.open() as tx:
        found = await differing.listed(tx, [], cursor or None, _PER_PAGE, one)
        kinds = await differing.by_kind(tx)
    status = problem.kind.status if problem else 200
    shown = _items(seat, said, problem) | {"kinds": kinds, "kind": one or ""}
    return page("differences", seat, status=status, found=found, **shown)


def _items(
    seat: Seat, said: dict[UUID, Said] | None = None, problem: Problem | None = None
) -> dict[str, Any]:
    """What a list of differences needs for its forms."""
    return {
        "key": uuid4(),
        "said": said or {},
        "problem": problem,
        "kind": "",
        "may_decide": seat.may("DECIDE"),
        "may_repair": seat.counter.caller.may(Act.REPORT, Procedure.REPAIR),
    }
