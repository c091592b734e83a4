"""Accepting a 届出: what must be true at that moment, and its case, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.case_answers import Receipt
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import CaseState, Procedure
from domain.dates import jst_day
from domain.deadlines import birth_deadline
from domain.notifications import BirthNotification
from register import births, cases, clock, households, municipalities, residents
from register.cases import Acceptance
from register.idempotency import Answer

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from api.births import BirthForm
    from domain.acting import Acting
    from register.municipalities import Municipality
    from register.transactions import Tx


class _Term(NamedTuple):
    """By when the law wanted the 届出, and whether it came later."""

    due_on: date
    late: bool


async def birth(tx: Tx, acting: Acting, form: BirthForm) -> Answer:
    """Accept a birth: the household is locked, so two reports of one child meet here.

    Raises `Problem` INVALID_INPUT or POSSIBLE_DUPLICATE.
    """
    town = await municipalities.load(tx)
    notification = _notification(form, jst_day(await clock.now(tx)))
    examined = await _examined(tx, acting.municipality, form.household_id)
    await check_same(tx, acting.municipality, notification)
    term = _term(notification, town)
    case = await cases.accept(
        tx,
        acting.municipality,
        Acceptance(
            Procedure.BIRTH,
            notification.model_dump(mode="json"),
            acting.actor,
            form.reference,
            persons=len(notification.children),
            due_on=term.due_on,
            late=term.late,
            examined=examined,
        ),
    )
    await births.claim(tx, case, notification)
    receipt = Receipt(
        case_number=case.case_number, state=CaseState.OPEN, due_on=term.due_on, late=term.late
    )
    return Answer(202, receipt.model_dump(mode="json"), f"/v1/cases/{case.case_number}")


async def check_same(
    tx: Tx,
    municipality: str,
    notification: BirthNotification,
    *,
    own: str = "",
) -> None:
    """Raise `Problem` POSSIBLE_DUPLICATE for a child that may be another case's.

    ``own`` is the case asking, if it exists already.  The caller holds the household's lock.
    """
    days = [child.born_on.day for child in notification.children]
    found = await births.same(tx, municipality, notification.household_id, days)
    others = sorted(set(found) - {own, *notification.not_the_same_as})
    if others:
        raise Problem(ProblemType.POSSIBLE_DUPLICATE, case_numbers=others)


def check_born(born_on: date, latest: date, field: str) -> None:
    """Raise `Problem` INVALID_INPUT for a birth after ``latest``."""
    if born_on > latest:
        raise Problem(ProblemType.INVALID_INPUT, wrong(field, "FUTURE_DATE"))


def _notification(form: BirthForm, today: date) -> BirthNotification:
    if form.not_the_same_as and not form.not_the_same_reason:
        raise Problem(ProblemType.INVALID_INPUT, wrong("not_the_same_reason", "MISSING"))
    child = form.child.child()
    notified_on = form.notified_on or today
    check_born(child.born_on.day, today, "child.born_on")
    if notified_on > today:
        raise Problem(ProblemType.INVALID_INPUT, wrong("notified_on", "FUTURE_DATE"))
    if child.born_on.exact and notified_on < child.born_on.day:
        raise Problem(ProblemType.INVALID_INPUT, wrong("notified_on", "BEFORE_BIRTH"))
    return BirthNotification(
        household_id=form.household_id,
        notified_on=notified_on,
        children=(child,),
        not_the_same_as=tuple(form.not_the_same_as),
        not_the_same_reason=form.not_the_same_reason,
    )


async def _examined(tx: Tx, municipality: str, household_id: UUID) -> dict[str, int]:
    """Lock the household, and note as of which 履歴番号 its head was looked at."""
    if await births.household_address(tx, household_id) is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("household_id", "UNKNOWN_HOUSEHOLD"))
    head_id = await households.head_of(tx, household_id)
    head = head_id and await residents.present(tx, municipality, head_id)
    if not head:
        raise Problem(ProblemType.INVALID_INPUT, wrong("household_id", "NO_HEAD"))
    return {str(head.resident_id): head.history_no}


def _term(notification: BirthNotification, town: Municipality) -> _Term:
    due_on = birth_deadline(notification.children[0].born_on.day, town.opening)
    return _Term(due_on, notification.notified_on > due_on)
