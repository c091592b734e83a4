"""届出を受け付ける: which procedure, for whom, its form, a look at what was understood, its case.

The API's own form and its own accepting function judge everything; the look beforehand is the same
act, taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast
from uuid import UUID, uuid4

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import bodies, people_desk
from api.bodies import canonical
from api.console import looking_up
from api.console.filled import Filled, Section
from api.console.form_fields import Kind, Pen
from api.console.form_reading import Found, Reading, read
from api.console.layouts import BY_SLUG, LAYOUTS, Layout
from api.console.pages import page
from api.console.seats import OwnForm, Seat, SeatForReports, Sent
from api.console.trying import Taken, send, tried
from api.console.typed import OFFERED, Typed
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from register.households import HouseholdView
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/reports")


class Wanted(NamedTuple):
    """One 届出 to be filled in: which, by whom, and about which household, if about one."""

    seat: Seat
    layout: Layout
    household: HouseholdView | None

    @property
    def path(self) -> str:
        """Where its form is."""
        about = f"/{self.household.household_id}" if self.household else ""
        return f"/console/reports/{self.layout.slug}{about}"

    def sections(self, typed: Typed) -> list[Section]:
        """Its fields, with as many rows as were typed."""
        pen = Pen.for_(self.layout.form, self.layout.words, typed, self.household)
        return [
            Section(part.title, pen.fields(part.fields), part.note, part.folded, part.patches)
            for part in self.layout.parts
            if not (part.alone and self.household)
        ]

    def body(self, reading: Reading) -> dict[str, Any]:
        """What the API is told: what was typed, and what where one is says by itself."""
        here = {"household_id": str(self.household.household_id)} if self.household else {}
        return {**self.layout.fixed, **here, **reading.body}


@router.get("")
async def start(seat: SeatForReports) -> HTMLResponse:
    """Every 届出 this role may take in, and the way to a household."""
    return _start(seat)


@router.post("", dependencies=[OwnForm])
async def find(
    seat: SeatForReports, number: Annotated[str, Form()] = "", then: Annotated[str, Form()] = ""
) -> Response:
    """A household by its number, which stands in no address."""
    found = await looking_up.household_id(seat.counter, number)
    if isinstance(found, Found):
        flaw = wrong("household_number", found.code)
        return _start(seat, Problem(ProblemType.INVALID_INPUT, flaw), number, then)
    place = then if then in BY_SLUG else "households"
    return RedirectResponse(f"/console/reports/{place}/{found}", status_code=303)


@router.get("/households/{household_id}")
async def choose(seat: SeatForReports, household_id: UUID) -> HTMLResponse:
    """Every 届出 this household may make."""
    household = await people_desk.household(seat.counter, household_id)
    return page("household_reports", seat, household=household, layouts=_layouts(seat))


@router.get("/{slug}")
async def fresh(seat: SeatForReports, slug: str) -> HTMLResponse:
    """A blank form; of what is about a household, the question which."""
    wanted = await _wanted(seat, slug)
    return _start(seat, then=slug) if wanted.layout.household else _blank(wanted)


@router.get("/{slug}/{household_id}")
async def fresh_about(seat: SeatForReports, slug: str, household_id: UUID) -> HTMLResponse:
    """A blank form about this household, its members ready to be chosen."""
    return _blank(await _wanted(seat, slug, household_id))


@router.post("/{slug}", dependencies=[OwnForm])
async def sent(seat: SeatForReports, slug: str, form: Sent) -> Response:
    """The same where no household is joined."""
    wanted = await _wanted(seat, slug)
    if wanted.layout.household:
        raise Problem(ProblemType.NOT_FOUND)
    return await _sent(wanted, form)


@router.post("/{slug}/{household_id}", dependencies=[OwnForm])
async def sent_about(seat: SeatForReports, slug: str, household_id: UUID, form: Sent) -> Response:
    """Another row, a look at what was understood, or the acceptance; nothing typed is lost."""
    return await _sent(await _wanted(seat, slug, household_id), form)


async def _wanted(seat: Seat, slug: str, household_id: UUID | None = None) -> Wanted:
    layout = BY_SLUG.get(slug)
    if layout is None:
        raise Problem(ProblemType.NOT_FOUND)
    seat.counter.demand(Act.REPORT, layout.procedure)
    household = await people_desk.household(seat.counter, household_id) if household_id else None
    return Wanted(seat, layout, household)


async def _sent(wanted: Wanted, form: FormData) -> Response:
    typed, do, key = Typed.of(form), str(form.get("do", "check")), str(form.get("key", ""))
    if do.startswith("add:"):
        path = do.removeprefix("add:")
        typed.add(f"{path}.{typed.rows(path)}.added", "")
    fields = [one for part in wanted.sections(typed) for one in part.fields]
    found = await looking_up.look_up(wanted.seat.counter, fields, typed)
    reading = read(fields, typed, found)
    attempt = _Attempt(wanted, typed, found, reading, key)
    if do.startswith("add:") or do == "back":
        return attempt.shown()
    try:
        return await attempt.sent() if do == "send" else await attempt.checked()
    except Problem as problem:
        return attempt.refused(problem, looked=do == "send")


class _Attempt(NamedTuple):
    """One sending of a form."""

    wanted: Wanted
    typed: Typed
    found: dict[str, Found]
    reading: Reading
    key: str

    @property
    def taken(self) -> Taken:
        """What the API would be asked, judged by the API's own form; raises `Problem`."""
        layout, body = self.wanted.layout, self.wanted.body(self.reading)
        form = bodies.form(layout.form)(bodies.parsed(canonical(body)))

        async def take(tx: Tx) -> Answer:
            return await layout.accept(tx, self.wanted.seat.counter, form)

        return Taken(body, take)

    async def checked(self) -> Response:
        """What was understood, once the API would accept it."""
        receipt = await tried(self.wanted.seat.counter, self.taken)
        return self._page("report_check", receipt=receipt)

    async def sent(self) -> Response:
        """The case it has become, however often it is sent."""
        route = f"POST console/reports/{self.wanted.layout.slug}"
        number = await send(self.wanted.seat.counter, self.key, route, self.taken)
        return RedirectResponse(f"/console/cases/{number}", status_code=303)

    def shown(self) -> Response:
        """The form, as it was typed."""
        return self._page("report")

    def refused(self, problem: Problem, *, looked: bool) -> Response:
        """The form with what is wrong; where only a 個人番号 is, the page that asks for it."""
        for number in _numbers(problem):
            self.typed.add(OFFERED, number)
        secret = {one.path for one in self._filled(problem).every(Kind.SECRET)}
        places = {self.reading.place(error.field) for error in problem.errors}
        again = looked and bool(places) and places <= secret
        return self._page("report_check" if again else "report", problem)

    def _filled(self, problem: Problem | None = None) -> Filled:
        sections = self.wanted.sections(self.typed)
        return Filled(sections, self.typed, self.found, self.reading, problem)

    def _page(self, template: str, problem: Problem | None = None, **shown: Any) -> HTMLResponse:
        return _page(self.wanted, template, self._filled(problem), self.key, **shown)


def _blank(wanted: Wanted) -> HTMLResponse:
    typed = Typed()
    return _page(wanted, "report", Filled(wanted.sections(typed), typed, {}), str(uuid4()))


def _page(wanted: Wanted, template: str, form: Filled, key: str, **shown: Any) -> HTMLResponse:
    usual: dict[str, Any] = {"receipt": None}
    return page(
        template,
        wanted.seat,
        status=form.problem.kind.status if form.problem else 200,
        layout=wanted.layout,
        household=wanted.household,
        path=wanted.path,
        form=form,
        key=key,
        **(usual | shown),
    )


def _start(
    seat: Seat, problem: Problem | None = None, number: str = "", then: str = ""
) -> HTMLResponse:
    chosen = BY_SLUG.get(then)
    status = problem.kind.status if problem else 200
    shown: dict[str, Any] = {"problem": problem, "number": number, "chosen": chosen}
    return page("reports", seat, status=status, layouts=_layouts(seat), **shown)


def _layouts(seat: Seat) -> list[Layout]:
    return [one for one in LAYOUTS if seat.counter.caller.may(Act.REPORT, one.procedure)]


def _numbers(problem: Problem) -> list[str]:
    """Cases that a 届出 may be about another person than."""
    if problem.kind is not ProblemType.POSSIBLE_DUPLICATE:
        return []
    return [str(number) for number in cast("list[object]", problem.more["case_numbers"])]
