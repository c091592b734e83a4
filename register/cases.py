"""Cases: accepted with their 届出 in one transaction, and closed when nothing is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases import CaseRef, CaseState, Direction, Procedure
from domain.dates import era_year, jst_day
from domain.identifiers import new_id
from register import clock, wakeups

if TYPE_CHECKING:
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
    for subject in range(1, acceptance.persons + 1):
        await tx.execute(
            "INSERT INTO case_person (municipality, case_id, subject, resident_id, examined)"
            " VALUES ($1, $2, $3, $4, $5)",
            municipality,
            case.case_id,
            subject,
            new_id(),
            acceptance.examined or {},
        )
    await wakeups.notify_relay(tx)
    return case


async def _open_file(tx: Tx, case: CaseRef, acceptance: Acceptance) -> None:
    await tx.execute(
        "INSERT INTO case_file (municipality, case_id, case_number, procedure, client, reference,"
        " due_on, late) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
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
    standing = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM case_file WHERE municipality = $1 AND procedure"
        " = $2 AND state = 'open')",
        municipality,
        Procedure.CODE_TOP_UP,
    )
    if standing:
        return None
    return await accept(tx, municipality, Acceptance(Procedure.CODE_TOP_UP, {}, client))


async def alone_with_top_ups(tx: Tx, municipality: str) -> None:
    """Let nobody else order codes for this municipality until the transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('top-up'), hashtext($1))", municipality)


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


async def close(tx: Tx, case: CaseRef) -> bool:
    """Close the case as its direction says; ``False`` when something still waits to be taken.

    Decisions are accepted under the same row lock, so none can slip between the look and the close.
    """
    file = await tx.fetchrow(
        "SELECT state, direction FROM case_file WHERE municipality = $1 AND case_id"
        " = $2 FOR UPDATE",
        case.municipality,
        case.case_id,
    )
    if file is None or file["state"] != CaseState.OPEN:
        return True
    waiting = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM wakeup WHERE municipality = $1 AND case_id = $2"
        " AND taken_at IS NULL AND decision_id IS NOT NULL)",
        case.municipality,
        case.case_id,
    )
    if waiting:
        return False
    forward = file["direction"] == Direction.FORWARD
    await _end(tx, case, CaseState.COMPLETED if forward else CaseState.WITHDRAWN)
    return True


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


async def _log(tx: Tx, municipality: str, case_id: UUID, event: str) -> None:
    await tx.execute(
        "INSERT INTO case_event (municipality, case_id, event) VALUES ($1, $2, $3)",
        municipality,
        case_id,
        event,
    )
