"""What births need of the register: whose birth was reported, and the entry made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.notifications import BirthNotification, newborn_entry
from domain.residents import Address, Reason
from register import cases, notifications, residents
from register.residents import NewRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from domain.cases import CaseRef, StepRef
    from register.transactions import Tx


async def claim(tx: Tx, case: CaseRef, reported: BirthNotification) -> None:
    """Note whose births this case is about, so that the same child is recognised."""
    for subject, child in enumerate(reported.children, start=1):
        await tx.execute(
            "INSERT INTO birth_claim (municipality, case_id, subject, household_id, born_on)"
            " VALUES ($1, $2, $3, $4, $5)",
            case.municipality,
            case.case_id,
            subject,
            reported.household_id,
            child.born_on.day,
        )


async def same(tx: Tx, municipality: str, household_id: UUID, born_on: Sequence[date]) -> list[str]:
    """Numbers of open or finished cases about a birth in this household on one of these days.

    A birth that was cancelled (減) was none.
    """
    rows = await tx.fetch(
        "SELECT DISTINCT c.case_number FROM birth_claim b JOIN case_file c USING"
        " (municipality, case_id)"
        " WHERE b.municipality = $1 AND b.household_id = $2 AND b.born_on = ANY($3)"
        " AND c.state <> 'withdrawn' AND NOT EXISTS ("
        "  SELECT FROM resident_history own JOIN resident_history h USING"
        "  (municipality, resident_id) WHERE own.municipality = b.municipality"
        "  AND own.case_id = b.case_id AND own.history_no = ANY(h.cancels)"
        "  AND h.reason = '異動の取消し（減）') ORDER BY c.case_number",
        municipality,
        household_id,
        list(born_on),
    )
    return [row["case_number"] for row in rows]


async def ahead(tx: Tx, ref: StepRef, household_id: UUID, born_on: date) -> list[str]:
    """As `same`, seen from inside a case: those already entered, unless they know us for another.

    Which of two twins is entered first is chance: either 届出 may say that they are not the same.
    """
    rows = await tx.fetch(
        "SELECT DISTINCT c.case_number FROM birth_claim b JOIN case_file c USING"
        " (municipality, case_id)"
        " JOIN case_person p USING (municipality, case_id, subject)"
        " JOIN resident_today r ON r.municipality = b.municipality AND"
        " r.resident_id = p.resident_id"
        " WHERE b.municipality = $1 AND b.household_id = $2 AND b.born_on = $3 AND b.case_id <> $4"
        " AND c.state <> 'withdrawn' AND r.presence = '現存'"
        " AND NOT EXISTS (SELECT FROM notification n JOIN case_file own ON"
        "   own.municipality = n.municipality AND own.case_id = $4"
        "   WHERE n.municipality = b.municipality AND n.case_id = b.case_id"
        "   AND n.body -> 'not_the_same_as' ? own.case_number) ORDER BY c.case_number",
        ref.municipality,
        household_id,
        born_on,
        ref.case_id,
    )
    return [row["case_number"] for row in rows]


async def notification(tx: Tx, ref: StepRef) -> BirthNotification:
    """The 出生届 of a case in its latest version."""
    body = await notifications.latest(tx, ref.municipality, ref.case_id)
    return BirthNotification.model_validate(body)


async def follow(tx: Tx, ref: StepRef) -> None:
    """誤記修正: the child is recognised, and the entry made, by the corrected 届出."""
    reported = await notification(tx, ref)
    child = reported.child(ref.subject)
    await _claim_again(tx, ref, child.born_on.day)
    address = await household_address(tx, reported.household_id)
    resident_id = await cases.person(tx, ref)
    standing = (await residents.lock(tx, ref.municipality, [resident_id])).get(resident_id)
    if standing is None or address is None:
        return  # not entered yet: the entry will be made from the corrected 届出
    entry = newborn_entry(child, standing.entry, address)
    if entry == standing.entry:
        return
    row = NewRow(
        reason=Reason.CLERICAL_CORRECTION,
        effective_on=child.born_on,
        notified_on=reported.notified_on,
        entry=entry,
        presence=standing.presence,
        code=standing.code,
    )
    await residents.append(tx, ref, resident_id, row)


async def household_address(tx: Tx, household_id: UUID) -> Address | None:
    """Lock one household; its address, or ``None`` for a household nobody here knows."""
    address = await tx.fetchval(
        "SELECT address FROM household WHERE municipality = tenant() AND"
        " household_id = $1 FOR UPDATE",
        household_id,
    )
    return None if address is None else Address.model_validate(address)


async def _claim_again(tx: Tx, ref: StepRef, born_on: date) -> None:
    await tx.execute(
        "UPDATE birth_claim SET born_on = $4 WHERE municipality = $1 AND case_id ="
        " $2 AND subject = $3",
        ref.municipality,
        ref.case_id,
        ref.subject,
        born_on,
    )
