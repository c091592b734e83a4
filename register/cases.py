"""Cases: accepted with their 届出 in one transaction, and closed when nothing is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases import CaseRef, CaseState, Direction, Procedure
from domain.dates import era_year, jst_day
from domain.identifiers import new_id
from register import clock, notifications, wakeups
from register.notifications import Correction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from domain.cases import StepRef
    from register.transactions import Tx


class Acceptance(NamedTuple):
    """What is accepted: by whose system, under which reference of theirs, due when."""

    procedure: Procedure | str
    body: dict[str, Any]
    client: str
    reference: str = ""
    persons: int = 0
    """How many people the case brings here, each under an id made now."""
    residents: Sequence[UUID] = ()
    """Who of the residents it is about; then ``persons`` is not needed."""
    due_on: date | None = None
    late: bool = False
    examined: dict[str, int] | None = None
    """履歴番号 by resident id, as the caller's choice was made on."""


async def accept(tx: Tx, municipality: str, acceptance: Acceptance) -> CaseRef:
    """Store a 届出 and open its case; once this commits the case will run."""
    today = jst_day(await clock.now(tx))
    sequence = await tx.fetchval("SELECT nextval('case_sequence')")
    case = CaseRef(
        municipality=municipality,
        case_id=new_id(),
        case_number=f"{municipality}-{era_year(today)}-{sequence:06}",
    )
    await _open_file(tx, case, acceptance)
    await _name_persons(tx, case, acceptance)
    await wakeups.notify_relay(tx)
    return case


async def take_report(tx: Tx, case: CaseRef, acceptance: Acceptance) -> None:
    """Store the 届出 a case has waited for, and wake it; the caller holds its file."""
    await tx.execute(
        "UPDATE case_file SET due_on = $3, late = $4, reference = coalesce(nullif($5, ''),"
        " reference) WHERE municipality = $1 AND case_id = $2",
        case.municipality,
        case.case_id,
        acceptance.due_on,
        acceptance.late,
        acceptance.reference,
    )
    made = Correction(acceptance.body, {}, acceptance.client, "来庁")
    await notifications.correct(tx, case.municipality, case.case_id, made)
    await _name_persons(tx, case, acceptance)
    await wakeups.wake(tx, case.municipality, case.case_id, wakeups.Cause.VISIT)


async def _name_persons(tx: Tx, case: CaseRef, acceptance: Acceptance) -> None:
    people = acceptance.residents or [new_id() for _ in range(acceptance.persons)]
    for subject, resident_id in enumerate(people, start=1):
        await tx.execute(
            "INSERT INTO case_person (municipality, case_id, subject, resident_id, examined)"
            " VALUES ($1, $2, $3, $4, $5)",
            case.municipality,
            case.case_id,
            subject,
            resident_id,
            acceptance.examined or {},
        )


async def _open_file(tx: Tx, case: CaseRef, acceptance: Acceptance) -> None:
    await tx.execute(
        "INSERT INTO case_file (municipality, case_id, case_number, procedure, client, reference,"
        " due_on, late, needs_approval)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, approval_asked($1, $4))",
        case.municipality,
        case.case_id,
        case.case_number,
        acceptance.procedure,
        acceptance.client,
        acceptance.reference,
        acceptance.due_on,
        acceptance.late,
    )
    if acceptance.body:
        await tx.execute(
            "INSERT INTO notification (municipality, case_id, version, body, author)"
            " VALUES ($1, $2, 0, $3, $4)",
            case.municipality,
            case.case_id,
            acceptance.body,
            acceptance.client,
        )
    await _log(tx, case.municipality, case.case_id, "accepted")


async def person(tx: Tx, ref: StepRef) -> UUID:
    """The resident id of one person of a case, known since the case was accepted."""
    return await tx.fetchval(
        "SELECT resident_id FROM case_person"
        " WHERE municipality = $1 AND case_id = $2 AND subject = $3",
        ref.municipality,
        ref.case_id,
        ref.subject,
    )


async def examined(tx: Tx, ref: StepRef) -> dict[str, int]:
    """The 履歴番号, by resident id, on which this person's case was examined."""
    return await tx.fetchval(
        "SELECT examined FROM case_person WHERE municipality = $1 AND case_id = $2"
        " AND subject = $3",
        ref.municipality,
        ref.case_id,
        ref.subject,
    )


async def order_top_up(tx: Tx, municipality: str, client: str) -> CaseRef | None:
    """Open the municipality's 住民票コード補充, unless one is open.

    However many notice at once, a unique index lets one through; the others get ``None``.
    """
    await alone_with_top_ups(tx, municipality)
    return await _open_alone(tx, municipality, Procedure.CODE_TOP_UP, client)


async def alone_with_top_ups(tx: Tx, municipality: str) -> None:
    """Let nobody else order codes for this municipality until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('top-up'), hashtext($1))", municipality)


async def open_alone(
    tx: Tx, municipality: str, procedure: Procedure, client: str
) -> CaseRef | None:
    """Open the municipality's one case of a procedure; ``None`` when one is open."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))", procedure, municipality
    )
    return await _open_alone(tx, municipality, procedure, client)


async def _open_alone(
    tx: Tx, municipality: str, procedure: Procedure, client: str
) -> CaseRef | None:
    standing = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM case_file WHERE municipality = $1 AND procedure"
        " = $2 AND state = 'open')",
        municipality,
        procedure,
    )
    if standing:
        return None
    return await accept(tx, municipality, Acceptance(procedure, {}, client))


async def lock(tx: Tx, case: CaseRef) -> None:
    """Hold the case file: no step takes its place and no decision is accepted meanwhile."""
    await tx.execute(
        "SELECT FROM case_file WHERE municipality = $1 AND case_id = $2 FOR UPDATE",
        case.municipality,
        case.case_id,
    )


async def turn_back(tx: Tx, case: CaseRef) -> None:
    """Write that the case is being withdrawn, before the first undo; saying it twice is once."""
    turned = await tx.fetchval(
        "UPDATE case_file SET direction = 'withdrawing' WHERE municipality = $1 AND case_id = $2"
        " AND state = 'open' AND direction = 'forward' RETURNING true",
        case.municipality,
        case.case_id,
    )
    if turned:
        await _log(tx, case.municipality, case.case_id, "withdrawing")
        await _part(tx, case.municipality, case.case_id)


async def is_turning(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether a case is being withdrawn, or that has been decided; the caller holds its lock."""
    return await tx.fetchval(
        "SELECT direction = $3 OR EXISTS (SELECT FROM decision d WHERE d.municipality = $1"
        "  AND d.case_id = $2 AND d.verb = 'withdraw')"
        " FROM case_file WHERE municipality = $1 AND case_id = $2",
        municipality,
        case_id,
        Direction.WITHDRAWING,
    )


async def close(tx: Tx, case: CaseRef, told: Direction) -> bool:
    """Close the case as its direction says; ``False`` when something is still to be taken or done.

    So it is when the case has been turned back since its story was ``told`` to its end: nothing
    of it is taken back yet.  Decisions are accepted, and steps reopened, under the same row lock,
    so nothing can slip between the look and the close.
    """
    file = await tx.fetchrow(
        "SELECT state, direction, ending FROM case_file WHERE municipality = $1 AND case_id"
        " = $2 FOR UPDATE",
        case.municipality,
        case.case_id,
    )
    if file is None or file["state"] != CaseState.OPEN:
        return True
    if file["direction"] != told or await tx.fetchval(_UNFINISHED, case.municipality, case.case_id):
        return False
    await _end(tx, case, _ended_as(file["direction"], file["ending"]))
    return True


# A decision not taken yet; or a step that an amendment or a message has opened again.
_UNFINISHED = """
SELECT EXISTS (SELECT FROM wakeup WHERE municipality = $1 AND case_id = $2
        AND taken_at IS NULL AND decision_id IS NOT NULL)
    OR EXISTS (SELECT FROM step_ledger l JOIN case_file c USING (municipality, case_id)
        WHERE l.municipality = $1 AND l.case_id = $2 AND l.state = 'begun'
        AND c.direction = 'forward' AND c.ending = '' AND 'reopened' = (
            SELECT e.event FROM step_event e WHERE e.municipality = $1 AND e.case_id = $2
            AND e.step = l.step AND e.subject = l.subject ORDER BY e.log_id DESC LIMIT 1))
"""


async def end_early(tx: Tx, municipality: str, case_id: UUID, ending: CaseState) -> None:
    """Write that the case has come to an end of its own; its story stops at the next line."""
    await tx.execute(
        "UPDATE case_file SET ending = $3 WHERE municipality = $1 AND case_id = $2",
        municipality,
        case_id,
        ending,
    )
    await _part(tx, municipality, case_id)


def _ended_as(direction: str, ending: str) -> CaseState:
    if direction == Direction.WITHDRAWING:
        return CaseState.WITHDRAWN
    return CaseState(ending) if ending else CaseState.COMPLETED


async def _end(tx: Tx, case: CaseRef, state: CaseState) -> None:
    await tx.execute(
        "UPDATE case_file SET state = $3, ended_at = business_now() WHERE"
        " municipality = $1 AND case_id = $2",
        case.municipality,
        case.case_id,
        state,
    )
    await tx.execute(
        "UPDATE wakeup SET taken_at = clock_timestamp()"
        " WHERE municipality = $1 AND case_id = $2 AND taken_at IS NULL",
        case.municipality,
        case.case_id,
    )
    await _part(tx, case.municipality, case.case_id)
    if state is CaseState.WITHDRAWN:
        await tx.execute(
            "INSERT INTO decision_event (municipality, decision_id, event)"
            " SELECT municipality, decision_id, 'worked' FROM decision"
            " WHERE municipality = $1 AND case_id = $2 AND verb = 'withdraw' ON"
            " CONFLICT DO NOTHING",
            case.municipality,
            case.case_id,
        )
    await _log(tx, case.municipality, case.case_id, state)


async def _part(tx: Tx, municipality: str, case_id: UUID) -> None:
    """Let the case be found by its person no more: what comes now belongs to another."""
    await tx.execute(
        "UPDATE case_key SET open = false WHERE municipality = $1 AND case_id = $2 AND open",
        municipality,
        case_id,
    )


async def _log(tx: Tx, municipality: str, case_id: UUID, event: str) -> None:
    await tx.execute(
        "INSERT INTO case_event (municipality, case_id, event) VALUES ($1, $2, $3)",
        municipality,
        case_id,
        event,
    )
