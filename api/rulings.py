"""Judging decisions: whether this one may be made here and now, by this person, and its writing.

Everything that depends on the case is judged under its lock, in the transaction that writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import amendments, withdrawals
from api.access import Caller
from api.case_answers import DecisionDetail, DecisionReceipt
from api.case_desk import found
from api.fields import wrong
from api.manual import amendable, wants_number
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act, act_of
from domain import judging
from domain.cases import CaseState, DecisionState, StepRef, Verb
from domain.numbers import MyNumber, WrongNumber
from register import audit, case_views, decisions, municipalities, staff
from register.decisions import Ruling
from register.idempotency import Answer

if TYPE_CHECKING:
    from uuid import UUID

    from api.counter import Counter
    from api.decisions import DecisionForm
    from domain.acting import Acting
    from register.case_views import CaseFile, Incident
    from register.transactions import Tx

PROBLEMS = (
    ProblemType.UNKNOWN_CASE,
    ProblemType.UNKNOWN_INCIDENT,
    ProblemType.CASE_CLOSED,
    ProblemType.STALE_INCIDENT,
    ProblemType.ALREADY_DECIDED,
    ProblemType.VERB_NOT_ALLOWED,
    ProblemType.ALREADY_WITHDRAWING,
    ProblemType.OUTCOME_UNKNOWN,
    ProblemType.LATER_CASE_STANDS,
    ProblemType.MOVED_IN_ELSEWHERE,
    ProblemType.NUMBER_CHANGED,
    ProblemType.POSSIBLE_DUPLICATE,
    ProblemType.NUMBER_BOUND,
    ProblemType.INCIDENT_REQUIRED,
    ProblemType.MISSING_REASON,
    ProblemType.MISSING_EVIDENCE,
    ProblemType.MISSING_AMENDMENT,
    ProblemType.NUMBER_REQUIRED,
    ProblemType.NUMBER_NOT_WANTED,
    ProblemType.WRONG_NUMBER,
    ProblemType.SECOND_PERSON_REQUIRED,
    ProblemType.SECOND_PERSON_IS_AUTHOR,
    ProblemType.SECOND_PERSON_UNKNOWN,
)
"""What a decision may be refused with, each for one reason."""


def check_form(counter: Counter, form: DecisionForm) -> None:
    """Judge what the form says by itself: the role, and what belongs to the verb."""
    counter.demand(act_of(form.verb))
    if not form.reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))
    if form.incident_id is None and form.verb is not Verb.WITHDRAW:
        raise Problem(ProblemType.INCIDENT_REQUIRED, wrong("incident_id", "MISSING"))
    if form.verb is Verb.DONE_BY_HAND and not form.evidence:
        raise Problem(ProblemType.MISSING_EVIDENCE, wrong("evidence", "MISSING"))
    if form.verb is Verb.AMEND and not (form.amendment and form.amendment.model_fields_set):
        raise Problem(ProblemType.MISSING_AMENDMENT, wrong("amendment", "MISSING"))
    if form.verb is not Verb.AMEND and form.amendment is not None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("amendment", "NOT_FOR_THIS_VERB"))
    if form.verb is not Verb.DONE_BY_HAND and form.number is not None:
        raise Problem(ProblemType.NUMBER_NOT_WANTED, wrong("number", "NOT_FOR_THIS_VERB"))
    _check_second_person(counter, form)


async def accept(tx: Tx, counter: Counter, case_number: str, form: DecisionForm) -> Answer:
    """Judge a decision against its case, and write it; raises one of `PROBLEMS`."""
    file = await _locked(tx, case_number)
    counter.demand(act_of(form.verb), file.procedure)
    if form.second_person:
        await _look_up_second_person(tx, counter, form.second_person, file.procedure)
    incident = await _answered(tx, file, form)
    ruling = Ruling(
        case_id=file.case_id,
        incident_id=form.incident_id,
        verb=form.verb,
        author=counter.caller.client,
        role=counter.caller.role,
        reason=form.reason,
        evidence=form.evidence,
        second_person=form.second_person,
    )
    if form.verb is Verb.WITHDRAW:
        await _check_withdrawal(tx, file)
    elif incident is not None and form.verb is Verb.DONE_BY_HAND:
        await _take_by_hand(tx, counter, file, incident, form)
    elif incident is not None and form.amendment is not None:
        version = await amendments.store(tx, file, incident, ruling, form.amendment)
        ruling = ruling._replace(version=version)
    decision_id = await decisions.accept(tx, file.municipality, ruling)
    receipt = DecisionReceipt(
        decision_id=decision_id, case_number=case_number, state=DecisionState.ACCEPTED
    )
    location = f"/v1/cases/{case_number}/decisions/{decision_id}"
    return Answer(202, receipt.model_dump(mode="json"), location)


async def show(tx: Tx, acting: Acting, case_number: str, decision_id: UUID) -> DecisionDetail:
    """One decision, words included; that somebody read them is audited."""
    file = await found(tx, case_number)
    for decision in await case_views.decisions(tx, file.case_id):
        if decision.decision_id == decision_id:
            await audit.record(tx, acting, "view_decision", case_id=file.case_id)
            return DecisionDetail.model_validate(decision, from_attributes=True)
    raise Problem(ProblemType.UNKNOWN_DECISION)


async def _locked(tx: Tx, case_number: str) -> CaseFile:
    file = await case_views.lock(tx, case_number)
    if file is None:
        raise Problem(ProblemType.UNKNOWN_CASE)
    if file.state is not CaseState.OPEN:
        raise Problem(ProblemType.CASE_CLOSED)
    return file


async def _answered(tx: Tx, file: CaseFile, form: DecisionForm) -> Incident | None:
    """The incident this decision answers, once it is clear that it may."""
    standing = await _withdrawal(tx, file)
    to_withdraw = standing is not None
    if code := judging.of_case(file.state, file.direction, form.verb, to_withdraw=to_withdraw):
        more = {"decision_id": standing} if standing else {}
        raise Problem(ProblemType[code], **more)
    if form.incident_id is None:
        return None
    incidents = await case_views.incidents(tx, file.case_id)
    for incident in incidents:
        if incident.incident_id == form.incident_id:
            _check_incident(file, incident, incidents, form.verb)
            return incident
    raise Problem(ProblemType.UNKNOWN_INCIDENT)


def _check_incident(
    file: CaseFile, incident: Incident, incidents: list[Incident], verb: Verb
) -> None:
    allowed = [one for one in incident.verbs if one is not Verb.AMEND or amendable(file.procedure)]
    code = judging.of_incident(incident.state, allowed, verb)
    if not code:
        return
    told: dict[str, dict[str, object]] = {
        "ALREADY_DECIDED": {"decision_id": incident.decision_id},
        "STALE_INCIDENT": {
            "open_incidents": [one.incident_id for one in incidents if one.state == "open"]
        },
        "VERB_NOT_ALLOWED": {"verbs": [str(one) for one in allowed]},
    }
    raise Problem(ProblemType[code], **told[code])


async def _withdrawal(tx: Tx, file: CaseFile) -> UUID | None:
    """The withdrawal that has been decided already, carried out or not."""
    for decision in await case_views.decisions(tx, file.case_id):
        if decision.verb is Verb.WITHDRAW:
            return decision.decision_id
    return None


async def _check_withdrawal(tx: Tx, file: CaseFile) -> None:
    if standing := await withdrawals.obstacle(tx, file):
        more = {"case_numbers": standing.case_numbers} if standing.case_numbers else {}
        raise Problem(standing.problem, **more)


async def _take_by_hand(
    tx: Tx, counter: Counter, file: CaseFile, incident: Incident, form: DecisionForm
) -> None:
    """What a step done by hand must bring: a second pair of eyes, and its number."""
    town = await municipalities.load(tx)
    if town.parameters.second_person_for_by_hand and not form.second_person:
        raise Problem(ProblemType.SECOND_PERSON_REQUIRED, wrong("second_person", "MISSING"))
    number = _number(form, wanted=wants_number(incident.step))
    if number is not None:
        ref = StepRef(
            municipality=file.municipality, case_id=file.case_id, subject=incident.subject
        )
        await decisions.enter_number(tx, counter.office.vault, ref, number)


def _number(form: DecisionForm, *, wanted: bool) -> MyNumber | None:
    if not wanted and form.number is not None:
        raise Problem(ProblemType.NUMBER_NOT_WANTED, wrong("number", "NOT_FOR_THIS_VERB"))
    if not wanted:
        return None
    if form.number is None:
        raise Problem(ProblemType.NUMBER_REQUIRED, wrong("number", "MISSING"))
    try:
        return MyNumber(form.number)
    except WrongNumber as flaw:
        code = flaw.code
    raise Problem(ProblemType.WRONG_NUMBER, wrong("number", code))


def _check_second_person(counter: Counter, form: DecisionForm) -> None:
    second, caller = form.second_person, counter.caller
    if not second:
        return
    if second == caller.client:
        raise Problem(ProblemType.SECOND_PERSON_IS_AUTHOR, wrong("second_person", "WRONG_PERSON"))


async def _look_up_second_person(tx: Tx, counter: Counter, second: str, procedure: str) -> None:
    """Somebody of the municipality who may decide: known by a token, or by having signed in."""
    municipality = counter.caller.municipality
    member = await staff.member(tx, municipality, second)
    known = counter.office.tokens.of(second, municipality)
    if member is not None:
        known = Caller.of(member, municipality)
    if known is None or not known.may(Act.BY_HAND, procedure):
        raise Problem(ProblemType.SECOND_PERSON_UNKNOWN, wrong("second_person", "WRONG_PERSON"))
