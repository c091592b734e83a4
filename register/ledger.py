"""The case ledger: how far each step of each person has come. Every run begins by reading it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.cases import CaseState, Direction, LedgerLine, Procedure, Standing, StepState, WaitKind
from domain.errors import ContractBroken, Unavailable
from domain.gates import GateState

if TYPE_CHECKING:
    from uuid import UUID

    from domain.cases import CaseRef, Progress, StepRef
    from domain.telegrams import Peer
    from register.transactions import Row, Tx

# What these wait for has an instant; the others only say how long they would sleep by themselves.
_TIMED = [
    WaitKind.OPENING,
    WaitKind.DEPARTURE_DAY,
    WaitKind.MOVE_IN_NOTICE,
    WaitKind.VISIT,
]
_SETTLED_AS = {
    Direction.FORWARD: frozenset({StepState.DONE, StepState.BY_HAND}),
    Direction.WITHDRAWING: frozenset({StepState.UNDONE, StepState.UNDONE_BY_HAND}),
}
SETTLED = _SETTLED_AS[Direction.FORWARD] | _SETTLED_AS[Direction.WITHDRAWING]


class Place(NamedTuple):
    """Where a step begins to work: its own state, and what it must know of its case."""

    state: StepState
    generation: int
    procedure: Procedure | str
    case_number: str
    resident_id: UUID | None
    opening: str
    now: datetime
    gate: Gate


class Gate(NamedTuple):
    """The gate of the step's peer: whether the step may pass, and whether the peer is ``doubted``.

    It is doubted while it has not answered since it failed to, or its gate is not open.
    """

    peer: Peer | None
    state: GateState
    passes: bool
    doubted: bool


_PLACE = """
SELECT c.direction, c.state AS case_state, c.procedure, c.case_number, p.resident_id,
       CASE WHEN p.left_out AND c.direction = 'forward' THEN 'done'
            ELSE coalesce(l.state, 'not_begun') END AS state,
       m.opening::text AS opening, business_now() AS now,
       (SELECT coalesce(max(version), 0) FROM notification n
        WHERE n.municipality = c.municipality AND n.case_id = c.case_id) AS generation,
       coalesce(g.state, 'open') AS gate, coalesce(g.failures <> '{}', false) AS failing,
       CASE WHEN g.state <> 'open' THEN EXISTS (SELECT FROM case_wait w
            WHERE w.municipality = c.municipality AND w.case_id = c.case_id AND w.peer = g.peer
            AND w.released_at >= g.held_at) ELSE true END AS passes
FROM case_file c
JOIN municipality m USING (municipality)
LEFT JOIN peer_gate g ON g.municipality = c.municipality AND g.peer = $5
LEFT JOIN case_person p
     ON p.municipality = c.municipality AND p.case_id = c.case_id AND p.subject = $3
LEFT JOIN step_ledger l ON l.municipality = c.municipality AND l.case_id = c.case_id
     AND l.step = $4 AND l.subject = $3
WHERE c.municipality = $1 AND c.case_id = $2
FOR SHARE OF c
"""


async def stand_at(
    tx: Tx, ref: StepRef, step: str, direction: Direction, peer: Peer | None = None
) -> Place:
    """Take a step's place in its case, which cannot turn round until this transaction ends.

    ``peer`` is whom it will speak to, if anybody.
    Raises `Unavailable` CASE_TURNED when the case goes the other way by now: an attempt that
    outlived its run does nothing.  So it is in a closed case, unless the step is settled there: a
    run whose last task came to nothing finds it so, and ends.
    """
    row = await tx.fetchrow(_PLACE, ref.municipality, ref.case_id, ref.subject, step, peer)
    if row is None:
        raise ContractBroken("UNKNOWN_CASE")
    settled = row["state"] in _SETTLED_AS[direction]
    if row["direction"] != direction or not (settled or row["case_state"] == CaseState.OPEN):
        raise Unavailable("CASE_TURNED", left=False)
    return Place(
        state=StepState(row["state"]),
        generation=row["generation"],
        procedure=row["procedure"],
        case_number=row["case_number"],
        resident_id=row["resident_id"],
        opening=row["opening"],
        now=row["now"],
        gate=_gate(peer, row),
    )


def _gate(peer: Peer | None, row: Row) -> Gate:
    state = GateState(row["gate"])
    return Gate(peer, state, row["passes"], row["failing"] or state is not GateState.OPEN)


async def record(tx: Tx, ref: StepRef, step: str, state: StepState, generation: int) -> None:
    """Write how far a step has come, in the ledger and in its log."""
    await tx.execute(
        "WITH line AS (INSERT INTO step_ledger"
        "  (municipality, case_id, step, subject, state, generation, settled_at)"
        "  VALUES ($1, $2, $3, $4, $5, $6,"
        "   CASE WHEN $5 = 'begun' THEN NULL ELSE clock_timestamp() END)"
        "  ON CONFLICT (municipality, case_id, step, subject) DO UPDATE SET state = excluded.state,"
        "   generation = excluded.generation, settled_at = excluded.settled_at"
        "  RETURNING municipality, case_id, step, subject, state, generation)"
        # Logged from the line that is locked by now, so that log and ledger agree on the order.
        " INSERT INTO step_event (municipality, case_id, step, subject, event, generation)"
        " SELECT municipality, case_id, step, subject, state, generation FROM line",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
        state,
        generation,
    )


async def settle(
    tx: Tx, ref: StepRef, step: str, state: StepState, generation: int, acting_as: str
) -> None:
    """Settle a step: ``step`` is the line of the ledger, ``acting_as`` the step that ran.

    They differ where an undo settles the line of what it undid.  What was failing, waiting or
    parked under the running step's name is over.
    """
    await record(tx, ref, step, state, generation)
    await tx.execute(
        "SELECT step_worked($1, $2, $3, $4)", ref.municipality, ref.case_id, acting_as, ref.subject
    )


async def reopen(tx: Tx, ref: StepRef, steps: list[str], generation: int) -> list[str]:
    """After an amendment: these steps must look again whether what they said still holds.

    Returns those among them that staff had done by hand: what staff told must be told by staff.
    """
    rows = await tx.fetch(
        "WITH before AS (SELECT step, state FROM step_ledger"
        "  WHERE municipality = $1 AND case_id = $2 AND subject = $3 AND step = ANY($4)"
        "  AND state IN ('done', 'by_hand') FOR UPDATE),"
        " again AS (UPDATE step_ledger l SET state = 'begun', settled_at = NULL FROM before"
        "  WHERE l.municipality = $1 AND l.case_id = $2 AND l.subject = $3"
        "  AND l.step = before.step),"
        " logged AS (INSERT INTO step_event"
        "  (municipality, case_id, step, subject, event, generation)"
        "  SELECT $1, $2, step, $3, 'reopened', $5 FROM before)"
        " SELECT step FROM before WHERE state = 'by_hand'",
        ref.municipality,
        ref.case_id,
        ref.subject,
        steps,
        generation,
    )
    return [row["step"] for row in rows]


async def catch_up(tx: Tx, ref: StepRef) -> None:
    """Somebody has joined a case: whatever it has begun for others is to be done for them too."""
    steps = await tx.fetch(
        "SELECT DISTINCT step FROM step_ledger WHERE municipality = $1 AND case_id = $2"
        " AND subject > 0",
        ref.municipality,
        ref.case_id,
    )
    for row in steps:
        await record(tx, ref, row["step"], StepState.DONE, 0)
    await reopen(tx, ref, [row["step"] for row in steps], 0)


async def wait(
    tx: Tx, ref: StepRef, step: str, progress: Progress, gate_of: Peer | None = None
) -> None:
    """Note what a step waits for, since when and until when; ``gate_of`` at whose gate, if any.

    Whoever waits at a gate has not been let through; a wait for anything else leaves that alone.
    """
    if progress.wait is None:
        return
    await tx.execute(
        "INSERT INTO case_wait"
        " (municipality, case_id, step, subject, kind, until, behind, mark, peer)"
        " VALUES ($1, $2, $3, $4, $5, coalesce($9, CASE WHEN $5 = ANY($8) THEN business_now() +"
        " make_interval(secs => $6) END), $7, $10, $11)"
        " ON CONFLICT (municipality, case_id, step, subject) DO UPDATE SET kind = excluded.kind,"
        " until = excluded.until, behind = excluded.behind, mark = excluded.mark, over = false,"
        " peer = coalesce(excluded.peer, case_wait.peer),"
        " released_at = CASE WHEN excluded.kind <> 'gate' THEN case_wait.released_at END,"
        " since = CASE WHEN case_wait.over OR case_wait.kind <> excluded.kind"
        "   THEN excluded.since ELSE case_wait.since END",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
        progress.wait,
        progress.seconds,
        progress.behind,
        _TIMED,
        progress.until,
        progress.mark,
        gate_of,
    )


async def state_of(tx: Tx, ref: StepRef, step: str) -> StepState:
    """How far one step of this person has come."""
    state = await tx.fetchval(
        "SELECT state FROM step_ledger WHERE municipality = $1 AND case_id = $2 AND step = $3"
        " AND subject = $4",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
    )
    return StepState(state or StepState.NOT_BEGUN)


async def waiting_for(tx: Tx, ref: StepRef, step: str) -> timedelta:
    """How long a step has been waiting without a break."""
    lasting = await tx.fetchval(
        "SELECT clock_timestamp() - since FROM case_wait WHERE municipality = $1 AND case_id = $2"
        " AND step = $3 AND subject = $4 AND NOT over",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
    )
    return lasting or timedelta()


async def standing(tx: Tx, case: CaseRef) -> Standing:
    """Where the case stands (現況)."""
    file = await tx.fetchrow(
        "SELECT direction, late, ending, needs_approval FROM case_file"
        " WHERE municipality = $1 AND case_id = $2",
        case.municipality,
        case.case_id,
    )
    if file is None:
        raise ContractBroken("UNKNOWN_CASE")
    people = await tx.fetch(
        "SELECT subject FROM case_person WHERE municipality = $1 AND case_id = $2 ORDER BY subject",
        case.municipality,
        case.case_id,
    )
    lines = await tx.fetch(
        "SELECT step, subject, state FROM step_ledger WHERE municipality = $1 AND case_id = $2"
        " ORDER BY begun_at",
        case.municipality,
        case.case_id,
    )
    parked = await tx.fetch(_PARKED, case.municipality, case.case_id)
    return Standing(
        direction=Direction(file["direction"]),
        late=file["late"],
        over=file["ending"] != "",
        needs_approval=file["needs_approval"],
        ending=file["ending"],
        subjects=tuple(row["subject"] for row in people) or (0,),
        lines=tuple(LedgerLine.model_validate(dict(row)) for row in lines),
        parked=tuple((row["step"], row["subject"]) for row in parked),
    )


# A decision accepted and not yet taken is not carried out: nobody goes on before it is.
_PARKED = """
SELECT i.step, i.subject FROM incident i
WHERE i.municipality = $1 AND i.case_id = $2
AND (i.state = 'open' OR i.state = 'deciding' AND EXISTS (
    SELECT FROM decision d JOIN wakeup w USING (municipality, decision_id)
    WHERE d.municipality = $1 AND d.incident_id = i.incident_id AND w.taken_at IS NULL))
"""
