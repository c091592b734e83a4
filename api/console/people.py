"""住民: found by what one knows of them, shown as of any day, their numbers masked until asked for.

What is looked for travels in the body of a form, never in an address.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ValidationError

from api import people_desk
from api.console.pages import page
from api.console.seats import OwnForm, Seat, SeatForPeople
from api.fields import errors_of, wrong
from api.people_forms import SearchForm
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from domain.dates import WrongDate, jst_day
from domain.typed_dates import read_day
from register import case_lists, clock
from register.vault import MY_NUMBER

router = APIRouter(prefix="/people")
NUMBERS = {"code": "住民票コード", MY_NUMBER: "個人番号"}
CRITERIA = (
    ("name", "氏名・旧氏・通称", "一部でよい。異体字は問わない"),
    ("name_kana", "フリガナ", "一部でよい。清濁、長音、小書きは問わない"),
    ("born_on", "生年月日", "例 昭和20年3月10日、S20.3.10、1945-03-10"),
    ("address", "住所", "町字からでもよい"),
    ("household_number", "世帯番号", ""),
    ("addressee_number", "宛名番号", ""),
    ("code", "住民票コード", "11桁"),
    ("my_number", "個人番号", "12桁。探したことを記録する"),
)


class Wanted(BaseModel):
    """What is known of somebody; blank is not said."""

    name: str = ""
    name_kana: str = ""
    born_on: str = ""
    address: str = ""
    household_number: str = ""
    addressee_number: str = ""
    code: str = ""
    my_number: str = ""
    cursor: str = ""

    def criteria(self) -> SearchForm:
        """As the API takes it; raises `Problem` INVALID_INPUT."""
        said = {name: value.strip() for name, value in self.model_dump().items() if value.strip()}
        if "born_on" in said:
            said["born_on"] = _day(said["born_on"])
        try:
            return SearchForm.model_validate(said)
        except ValidationError as failure:
            errors = errors_of(failure.errors(include_input=False))
        raise Problem(ProblemType.INVALID_INPUT, *errors)


def _day(typed: str) -> str:
    """A day in either notation as the API takes it; raises `Problem` INVALID_INPUT."""
    try:
        return read_day(typed).isoformat()
    except WrongDate as refused:
        code = refused.code
    raise Problem(ProblemType.INVALID_INPUT, wrong("born_on", code))


class Days(BaseModel):
    """As of which day, and as known on which; today where nothing is said."""

    effective_on: date | None = None
    known_on: date | None = None


class Reveal(BaseModel):
    """Which number is to be opened, and why."""

    field: str
    reason: str = ""


@router.get("")
async def search_form(seat: SeatForPeople) -> HTMLResponse:
    """The form, with nothing looked for yet."""
    return _search(seat, Wanted())


@router.post("", dependencies=[OwnForm])
async def search(seat: SeatForPeople, wanted: Annotated[Wanted, Form()]) -> HTMLResponse:
    """Who meets everything that was said; 除票 too."""
    try:
        found = await people_desk.find_residents(seat.counter, wanted.criteria())
    except Problem as problem:
        return _search(seat, wanted, problem=problem)
    return _search(seat, wanted, found=found)


@router.get("/{resident_id}")
async def show(
    seat: SeatForPeople, resident_id: UUID, days: Annotated[Days, Query()]
) -> HTMLResponse:
    """One resident: the entry on a day, everything that ever stood there, and what is under way."""
    return await _resident(seat, resident_id, days)


@router.post("/{resident_id}/reveal", dependencies=[OwnForm])
async def reveal(
    seat: SeatForPeople, resident_id: UUID, asked: Annotated[Reveal, Form()]
) -> HTMLResponse:
    """One number, once, on this page alone."""
    seat.counter.demand(Act.REVEAL)
    field = asked.field if asked.field in NUMBERS else "code"
    try:
        number = await people_desk.reveal(seat.counter, resident_id, field, asked.reason)
    except Problem as problem:
        return await _resident(seat, resident_id, Days(), problem=problem)
    opened = {"title": NUMBERS[field], "number": number}
    return await _resident(seat, resident_id, Days(), opened=opened)


def _search(seat: Seat, wanted: Wanted, **shown: Any) -> HTMLResponse:
    usual: dict[str, Any] = {"found": None, "problem": None}
    problem: Problem | None = shown.get("problem")
    status = problem.kind.status if problem else 200
    fields = [one for one in CRITERIA if one[0] != MY_NUMBER or seat.may("FIND_BY_NUMBER")]
    return page("people", seat, status=status, wanted=wanted, fields=fields, **(usual | shown))


async def _resident(seat: Seat, resident_id: UUID, days: Days, **shown: Any) -> HTMLResponse:
    usual: dict[str, Any] = {"opened": None, "problem": None}
    problem: Problem | None = shown.get("problem")
    now = await people_desk.resident(seat.counter, resident_id)
    told = await people_desk.history_of(seat.counter, resident_id, days.effective_on, days.known_on)
    household = await people_desk.household(seat.counter, now.household_id)
    async with seat.counter.open() as tx:
        standing = await case_lists.standing_about(tx, resident_id)
        today = jst_day(await clock.now(tx))
    return page(
        "person",
        seat,
        status=problem.kind.status if problem else 200,
        person=now,
        history=told,
        household=household,
        cases=standing,
        today=today,
        numbers=NUMBERS,
        **(usual | shown),
    )
