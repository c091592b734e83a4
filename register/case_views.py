"""One case as the API shows and judges it: read from the ledger and the logs, never from runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.cases import CaseRef, CaseState, DecisionState, Direction, StepState, Verb, WaitKind
from domain.gates import GateState
from domain.payload import Payload
from domain.telegrams import Peer
from register import linkages, stuck_views
from register.telegrams import OPEN

if TYPE_CHECKING:
    from register.linkages import Asked
    from register.stuck_views import StuckCase
    from register.transactions import Tx


class CaseFile(Payload):
    """A case from the outside; instants are the business clock's."""

    municipality: str
    case_id: UUID
    case_number: str
    procedure: str
    state: CaseState
    direction: Direction
    client: str
    reference: str
    due_on: date | None
    late: bool
    accepted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    waiting_for_staff: bool = False
    overdue: bool = False
    needs_approval: bool = False

    @property
    def ref(self) -> CaseRef:
        """The case as everything inside passes it around."""
        return CaseRef(
            municipality=self.municipality, case_id=self.case_id, case_number=self.case_number
        )


class PersonOfCase(Payload):
    """A person of a case: their number in it, and who they are in the register."""

    subject: int
    resident_id: UUID
    left_out: bool = False


class StepLine(Payload):
    """How far one step has come for one person; instants by the true clock."""

    step: str
    subject: int
    state: StepState
    generation: int
    begun_at: datetime
    settled_at: datetime | None


class Failure(Payload):
    """Attempts that failed in one way, in a row."""

    step: str
    subject: int
    kind: str
    code: str
    peer: str | None
    times: int
    since: datetime
    next_at: datetime | None
    over: bool


class Wait(Payload):
    """What a step waits for although nothing failed."""

    step: str
    subject: int
    kind: WaitKind
    since: datetime
    until: datetime | None
    behind: str
    overdue: bool
    mark: str = ""
    peer: Peer | None = None
    gate: GateState = GateState.OPEN
    """Of the peer at whose gate it waits, if it does; so the following."""
    gate_automatic: bool = False
    gate_reason: str = ""
    gate_until: datetime | None = None
    gate_probe_at: datetime | None = None


class Incident(Payload):
    """Where the case stands still until somebody decides."""

    incident_id: UUID
    step: str
    subject: int
    kind: str
    code: str
    peer: str | None
    verbs: tuple[Verb, ...]
    state: str
    opened_at: datetime
    decision_id: UUID | None


class Decision(Payload):
    """A decision and how far it has come."""

    decision_id: UUID
    incident_id: UUID | None
    verb: Verb
    author: str
    role: str
    reason: str
    evidence: str
    second_person: str
    accepted_at: datetime
    events: tuple[DecisionState, ...]
    step: str = ""
    subject: int = 0
    code: str = ""
    next_incident: UUID | None = None

    @property
    def state(self) -> DecisionState:
        """The furthest it has come."""
        return max(self.events, key=list(DecisionState).index)

    @property
    def led_to(self) -> UUID | None:
        """The incident that opened because it failed again."""
        return self.next_incident if self.state is DecisionState.FAILED_AGAIN else None


class PeerNote(Payload):
    """A system that has kept cases waiting for longer than usual."""

    peer: str
    code: str
    since: datetime
    opened_at: datetime


class CaseParts(NamedTuple):
    """Everything a case's view is made of."""

    persons: list[PersonOfCase]
    lines: list[StepLine]
    failures: list[Failure]
    waits: list[Wait]
    incidents: list[Incident]
    decisions: list[Decision]
    notes: list[PeerNote]
    linkages: list[Asked]
    stuck: StuckCase | None = None


# 未着: what should have come by now, by the calendar; nothing has to run for it.
OVERDUE = (
    "EXISTS (SELECT FROM case_wait w WHERE w.municipality = c.municipality"
    " AND w.case_id = c.case_id AND NOT w.over AND w.kind = 'move_in_notice'"
    " AND w.until <= business_now() AND c.state = 'open')"
)
_FILE = (
    "SELECT c.*, EXISTS (SELECT FROM incident i WHERE i.municipality = c.municipality"  # noqa: S608
    " AND i.case_id = c.case_id AND i.state = 'open') AS waiting_for_staff,"
    f" {OVERDUE} AS overdue"
    " FROM case_file c WHERE c.municipality = tenant() AND c.case_number = $1"
)
_PERSONS = (
    "SELECT subject, resident_id, left_out FROM case_person"
    " WHERE municipality = tenant() AND case_id = $1 ORDER BY subject"
)
_LINES = (
    "SELECT step, subject, state, generation, begun_at, settled_at FROM step_ledger"
    " WHERE municipality = tenant() AND case_id = $1 ORDER BY begun_at, subject"
)
_FAILURES = (
    "SELECT step, subject, kind, code, peer, times, since, next_at, over FROM step_failure"
    " WHERE municipality = tenant() AND case_id = $1 ORDER BY since"
)
# One that was let through is not waiting any more, whatever becomes of it.
_WAITS = (
    "SELECT w.step, w.subject, w.kind, w.since, w.until, w.behind, w.mark, w.peer,"
    " w.kind = 'move_in_notice' AND w.until <= business_now() AS overdue,"
    " coalesce(g.state, 'open') AS gate, coalesce(g.automatic, false) AS gate_automatic,"
    " coalesce(g.reason, '') AS gate_reason, g.until AS gate_until, g.probe_at AS gate_probe_at"
    " FROM case_wait w LEFT JOIN peer_gate g USING (municipality, peer)"
    " WHERE w.municipality = tenant() AND w.case_id = $1 AND NOT w.over"
    " AND NOT (w.kind = 'gate' AND w.released_at IS NOT NULL) ORDER BY w.since"
)
_INCIDENTS = (
    "SELECT i.incident_id, i.step, i.subject, i.kind, i.code, i.peer, i.verbs, i.state,"
    " i.opened_at, d.decision_id FROM incident i"
    " LEFT JOIN decision d USING (municipality, incident_id)"
    " WHERE i.municipality = tenant() AND i.case_id = $1"
)
_DECISIONS = (
    "SELECT d.decision_id, d.incident_id, d.verb, d.author, d.role, d.reason, d.evidence,"
    " d.second_person, d.at AS accepted_at, (SELECT array_agg(e.event) FROM decision_event e"
    "   WHERE e.municipality = d.municipality AND e.decision_id = d.decision_id) AS events,"
    " coalesce(i.step, '') AS step, coalesce(i.subject, 0) AS subject,"
    " coalesce(i.code, '') AS code, n.incident_id AS next_incident FROM decision d"
    " LEFT JOIN incident i USING (municipality, incident_id)"
    " LEFT JOIN incident n ON n.municipality = d.municipality AND n.case_id = d.case_id"
    "   AND n.step = i.step AND n.subject = i.subject AND n.sequence = i.sequence + 1"
    " WHERE d.municipality = tenant() AND d.case_id = $1"
)
_NOTES = (
    "SELECT peer, code, since, opened_at FROM peer_note"
    " WHERE municipality = tenant() AND closed_at IS NULL ORDER BY since"
)
_DOUBTS = (
    "SELECT DISTINCT step, subject FROM telegram_state"
    " WHERE municipality = tenant() AND case_id = $1 AND state = ANY($2)"
)
_WRITTEN = "SELECT DISTINCT subject FROM telegram WHERE municipality = tenant() AND case_id = $1"
_HOLDING = (
    "SELECT subject FROM code_reservation"
    " WHERE municipality = tenant() AND case_id = $1 AND state = 'held'"
)


async def find(tx: Tx, case_number: str) -> CaseFile | None:
    """A case of this municipality by its number."""
    row = await tx.fetchrow(_FILE, case_number)
    return None if row is None else CaseFile.model_validate(dict(row))


async def lock(tx: Tx, case_number: str) -> CaseFile | None:
    """As `find`, and nothing about the case changes until the transaction ends."""
    row = await tx.fetchrow(f"{_FILE} FOR UPDATE OF c", case_number)
    return None if row is None else CaseFile.model_validate(dict(row))


async def parts(tx: Tx, case_id: UUID) -> CaseParts:
    """Everything there is to show about a case."""
    return CaseParts(
        persons=await persons(tx, case_id),
        lines=[StepLine.model_validate(dict(row)) for row in await tx.fetch(_LINES, case_id)],
        failures=[Failure.model_validate(dict(row)) for row in await tx.fetch(_FAILURES, case_id)],
        waits=[Wait.model_validate(dict(row)) for row in await tx.fetch(_WAITS, case_id)],
        incidents=await incidents(tx, case_id),
        decisions=await decisions(tx, case_id),
        notes=await notes(tx),
        linkages=await linkages.of_case(tx, case_id),
        stuck=await stuck_views.of_case(tx, case_id),
    )


async def persons(tx: Tx, case_id: UUID) -> list[PersonOfCase]:
    """The persons of a case, by number."""
    return [PersonOfCase.model_validate(dict(row)) for row in await tx.fetch(_PERSONS, case_id)]


async def incidents(tx: Tx, case_id: UUID) -> list[Incident]:
    """Every incident of a case, the oldest first."""
    rows = await tx.fetch(f"{_INCIDENTS} ORDER BY i.opened_at", case_id)
    return [Incident.model_validate(dict(row)) for row in rows]


async def decisions(tx: Tx, case_id: UUID) -> list[Decision]:
    """Every decision of a case, the oldest first."""
    rows = await tx.fetch(f"{_DECISIONS} ORDER BY d.log_id", case_id)
    return [Decision.model_validate(dict(row)) for row in rows]


async def notes(tx: Tx) -> list[PeerNote]:
    """The systems that keep this municipality's cases waiting."""
    return [PeerNote.model_validate(dict(row)) for row in await tx.fetch(_NOTES)]


async def doubts(tx: Tx, case_id: UUID) -> set[tuple[str, int]]:
    """Steps and persons with a telegram of which nobody knows yet whether it arrived."""
    rows = await tx.fetch(_DOUBTS, case_id, sorted(OPEN))
    return {(row["step"], row["subject"]) for row in rows}


async def written(tx: Tx, case_id: UUID) -> set[int]:
    """Persons about whom a telegram was ever written: their code cannot become free again."""
    return {row["subject"] for row in await tx.fetch(_WRITTEN, case_id)}


async def holding_codes(tx: Tx, case_id: UUID) -> set[int]:
    """Persons of a case who hold a 住民票コード."""
    return {row["subject"] for row in await tx.fetch(_HOLDING, case_id)}
