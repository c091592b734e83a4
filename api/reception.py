"""Receiving people who move in: what must be true then, and their case, in one transaction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from api import arriving, case_desk
from api.address_changes import AddressChangeForm, taken
from api.case_answers import Receipt
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from domain.arrivals import MoveInNotification, Origin, Visit
from domain.cases import CaseState, Direction, Procedure
from domain.dates import jst_day
from domain.deadlines import move_deadline, special_move_in_deadline
from domain.residents import HEAD, Address
from register import (
    address_changes,
    arrivals,
    case_views,
    cases,
    clock,
    expected,
    households,
    municipalities,
    newcomers,
    residents,
)
from register.cases import Acceptance
from register.expected import Coming
from register.idempotency import Answer

if TYPE_CHECKING:
    from api.arrival_forms import HomeForm, MoveInForm, VisitForm
    from api.counter import Counter
    from domain.arrivals import ExOfficio
    from domain.cases import CaseRef
    from register.case_views import CaseFile
    from register.municipalities import Municipality
    from register.newcomers import Recognised
    from register.transactions import Tx

VISIT_PROBLEMS = (
    ProblemType.CARD_NOT_VERIFIED,
    ProblemType.SPECIAL_MOVE_IN_EXPIRED,
    ProblemType.ALREADY_REPORTED,
    ProblemType.CASE_CLOSED,
    ProblemType.ALREADY_WITHDRAWING,
)
"""What a visit may be refused with."""
_AFTER_MOVE = timedelta(days=14)


async def visit(
    tx: Tx, counter: Counter, case_number: str, form: VisitForm | AddressChangeForm
) -> Answer:
    """A visit to a case that waits for it."""
    file = await case_desk.found(tx, case_number)
    if file.procedure not in {Procedure.SPECIAL_MOVE_IN, Procedure.ADDRESS_CHANGE}:
        raise Problem(ProblemType.NO_VISIT_AWAITED)
    counter.demand(Act.REPORT, file.procedure)
    moves = file.procedure == Procedure.ADDRESS_CHANGE
    if isinstance(form, AddressChangeForm) is not moves:
        missing = "moved_on" if moves else "moved_in_on"
        raise Problem(ProblemType.INVALID_INPUT, wrong(missing, "MISSING"))
    if isinstance(form, AddressChangeForm):
        return await _moves(tx, counter, file, form)
    if not await _concerns(tx, counter, file.ref, form):
        raise Problem(ProblemType.WRONG_PERSON)
    return await _received(tx, counter, file.ref, form)


async def _moves(tx: Tx, counter: Counter, file: CaseFile, form: AddressChangeForm) -> Answer:
    """Who announced a 転居 has come: their 転居届."""
    await _check_waiting(tx, file)
    if not await address_changes.is_about(tx, counter.office.vault, file.ref, form.residents):
        raise Problem(ProblemType.WRONG_PERSON)
    return await taken(tx, counter, form, file.ref)


async def special_move_in(tx: Tx, counter: Counter, form: VisitForm) -> Answer:
    """A visit of somebody whose case number nobody has: their case is found, or opened now."""
    await _said(tx, form)
    municipality, vault = counter.acting.municipality, counter.office.vault
    client = counter.acting.actor
    coming = Coming(Procedure.SPECIAL_MOVE_IN, [form.code], None, client)
    case = await expected.find_or_open(tx, vault, municipality, coming)
    return await _received(tx, counter, case, form)


async def move_in(tx: Tx, counter: Counter, form: MoveInForm) -> Answer:
    """A 転入届 with a paper 転出証明書, from abroad, or after an unreported stay."""
    town = await municipalities.load(tx)
    _check_source(form, town)
    due_on = move_deadline(form.moved_in_on, town.opening)
    return await people_who_come(tx, counter, form, Procedure.MOVE_IN, due_on=due_on)


async def people_who_come(
    tx: Tx,
    counter: Counter,
    form: MoveInForm,
    procedure: Procedure,
    *,
    due_on: date | None = None,
    ex_officio: ExOfficio | None = None,
) -> Answer:
    """The case of those who are to be entered, reported or not, once it is clear who they are."""
    today = jst_day(await clock.now(tx))
    _check_home(form, today)
    await _check_household(tx, form)
    report = _report(form, today).model_copy(update={"ex_officio": ex_officio})
    late = due_on is not None and report.notified_on > due_on
    known = await _recognised(tx, counter, form)
    acceptance = Acceptance(
        procedure,
        report.model_dump(mode="json"),
        counter.acting.actor,
        form.reference,
        residents=[one.resident_id for one in known],
        due_on=due_on,
        late=late,
        examined=newcomers.examined(known),
    )
    case = await cases.accept(tx, counter.acting.municipality, acceptance)
    for one, person in zip(known, form.persons, strict=True):
        await newcomers.keep_number(tx, counter.office.vault, case, one.resident_id, person.number)
    return _receipt(case, due_on, late=late)


async def _concerns(tx: Tx, counter: Counter, case: CaseRef, form: VisitForm) -> bool:
    """Whether the card is of somebody the case is about: its applicant, or one who moves along."""
    vault = counter.office.vault
    if await expected.is_about(tx, vault, case, Procedure.SPECIAL_MOVE_IN, form.code):
        return True
    certificate = await arriving.newest_certificate(tx, vault, case.municipality, case.case_id)
    return certificate is not None and form.code in {one.code for one in certificate.persons}


async def _received(tx: Tx, counter: Counter, case: CaseRef, form: VisitForm) -> Answer:
    file = await case_views.lock(tx, case.case_number)
    if file is None:
        raise Problem(ProblemType.UNKNOWN_CASE)
    await _check_waiting(tx, file)
    said = await _said(tx, form)
    last = await _last_day(tx, counter, case, said)
    if said.visited_on > last:
        raise Problem(ProblemType.SPECIAL_MOVE_IN_EXPIRED)
    await arrivals.note_visit(tx, case, said, counter.acting.actor)
    return _receipt(case, last, late=False)


async def _check_waiting(tx: Tx, file: CaseFile) -> None:
    over = await arrivals.is_over(tx, file.municipality, file.case_id)
    if over or file.state is not CaseState.OPEN:
        raise Problem(ProblemType.CASE_CLOSED)
    if file.direction is Direction.WITHDRAWING:
        raise Problem(ProblemType.ALREADY_WITHDRAWING)
    if await arrivals.is_reported(tx, file.municipality, file.case_id):
        raise Problem(ProblemType.ALREADY_REPORTED)


async def _said(tx: Tx, form: VisitForm) -> Visit:
    """The visit as the form says it; raises `Problem` INVALID_INPUT or CARD_NOT_VERIFIED."""
    today = jst_day(await clock.now(tx))
    _check_home(form, today)
    await _check_household(tx, form)
    said = Visit(
        code=form.code,
        visitor=form.visitor,
        card=form.card,
        pin=form.pin,
        visited_on=form.notified_on or today,
        moved_in_on=form.moved_in_on,
        household_id=form.household_id,
        address=form.home(),
        persons=tuple(person.comer() for person in form.persons),
        newborns=tuple(child.newborn() for child in form.newborns),
    )
    if not said.card_verified:
        raise Problem(ProblemType.CARD_NOT_VERIFIED)
    return said


async def _last_day(tx: Tx, counter: Counter, case: CaseRef, said: Visit) -> date:
    """The last day of 特例転入, as far as it is known before the 転出証明書情報 has come."""
    certificate = await arriving.newest_certificate(
        tx, counter.office.vault, case.municipality, case.case_id
    )
    if certificate is None:
        return said.moved_in_on + _AFTER_MOVE
    return special_move_in_deadline(certificate.planned_on, said.moved_in_on)


def _check_home(form: HomeForm, today: date) -> None:
    if form.moved_in_on > today:
        raise Problem(ProblemType.INVALID_INPUT, wrong("moved_in_on", "FUTURE_DATE"))
    if form.notified_on is not None and form.notified_on > today:
        raise Problem(ProblemType.INVALID_INPUT, wrong("notified_on", "FUTURE_DATE"))
    if form.notified_on is not None and form.notified_on < form.moved_in_on:
        raise Problem(ProblemType.INVALID_INPUT, wrong("notified_on", "BEFORE_MOVE"))
    if form.household_id is None and form.address is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("address", "MISSING"))
    if form.household_id is not None and form.address is not None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("address", "NOT_FOR_THIS_SOURCE"))


async def _check_household(tx: Tx, form: HomeForm) -> None:
    if form.household_id is None:
        return
    if await households.view(tx, form.household_id) is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("household_id", "UNKNOWN_HOUSEHOLD"))
    if await households.head_of(tx, form.household_id) is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("household_id", "NO_HEAD"))


def _check_source(form: MoveInForm, town: Municipality) -> None:
    """A 転出証明書 names the municipality and everybody's code; from abroad there is none."""
    abroad = form.source is Origin.ABROAD
    if abroad and (form.origin or form.unreported_in):
        raise Problem(ProblemType.INVALID_INPUT, wrong("origin", "NOT_FOR_THIS_SOURCE"))
    if not abroad and form.origin is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("origin", "MISSING"))
    if town.code in {form.origin, form.unreported_in}:
        raise Problem(ProblemType.INVALID_INPUT, wrong("origin", "OWN_MUNICIPALITY"))
    if (form.source is Origin.UNREPORTED) != (form.unreported_in is not None):
        code = "MISSING" if form.unreported_in is None else "NOT_FOR_THIS_SOURCE"
        raise Problem(ProblemType.INVALID_INPUT, wrong("unreported_in", code))
    for place, person in enumerate(form.persons):
        if not abroad and person.code is None:
            raise Problem(ProblemType.INVALID_INPUT, wrong(f"persons.{place}.code", "MISSING"))


def _report(form: MoveInForm, today: date) -> MoveInNotification:
    heads = sum(person.relationship == HEAD for person in form.persons)
    if form.household_id is None and heads != 1:
        raise Problem(ProblemType.INVALID_INPUT, wrong("persons", "HEAD_NEEDED"))
    if form.household_id is not None and heads:
        raise Problem(ProblemType.INVALID_INPUT, wrong("persons", "HEAD_STANDS"))
    return MoveInNotification(
        source=form.source,
        origin=form.origin,
        unreported_in=form.unreported_in,
        notified_on=form.notified_on or today,
        moved_in_on=form.moved_in_on,
        household_id=form.household_id,
        address=form.address.address() if form.address else Address(),
        persons=tuple(person.newcomer() for person in form.persons),
    )


async def _recognised(tx: Tx, counter: Counter, form: MoveInForm) -> list[Recognised]:
    """Who they are to us; raises `Problem` ALREADY_RESIDENT for those who live here."""
    municipality, vault = counter.acting.municipality, counter.office.vault
    known = [
        await newcomers.recognise(tx, vault, municipality, person.newcomer(), person.number)
        for person in form.persons
    ]
    if len({one.resident_id for one in known}) != len(known):
        raise Problem(ProblemType.INVALID_INPUT, wrong("persons", "NAMED_TWICE"))
    here: list[int] = []
    for place, one in enumerate(known, start=1):
        standing = await residents.present(tx, municipality, one.resident_id)
        here += [place] if standing is not None and standing.here else []
    if here:
        raise Problem(ProblemType.ALREADY_RESIDENT, persons=here)
    return known


def _receipt(case: CaseRef, due_on: date | None, *, late: bool) -> Answer:
    receipt = Receipt(case_number=case.case_number, state=CaseState.OPEN, due_on=due_on, late=late)
    return Answer(202, receipt.model_dump(mode="json"), f"/v1/cases/{case.case_number}")
