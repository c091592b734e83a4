"""From what the register knows of a case to what people read: steps, waits, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from api import why
from api.access import roles_for
from api.case_answers import (
    AllowedDecision,
    CaseAnswer,
    CaseSummary,
    DecisionAnswer,
    IncidentAnswer,
    PeerNoteAnswer,
    PersonAnswer,
    PersonAtStep,
    StepAnswer,
    Waiting,
)
from api.linkage_words import OBTAIN_CODE, silent_side
from api.manual import Line, amendable, manual, needs
from api.peer_words import why_held, why_waiting
from api.problem_types import Words
from api.rights import act_of
from api.runbook import PEERS, VERBS, advice
from api.stuck_answers import stuck
from domain.cases import CaseState, Direction, StepState, Verb, WaitKind
from domain.telegrams import Peer
from domain.waits import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from register.case_views import CaseFile, CaseParts, Decision, Failure, Incident, PeerNote, Wait

_START = Words("開始を待っています。", "About to start.")
_STAFF = Words("職員の判断を待っています。", "Waiting for a decision of staff.")
_DECISION = Words("判断を実行しています。", "A decision is being carried out.")
_FAILURE = Words(
    "相手が応答しないため、繰り返し試しています。", "Tried again and again until it works."
)
_DEFECT = Words(
    "こちらの不具合のため、繰り返し試しています。", "A defect of ours; tried again until mended."
)


_UNAVAILABLE = (_FAILURE, why.AGAIN, why.NOTHING)


def told(file: CaseFile, parts: CaseParts, *, second_person: bool) -> CaseAnswer:
    """The whole of a case."""
    persons = {person.subject: person.resident_id for person in parts.persons}
    lines = manual(file.procedure, (line.step for line in parts.lines))
    standing = [incident for incident in parts.incidents if incident.state != "closed"]
    judging = _Judging(file, persons, second_person=second_person)
    return CaseAnswer(
        **dict(summary(file)),
        persons=[PersonAnswer(**dict(person)) for person in parts.persons],
        waiting_for=list(waiting_for(file, parts)),
        steps=[_step(line, parts, sorted(persons) or [0]) for line in lines],
        incidents=[_incident(one, judging) for one in standing],
        decisions=[decided(decision) for decision in parts.decisions],
        peer_notes=[noted(note) for note in _notes(parts)],
        stuck=stuck(parts.stuck) if parts.stuck else None,
        withdrawal=_withdrawal(file, parts),
    )


def summary(file: CaseFile) -> CaseSummary:
    """One line of a list."""
    return CaseSummary.model_validate(file, from_attributes=True)


def decided(decision: Decision) -> DecisionAnswer:
    """One decision, without the words of its author."""
    return DecisionAnswer.model_validate(decision, from_attributes=True)


def noted(note: PeerNote) -> PeerNoteAnswer:
    """One note about another system."""
    return PeerNoteAnswer(
        peer=note.peer, title=PEERS[Peer(note.peer)].ja, code=note.code, since=note.since
    )


def waiting_for(file: CaseFile, parts: CaseParts) -> Iterator[Waiting]:
    """Everything an open case waits for; nothing while it simply runs."""
    for one in _waits(file, parts):
        yield why.said(_with_the_silent_side(one, parts))


def _waits(file: CaseFile, parts: CaseParts) -> Iterator[Waiting]:
    if file.state is not CaseState.OPEN:
        return
    if file.started_at is None:
        yield _told("start", _START, why.BEGINS, why.NOTHING, since=file.accepted_at)
    yield from (_for_people(one) for one in parts.incidents if one.state != "closed")
    yield from (_for_time(failure) for failure in parts.failures if not failure.over)
    yield from (_for_its_turn(wait) for wait in parts.waits)


def _with_the_silent_side(waiting: Waiting, parts: CaseParts) -> Waiting:
    """機関別符号の取得 passes through two systems: which of them has not done its part."""
    if waiting.step != OBTAIN_CODE:
        return waiting
    asked = [one for one in parts.linkages if one.subject == waiting.subject]
    words = silent_side(asked[-1] if asked else None, len(asked))
    return waiting.model_copy(update={"silent_ja": words.ja, "silent_en": words.en})


def _told(kind: str, waits: Words, then: Words, may: Words, **more: Any) -> Waiting:
    return Waiting(
        kind=kind,
        ja=waits.ja,
        en=waits.en,
        then_ja=then.ja,
        then_en=then.en,
        may_ja=may.ja,
        may_en=may.en,
        **more,
    )


def _for_people(incident: Incident) -> Waiting:
    told = ("staff", _STAFF, why.ONCE_DECIDED, why.one_of(incident.verbs))
    if incident.state != "open":
        told = ("decision", _DECISION, why.OUTCOME, why.NOTHING)
    return _told(
        *told,
        since=incident.opened_at,
        step=incident.step,
        subject=incident.subject,
        code=incident.code,
        peer=incident.peer,
    )


def _for_time(failure: Failure) -> Waiting:
    told = (_DEFECT, why.AGAIN, why.TELL) if failure.kind == "defect" else _UNAVAILABLE
    return _told(
        "failure",
        *told,
        since=failure.since,
        next_try=failure.next_at,
        step=failure.step,
        subject=failure.subject,
        code=failure.code,
        peer=failure.peer,
        failed_attempts=failure.times,
    )


def _for_its_turn(wait: Wait) -> Waiting:
    turn = _in_turn(wait)
    if wait.kind is not WaitKind.GATE or wait.peer is None:
        return turn
    why = why_held(automatic=wait.gate_automatic, reason=wait.gate_reason)
    words = why_waiting(wait.peer, wait.gate, why, wait.gate_until)
    told = {"ja": words.ja, "en": words.en, "peer": wait.peer, "next_try": wait.gate_probe_at}
    return turn.model_copy(update=told)


def _in_turn(wait: Wait) -> Waiting:
    words = WORDS[wait.kind]
    return Waiting(
        kind=wait.kind,
        ja=words.waits.ja,
        en=words.waits.en,
        since=wait.since,
        until=wait.until,
        overdue=wait.overdue,
        next_try=wait.until,
        then_ja=words.then.ja,
        then_en=words.then.en,
        may_ja=words.may.ja,
        may_en=words.may.en,
        step=wait.step,
        subject=wait.subject,
        behind=wait.behind,
        mark=wait.mark,
    )


def _step(line: Line, parts: CaseParts, subjects: list[int]) -> StepAnswer:
    shown = [0] if line.whole_case else subjects
    persons = [_person(line, parts, subject) for subject in shown]
    return StepAnswer(step=line.step, undo=line.undo, peer=line.peer, persons=persons)


def _person(line: Line, parts: CaseParts, subject: int) -> PersonAtStep:
    failed = sum(
        failure.times
        for failure in parts.failures
        if failure.subject == subject and failure.step in {line.step, line.undo}
    )
    for one in parts.lines:
        if (one.step, one.subject) == (line.step, subject):
            return PersonAtStep(
                subject=subject,
                state=one.state,
                generation=one.generation,
                begun_at=one.begun_at,
                settled_at=one.settled_at,
                failed_attempts=failed,
            )
    return PersonAtStep(
        subject=subject, state=StepState.NOT_BEGUN, generation=0, failed_attempts=failed
    )


class _Judging(NamedTuple):
    """What an incident's answer depends on besides itself."""

    file: CaseFile
    persons: dict[int, UUID]
    second_person: bool

    @property
    def amendable(self) -> list[str]:
        """The fields a decision may amend here."""
        return amendable(self.file.procedure)

    def allowed(self, verb: Verb, step: str) -> AllowedDecision:
        """A decision at this step, with what it needs and who may make it."""
        needed = needs(step, verb, second_person=self.second_person)
        return _allowed(self.file, verb, needed)

    def verbs(self, incident: Incident) -> list[Verb]:
        """What may be decided; a 届出 of which nothing may be amended here is not amended here."""
        return [verb for verb in incident.verbs if verb is not Verb.AMEND or self.amendable]


def _incident(incident: Incident, judging: _Judging) -> IncidentAnswer:
    words = advice(incident.kind, incident.code)
    open_now = incident.state == "open"
    return IncidentAnswer(
        incident_id=incident.incident_id,
        state=incident.state,
        kind=incident.kind,
        code=incident.code,
        step=incident.step,
        subject=incident.subject,
        resident_id=judging.persons.get(incident.subject),
        peer=incident.peer,
        since=incident.opened_at,
        advice_ja=words.ja,
        advice_en=words.en,
        allowed=[
            judging.allowed(verb, incident.step) for verb in judging.verbs(incident) if open_now
        ],
        amendable_fields=judging.amendable if open_now and Verb.AMEND in incident.verbs else [],
    )


def _allowed(file: CaseFile, verb: Verb, needed: list[str]) -> AllowedDecision:
    words, roles = VERBS[verb], roles_for(act_of(verb), file.procedure)
    return AllowedDecision(verb=verb, ja=words.ja, en=words.en, needs=needed, roles=roles)


def _withdrawal(file: CaseFile, parts: CaseParts) -> AllowedDecision | None:
    under_way = any(decision.verb is Verb.WITHDRAW for decision in parts.decisions)
    forward = file.direction is Direction.FORWARD and file.state is CaseState.OPEN
    return _allowed(file, Verb.WITHDRAW, ["reason"]) if forward and not under_way else None


def _notes(parts: CaseParts) -> list[PeerNote]:
    failing = {failure.peer for failure in parts.failures if not failure.over}
    return [note for note in parts.notes if note.peer in failing]
