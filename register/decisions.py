"""Decisions of staff: accepted by the API, taken by the case, ended with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases import StepRef, StepState, Verb
from register import amending, cases, incidents, lanes, ledger, notifications, rulings
from register.incidents import IncidentKind, Trouble
from register.notifications import Correction
from register.rulings import Ruling, accept
from register.vault import MY_NUMBER, Whose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.cases import CaseRef
    from register.transactions import Row, Tx
    from register.vault import Vault


__all__ = ["Habits", "Ruling", "accept", "amend_notification", "carry_out", "enter_number"]


async def amend_notification(
    tx: Tx, municipality: str, ruling: Ruling, subject: int, changes: dict[str, Any]
) -> int:
    """Store the corrected 届出 as its next version, with what changed and who says so.

    Raises pydantic's ValidationError when the corrected 届出 is not a legal one.
    """
    ref = StepRef(municipality=municipality, case_id=ruling.case_id, subject=subject)
    before = await (await amending.of(tx, ref)).notification(tx, ref)
    after = before.amended(subject, changes)
    correction = Correction(
        body=after.model_dump(mode="json"),
        changed={"subject": subject, **changes},
        author=ruling.author,
        reason=ruling.reason,
    )
    return await notifications.correct(tx, municipality, ruling.case_id, correction)


async def enter_number(tx: Tx, vault: Vault, ref: StepRef, number: str) -> None:
    """Put the 個人番号 that staff entered by hand into the vault, for the person of the step."""
    resident_id = await cases.person(tx, ref)
    whose = Whose(ref.municipality, resident_id, MY_NUMBER)
    await vault.store(tx, whose, number, ref.case_id)


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
    await rulings.note(tx, case.municipality, decision_id, "executing")
    if row["verb"] == Verb.WITHDRAW:
        await _withdraw(tx, case)
    elif row["step"] is None:
        await rulings.note(tx, case.municipality, decision_id, "worked")
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
        " = $2 AND $3 IN (0, subject)",
        case.municipality,
        case.case_id,
        subject,
    )


async def _by_hand(tx: Tx, case: CaseRef, row: Row, habits: Habits) -> None:
    ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=row["subject"])
    undone = habits.undoes.get(row["step"])
    state = StepState.BY_HAND if undone is None else StepState.UNDONE_BY_HAND
    generation = await notifications.version(tx, ref)
    await ledger.settle(tx, ref, undone or row["step"], state, generation, row["step"])
    if row["step"] in habits.announcing:
        # Whoever queues behind this telegram need not wait for it any more.
        await lanes.settle(tx, ref, await cases.person(tx, ref), "settled")


async def _amend(tx: Tx, case: CaseRef, row: Row, habits: Habits) -> None:
    """誤記修正: the entry follows the corrected 届出; steps that told others look again."""
    ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=row["subject"])
    version = await notifications.version(tx, ref)
    # What was told of the whole case was told of this person as well.
    for whose in (ref, ref.model_copy(update={"subject": 0})):
        for step in await ledger.reopen(tx, whose, list(habits.following), version):
            trouble = Trouble(IncidentKind.TELL_BY_HAND, "AMENDED_SINCE_BY_HAND", None)
            await incidents.park(tx, whose, step, trouble, (Verb.DONE_BY_HAND, Verb.WITHDRAW))
    await (await amending.of(tx, ref)).follow(tx, ref)
