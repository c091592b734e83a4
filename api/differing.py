"""The desk behind 突合: its cases, its findings, and decisions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import about_one, case_desk, cursors
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from api.reconciliation_answers import (
    ComparisonProgress,
    DifferenceAnswer,
    DifferencePage,
    KindCounted,
    ReconciliationAnswer,
    RepairReceipt,
)
from api.rights import Act
from api.runbook import PEERS
from domain.cases import Procedure
from domain.differences import DIFFERENCES, DifferenceKind, DifferenceState, DifferenceVerb
from domain.telegrams import Peer
from register import case_lists, cases, differences, reconciliations
from register.cases import Acceptance
from register.differences import Ruling
from register.idempotency import Answer

if TYPE_CHECKING:
    from uuid import UUID

    from api.counter import Counter
    from api.reconciliations import DifferenceDecision
    from register.differences import Difference
    from register.reconciliations import Progress
    from register.transactions import Tx

PROBLEMS = (
    ProblemType.UNKNOWN_DIFFERENCE,
    ProblemType.DIFFERENCE_NOT_OPEN,
    ProblemType.NO_REPAIR,
    ProblemType.MISSING_REASON,
    ProblemType.MISSING_EVIDENCE,
)
"""What a decision about a difference may be refused with."""
_STANDING = [state for state in DifferenceState if state is not DifferenceState.GONE]


async def begin(tx: Tx, counter: Counter) -> Answer:
    """Open the municipality's 突合; raises `Problem` ALREADY_UNDER_WAY when one is open."""
    town, client = counter.acting.municipality, counter.acting.actor
    case = await cases.open_alone(tx, town, Procedure.RECONCILIATION, client)
    if case is None:
        standing = await case_lists.open_of(tx, Procedure.RECONCILIATION)
        raise Problem(ProblemType.ALREADY_UNDER_WAY, case_numbers=standing)
    return about_one.receipt(case)


async def show(tx: Tx, case_number: str, cursor: str | None, limit: int) -> ReconciliationAnswer:
    """One 突合; raises `Problem` UNKNOWN_CASE for any other case too."""
    file = await case_desk.found(tx, case_number)
    if file.procedure != Procedure.RECONCILIATION:
        raise Problem(ProblemType.UNKNOWN_CASE)
    progress = await reconciliations.progress(tx, file.case_id)
    behind = None if cursor is None else cursors.to_difference(cursor)
    met = await differences.page(tx, list(DifferenceState), behind, limit + 1, met_by=file.case_id)
    page = _page(met, limit)
    return ReconciliationAnswer(
        case_number=file.case_number,
        state=file.state,
        accepted_at=file.accepted_at,
        ended_at=file.ended_at,
        progress=[_progress(one) for one in progress],
        counts=[
            KindCounted(
                kind=DifferenceKind(one.kind),
                ja=DIFFERENCES[DifferenceKind(one.kind)].ja,
                times=one.times,
            )
            for one in await reconciliations.counts(tx, file.case_id)
        ],
        found=sum(one.found for one in progress),
        in_transition=sum(one.in_transition for one in progress),
        differences=page.differences,
        next_cursor=page.next_cursor,
    )


async def listed(
    tx: Tx,
    states: list[DifferenceState],
    cursor: str | None,
    limit: int,
    kind: DifferenceKind | None = None,
) -> DifferencePage:
    """Differences in these states; those that stand when none is named."""
    behind = None if cursor is None else cursors.to_difference(cursor)
    found = await differences.page(tx, states or _STANDING, behind, limit + 1, kind=kind)
    return _page(found, limit)


async def by_kind(tx: Tx) -> list[KindCounted]:
    """How many stand, of each kind there is one of."""
    counts = await differences.standing(tx)
    return [KindCounted(kind=k, ja=DIFFERENCES[k].ja, times=n) for k, n in counts.items()]


async def decide(
    tx: Tx, counter: Counter, difference_id: UUID, decision: DifferenceDecision
) -> Answer:
    """Carry a decision out; raises one of `PROBLEMS`."""
    _check_form(decision)
    if decision.verb is DifferenceVerb.REPAIR:
        counter.demand(Act.REPORT, Procedure.REPAIR)
    found = await differences.lock(tx, difference_id)
    if found is None:
        raise Problem(ProblemType.UNKNOWN_DIFFERENCE)
    if found.state is not DifferenceState.OPEN:
        standing = [found.repair_case] if found.repair_case else []
        raise Problem(ProblemType.DIFFERENCE_NOT_OPEN, case_numbers=standing)
    if decision.verb is DifferenceVerb.REPAIR:
        return await _repair(tx, counter, found, decision)
    last = await differences.last_case(tx, difference_id)
    return await _note(tx, counter, found, decision, (last, None))


def _check_form(decision: DifferenceDecision) -> None:
    if not decision.reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))
    if decision.verb is DifferenceVerb.BY_HAND and not decision.evidence:
        raise Problem(ProblemType.MISSING_EVIDENCE, wrong("evidence", "MISSING"))


async def _repair(
    tx: Tx, counter: Counter, found: Difference, decision: DifferenceDecision
) -> Answer:
    repair = DIFFERENCES[found.kind].repair
    if repair is None or found.resident_id is None:
        raise Problem(ProblemType.NO_REPAIR)
    body = {"repair": repair, "difference_id": str(found.difference_id)}
    acceptance = Acceptance(
        Procedure.REPAIR, body, counter.acting.actor, residents=[found.resident_id]
    )
    case = await cases.accept(tx, counter.acting.municipality, acceptance)
    return await _note(tx, counter, found, decision, (case.case_id, case.case_number))


async def _note(
    tx: Tx,
    counter: Counter,
    found: Difference,
    decision: DifferenceDecision,
    case: tuple[UUID, str | None],
) -> Answer:
    case_id, number = case
    state = DifferenceState.BY_HAND if number is None else DifferenceState.REPAIRING
    ruling = Ruling(case_id, counter.caller.client, decision.reason, decision.evidence)
    town = counter.acting.municipality
    await differences.decide(tx, town, found.difference_id, state, ruling)
    receipt = RepairReceipt(difference_id=found.difference_id, state=state, case_number=number)
    location = "" if number is None else f"/v1/cases/{number}"
    return Answer(202, receipt.model_dump(mode="json"), location)


def _page(found: list[Difference], limit: int) -> DifferencePage:
    shown, more = found[:limit], len(found) > limit
    last = shown[-1] if shown and more else None
    return DifferencePage(
        differences=[_told(one) for one in shown],
        next_cursor=cursors.of_difference(last.found_at, last.difference_id) if last else None,
    )


def _told(one: Difference) -> DifferenceAnswer:
    words = DIFFERENCES[one.kind]
    return DifferenceAnswer(
        difference_id=one.difference_id,
        kind=one.kind,
        ja=words.ja,
        en=words.en,
        peer=words.peer,
        title=PEERS[words.peer].ja,
        resident_id=one.resident_id,
        about="" if one.resident_id else one.about,
        state=one.state,
        found_at=one.found_at,
        gone_at=one.gone_at,
        repair=words.repair.ja if words.repair else None,
        advice=words.advice,
        repair_case=one.repair_case,
    )


def _progress(one: Progress) -> ComparisonProgress:
    return ComparisonProgress(
        peer=one.peer,
        title=PEERS[Peer(one.peer)].ja,
        compared=one.compared,
        total=one.total,
        ja=f"{one.compared:,} / {one.total:,} 人",
        found=one.found,
        in_transition=one.in_transition,
        over=one.over,
    )
