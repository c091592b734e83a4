"""Decisions of staff: accepted by the API, taken by the case, ended with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases import StepRef, StepState, Verb
from domain.dates import RegisterDate
from domain.identifiers import new_id
from domain.notifications import BirthNotification, newborn_entry
from domain.residents import Reason
from register import births, cases, incidents, lanes, ledger, residents, wakeups
from register.incidents import IncidentKind, Trouble
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.cases import CaseRef
    from register.transactions import Row, Tx
    from register.vault import Vault


class Ruling(NamedTuple):
    """A decision as staff made it; only a withdrawal may answer no incident."""

    case_id: UUID
    incident_id: UUID | None
    verb: Verb
    author: str
    role: str
    reason: str
    evidence: str = ""
    second_person: str = ""
    version: int | None = None


async def accept(tx: Tx, municipality: str, ruling: Ruling) -> UUID:
    """Store a ruling whose right the caller has checked under the case's lock, and wake the case.

    The incident it answers is closed to further rulings by the same transaction.
    """
    decision_id = new_id()
    await tx.execute(
        "INSERT INTO decision (municipality, decision_id, case_id, incident_id, verb, author, role,"
        " reason, evidence, second_person, version) VALUES ($1, $2, $3, $4, $5, $6,"
        " $7, $8, $9, $10, $11)",
        municipality,
        decision_id,
        *ruling,
    )
    await _event(tx, municipality, decision_id, "accepted")
    if ruling.incident_id is not None:
        await tx.execute(
            "UPDATE incident SET state = 'deciding' WHERE municipality = $1 AND incident_id = $2",
            municipality,
            ruling.incident_id,
        )
    await wakeups.wake(tx, municipality, ruling.case_id, wakeups.Cause.DECISION, decision_id)
    return decision_id


async def amend_notification(
    tx: Tx, municipality: str, ruling: Ruling, subject: int, changes: dict[str, Any]
) -> int:
    """Store the corrected 届出 as its next version, with what changed and who says so.

    Raises pydantic's ValidationError when the corrected 届出 is not a legal one.
    """
    ref = StepRef(municipality=municipality, case_id=ruling.case_id, subject=subject)
    before = await births.notification(tx, ref)
    after = before.amended(subject, changes)
    version: int = await tx.fetchval(
        "SELECT max(version) + 1 FROM notification WHERE municipality = $1 AND case_id = $2",
        municipality,
        ruling.case_id,
    )
    await tx.execute(
        "INSERT INTO notification (municipality, case_id, version, body, changed, author, reason)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        municipality,
        ruling.case_id,
        version,
        after.model_dump(mode="json"),
        {"subject": subject, **changes},
        ruling.author,
        ruling.reason,
    )
    return version


async def enter_number(tx: Tx, vault: Vault, ref: StepRef, number: str) -> None:
    """Put the 個人番号 that staff entered by hand into the vault, for the person of the step."""
    resident_id = await cases.person(tx, ref)
    await vault.store(tx, ref.municipality, resident_id, MY_NUMBER, number)


class Habits(NamedTuple):
    """What carrying out a ruling must know of the procedure's steps."""

    following: Sequence[str]
    """Steps whose message follows an amendment."""
    announcing: Sequence[str]
    """Steps that tell 住基ネット what the history says."""
    undoes: dict[str, str]
    """Undo step to the step it takes back."""


async def carry_out(tx: Tx, case: CaseRef, decision_id: UUID, habits: Habits) -> None:
    """Carry out one accepted ruling as far as the register is concerned; the run does the rest."""
    row = await tx.fetchrow(
        "SELECT d.verb, d.version, i.step, i.subject FROM decision d"
        " LEFT JOIN incident i USING (municipality, incident_id)"
        " WHERE d.municipality = $1 AND d.decision_id = $2",
        case.municipality,
        decision_id,
    )
    if row is None:
        return
    await _event(tx, case.municipality, decision_id, "executing")
    if row["verb"] == Verb.WITHDRAW:
        await _withdraw(tx, case)
    elif row["verb"] == Verb.DONE_BY_HAND:
        await _by_hand(tx, case, row, habits)
    elif row["verb"] == Verb.AMEND:
        await _amend(tx, case, row, habits)
    else:
        await _examine_afresh(tx, case, row["subject"])


async def _withdraw(tx: Tx, case: CaseRef) -> None:
    """Turn the case round; what was parked on the way forward needs no decision any more."""
    await cases.turn_back(tx, case)
    await tx.execute(
        "WITH ended AS (UPDATE incident SET state = 'closed', closed_at = clock_timestamp()"
        "  WHERE municipality = $1 AND case_id = $2 AND state <> 'closed' RETURNING incident_id)"
        " INSERT INTO decision_event (municipality, decision_id, event)"
        " SELECT d.municipality, d.decision_id, 'failed_again' FROM decision d JOIN ended"
        " USING (incident_id) WHERE d.municipality = $1 AND d.verb <> 'withdraw'"
        " ON CONFLICT DO NOTHING",
        case.municipality,
        case.case_id,
    )
    await tx.execute(
        "UPDATE step_failure SET over = true WHERE municipality = $1 AND case_id = $2 AND NOT over",
        case.municipality,
        case.case_id,
    )
    await tx.execute(
        "UPDATE case_wait SET over = true WHERE municipality = $1 AND case_id = $2 AND NOT over",
        case.municipality,
        case.case_id,
    )


async def _examine_afresh(tx: Tx, case: CaseRef, subject: int) -> None:
    """A retry is staff saying: I have seen what changed meanwhile."""
    await tx.execute(
        "UPDATE case_person SET examined = '{}' WHERE municipality = $1 AND case_id"
        " = $2 AND subject = $3",
        case.municipality,
        case.case_id,
        subject,
    )


async def _by_hand(tx: Tx, case: CaseRef, row: Row, habits: Habits) -> None:
    ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=row["subject"])
    undone = habits.undoes.get(row["step"])
    state = StepState.BY_HAND if undone is None else StepState.UNDONE_BY_HAND
    generation = await _version(tx, ref)
    await ledger.settle(tx, ref, undone or row["step"], state, generation, row["step"])
    if row["step"] in habits.announcing:
        # Whoever queues behind this telegram need not wait for it any more.
        await lanes.settle(tx, ref, await cases.person(tx, ref), "settled")


async def _amend(tx: Tx, case: CaseRef, row: Row, habits: Habits) -> None:
    """誤記修正: the entry follows the corrected 届出; steps that told others look again."""
    ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=row["subject"])
    told_by_hand = await ledger.reopen(tx, ref, list(habits.following), await _version(tx, ref))
    for step in told_by_hand:
        trouble = Trouble(IncidentKind.TELL_BY_HAND, "AMENDED_SINCE_BY_HAND", None)
        await incidents.park(tx, ref, step, trouble, (Verb.DONE_BY_HAND, Verb.WITHDRAW))
    notification = await births.notification(tx, ref)
    resident_id = await cases.person(tx, ref)
    await births.amended_claim(tx, ref, notification.child(ref.subject).born_on.day)
    await _correct_entry(tx, ref, resident_id, notification)


async def _correct_entry(
    tx: Tx, ref: StepRef, resident_id: UUID, notification: BirthNotification
) -> None:
    address = await births.household_address(tx, notification.household_id)
    standing = (await residents.lock(tx, ref.municipality, [resident_id])).get(resident_id)
    if standing is None or address is None:
        return  # not entered yet: the entry will be made from the corrected 届出
    child = notification.child(ref.subject)
    entry = newborn_entry(child, standing.entry, address)
    if entry == standing.entry:
        return
    await residents.append(
        tx,
        ref,
        resident_id,
        residents.NewRow(
            reason=Reason.CLERICAL_CORRECTION,
            effective_on=RegisterDate(day=child.born_on.day, notation=child.born_on.notation),
            notified_on=notification.notified_on,
            entry=entry,
            presence=standing.presence,
            code=standing.code,
        ),
    )


async def _version(tx: Tx, ref: StepRef) -> int:
    return await tx.fetchval(
        "SELECT coalesce(max(version), 0) FROM notification"
        " WHERE municipality = $1 AND case_id = $2",
        ref.municipality,
        ref.case_id,
    )


async def _event(tx: Tx, municipality: str, decision_id: UUID, event: str) -> None:
    await tx.execute(
        "INSERT INTO decision_event (municipality, decision_id, event) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        municipality,
        decision_id,
        event,
    )
