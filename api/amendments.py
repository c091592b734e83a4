"""Amending a 届出 (誤記修正): which corrections may be made, and the next version of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic_core import to_jsonable_python

from api.acceptance import check_born, check_same
from api.manual import amendable
from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import Procedure, StepRef
from domain.dates import jst_day
from domain.notifications import BirthNotification
from register import amending, audit, births, case_views, clock, decisions

if TYPE_CHECKING:
    from api.decisions import AmendmentForm
    from domain.acting import Acting
    from domain.arrivals import MoveInNotification, Newcomer
    from register.amending import Amendable
    from register.case_views import CaseFile, Incident
    from register.decisions import Ruling
    from register.transactions import Tx


# Whoever moves in is known by their code, not by their birthday.
_ARRIVALS = {Procedure.MOVE_IN, Procedure.SPECIAL_MOVE_IN, Procedure.ENTRY}


async def store(
    tx: Tx, file: CaseFile, incident: Incident, ruling: Ruling, form: AmendmentForm
) -> int:
    """Store the corrected 届出 and return its version.

    Raises `Problem` OUTCOME_UNKNOWN while a telegram of the step may have arrived, INVALID_INPUT,
    or POSSIBLE_DUPLICATE for a birthday that makes the child another case's.
    """
    if (incident.step, incident.subject) in await case_views.doubts(tx, file.case_id):
        raise Problem(ProblemType.OUTCOME_UNKNOWN)
    if form.born_on is not None and file.procedure in _ARRIVALS:
        check_born(form.born_on.day, jst_day(await clock.now(tx)), "amendment.born_on")
    elif form.born_on is not None:
        await _check_birthday(tx, file, incident.subject, form)
    return await decisions.amend_notification(
        tx, file.municipality, ruling, incident.subject, _changes(form)
    )


async def standing(tx: Tx, acting: Acting, file: CaseFile, subject: int) -> dict[str, Any]:
    """What may be amended of one person of a case, as the 届出 says it now; audited as a view."""
    ref = StepRef(municipality=file.municipality, case_id=file.case_id, subject=max(subject, 1))
    reported = await (await amending.of(tx, ref)).notification(tx, ref)
    born = isinstance(reported, BirthNotification)
    person = reported.child(ref.subject) if born else _newcomer(reported, ref.subject)
    await audit.record(tx, acting, "view_report", case_id=file.case_id)
    return person.model_dump(mode="json", include=set(amendable(file.procedure)))


def _newcomer(reported: Amendable, subject: int) -> Newcomer:
    return cast("MoveInNotification", reported).person(subject)


async def _check_birthday(tx: Tx, file: CaseFile, subject: int, form: AmendmentForm) -> None:
    ref = StepRef(municipality=file.municipality, case_id=file.case_id, subject=subject)
    reported = await births.notification(tx, ref)
    today = jst_day(await clock.now(tx))
    corrected = reported.amended(subject, _changes(form))
    check_born(corrected.child(subject).born_on.day, today, "amendment.born_on")
    await births.household_address(tx, reported.household_id)
    await check_same(tx, file.municipality, corrected, own=file.case_number)


def _changes(form: AmendmentForm) -> dict[str, Any]:
    """What was written on the form, as JSON; an address of null goes back to the household's."""
    said = {field: getattr(form, field) for field in form.model_fields_set}
    changes: dict[str, Any] = to_jsonable_python(said)
    return changes
