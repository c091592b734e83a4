"""Accepting and amending a 転出届: what must be true at that moment, judged where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.fields import wrong
from api.manual import following
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from domain.cases import CaseState, DecisionState, Direction, Procedure, StepRef, Verb
from domain.dates import jst_day
from domain.errors import Refused
from domain.move_out import Channel, MoveOutNotification
from register import audit, case_views, cases, clock, decisions, leaving, move_in_notices, move_outs
from register.decisions import Ruling
from register.idempotency import Answer

if TYPE_CHECKING:
    from datetime import date

    from api.counter import Counter
    from api.move_outs import AmendmentOfMoveOut, DestinationForm, MoveOutForm
    from domain.acting import Acting
    from register.case_views import CaseFile
    from register.transactions import Tx

_LONGEST_AHEAD = 366

PROBLEMS = (
    ProblemType.NOT_RESIDENT,
    ProblemType.OTHER_HOUSEHOLD,
    ProblemType.ALREADY_LEAVING,
    ProblemType.SAME_MUNICIPALITY,
    ProblemType.HEAD_TO_BE_NAMED,
    ProblemType.HEAD_NOT_STAYING,
)
"""Why a 転出届 cannot be accepted as it is."""

AMENDMENT_PROBLEMS = (
    ProblemType.UNKNOWN_CASE,
    ProblemType.CASE_CLOSED,
    ProblemType.ALREADY_WITHDRAWING,
    ProblemType.OUTCOME_UNKNOWN,
    ProblemType.MISSING_REASON,
    ProblemType.MISSING_AMENDMENT,
    ProblemType.NOT_A_MOVE_OUT,
    ProblemType.ALREADY_DEPARTED,
    ProblemType.MOVED_IN_ELSEWHERE,
    ProblemType.SAME_MUNICIPALITY,
)
"""Why a waiting 転出 cannot be amended."""


async def accept(tx: Tx, acting: Acting, form: MoveOutForm) -> Answer:
    """Accept a 転出届; raises one of `PROBLEMS`, or INVALID_INPUT."""
    today = jst_day(await clock.now(tx))
    reported = _reported(form, today)
    try:
        case = await move_outs.accept(tx, acting, reported, form.reference)
    except Refused as refusal:
        raise await _problem(tx, refusal, reported) from None
    receipt = {
        "case_number": case.case_number,
        "state": CaseState.OPEN,
        "due_on": reported.planned_on.isoformat(),
        "late": reported.ex_officio,
        "papers": reported.papers,
        "ex_officio": reported.ex_officio,
    }
    return Answer(202, receipt, f"/v1/cases/{case.case_number}")


async def amend(tx: Tx, counter: Counter, case_number: str, form: AmendmentOfMoveOut) -> Answer:
    """Amend a waiting 転出 under its case's lock; raises one of `AMENDMENT_PROBLEMS`."""
    if not form.reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))
    file = await _waiting(tx, counter, case_number)
    whole = StepRef(municipality=file.municipality, case_id=file.case_id, subject=0)
    before = await leaving.notification(tx, whole)
    reported = before.amended(0, _changes(form, before, jst_day(await clock.now(tx))))
    if reported == before:
        raise Problem(ProblemType.MISSING_AMENDMENT, wrong("planned_on", "MISSING"))
    if reported.destination.municipality == file.municipality:
        raise Problem(ProblemType.SAME_MUNICIPALITY)
    ruling = Ruling(
        file.case_id, None, Verb.AMEND, counter.caller.client, counter.caller.role, form.reason
    )
    decision_id = await move_outs.amend(tx, file.ref, reported, ruling, following(file.procedure))
    await _retry_what_stands(tx, file, ruling)
    receipt = {
        "decision_id": str(decision_id),
        "case_number": case_number,
        "state": DecisionState.ACCEPTED,
    }
    return Answer(202, receipt, f"/v1/cases/{case_number}/decisions/{decision_id}")


async def standing(tx: Tx, acting: Acting, file: CaseFile) -> dict[str, Any]:
    """What may be amended of a 転出届, in the form's own shape; audited as a view of it.

    Raises `Problem` NOT_A_MOVE_OUT.
    """
    if file.procedure != Procedure.MOVE_OUT:
        raise Problem(ProblemType.NOT_A_MOVE_OUT)
    whole = StepRef(municipality=file.municipality, case_id=file.case_id, subject=0)
    reported = await leaving.notification(tx, whole)
    await audit.record(tx, acting, "view_report", case_id=file.case_id)
    destination = reported.destination.model_dump(mode="json")
    home = destination.pop("address")
    return {"planned_on": reported.planned_on.isoformat(), "destination": destination | home}


def _reported(form: MoveOutForm, today: date) -> MoveOutNotification:
    notified_on = form.notified_on or today
    if notified_on > today:
        raise Problem(ProblemType.INVALID_INPUT, wrong("notified_on", "FUTURE_DATE"))
    _check_day(form.planned_on, today)
    _check_destination(form.destination)
    if form.with_card and form.destination.municipality is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("with_card", "NOT_ABROAD"))
    if len(set(form.residents)) < len(form.residents):
        raise Problem(ProblemType.INVALID_INPUT, wrong("residents", "NAMED_TWICE"))
    return MoveOutNotification(
        household_id=form.household_id,
        residents=tuple(form.residents),
        notified_on=notified_on,
        planned_on=form.planned_on,
        destination=form.destination.destination(),
        channel=Channel.POST if form.by_post else Channel.COUNTER,
        with_card=form.with_card,
        new_head=form.new_head,
        relationships=tuple(one.said() for one in form.relationships),
        head_left_open=form.head_left_open,
    )


def _check_day(planned_on: date, today: date) -> None:
    if (planned_on - today).days > _LONGEST_AHEAD:
        raise Problem(ProblemType.INVALID_INPUT, wrong("planned_on", "TOO_FAR_AHEAD"))


def _check_destination(said: DestinationForm) -> None:
    if (said.municipality is None) == (not said.country):
        code = "MISSING" if said.municipality is None else "NOT_BOTH"
        raise Problem(ProblemType.INVALID_INPUT, wrong("destination.municipality", code))


async def _problem(tx: Tx, refusal: Refused, reported: MoveOutNotification) -> Problem:
    kind = ProblemType[refusal.code]
    if kind is not ProblemType.ALREADY_LEAVING:
        return Problem(kind)
    standing = await move_outs.open_cases(tx, reported.residents)
    return Problem(kind, case_numbers=sorted({row["case_number"] for row in standing}))


async def _waiting(tx: Tx, counter: Counter, case_number: str) -> CaseFile:
    """The case, locked, once it is clear that it may still be amended."""
    file = await case_views.lock(tx, case_number)
    if file is None:
        raise Problem(ProblemType.UNKNOWN_CASE)
    counter.demand(Act.AMEND, file.procedure)
    if file.procedure != Procedure.MOVE_OUT:
        raise Problem(ProblemType.NOT_A_MOVE_OUT)
    if file.state is not CaseState.OPEN:
        raise Problem(ProblemType.CASE_CLOSED)
    turning = await cases.is_turning(tx, file.municipality, file.case_id)
    if turning or file.direction is Direction.WITHDRAWING:
        raise Problem(ProblemType.ALREADY_WITHDRAWING)
    if await move_in_notices.has_come(tx, file.municipality, file.case_id):
        raise Problem(ProblemType.MOVED_IN_ELSEWHERE)
    if await case_views.doubts(tx, file.case_id):
        raise Problem(ProblemType.OUTCOME_UNKNOWN)
    return file


def _changes(form: AmendmentOfMoveOut, before: MoveOutNotification, today: date) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if form.planned_on is not None and form.planned_on != before.planned_on:
        if before.planned_on <= today:
            raise Problem(ProblemType.ALREADY_DEPARTED)
        _check_day(form.planned_on, today)
        changes["planned_on"] = form.planned_on
    if form.destination is not None:
        _check_destination(form.destination)
        changes["destination"] = form.destination.destination().model_dump()
    return changes


async def _retry_what_stands(tx: Tx, file: CaseFile, ruling: Ruling) -> None:
    """What was refused is tried again with the amended 届出, by the same decision."""
    for incident in await case_views.incidents(tx, file.case_id):
        if incident.state == "open" and Verb.RETRY in incident.verbs:
            again = ruling._replace(incident_id=incident.incident_id, verb=Verb.RETRY)
            await decisions.accept(tx, file.municipality, again)
