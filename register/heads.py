"""世帯主: who heads a household once its head has left (法25条, 令25条, 標準仕様書 4.0.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.dates import RegisterDate
from domain.residents import Reason
from register import cancelling, households, residents
from register.households import HEAD
from register.residents import NewRow

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from domain.cases import StepRef
    from domain.move_out import MoveOutNotification
    from domain.residents import Present
    from register.transactions import Tx


class Changed(NamedTuple):
    """A resident whose place in the household is another one now, and by which history row."""

    resident_id: UUID
    history_no: int


async def succeed(
    tx: Tx, ref: StepRef, head_id: UUID, reported: MoveOutNotification
) -> list[Changed]:
    """Enter the new head of the household that stays, if the one who leaves heads it.

    Exactly one who stays becomes head ex officio; of several the one the 届出 names.  Nobody is
    entered where nobody stays, where there is a head again, or where it is left open.
    """
    await households.lock(tx, [reported.household_id])
    staying = await _staying(tx, ref.municipality, reported.household_id)
    left = await residents.present(tx, ref.municipality, head_id)
    if left is None or left.entry.relationship != HEAD:
        return []
    chosen = _chosen({*staying}, reported)
    if chosen is None or any(one.entry.relationship == HEAD for one in staying.values()):
        return []
    told = {one.resident_id: one.relationship for one in reported.relationships} | {chosen: HEAD}
    return [
        await _enter(tx, ref, staying[one], told[one], left.presence_since)
        for one in sorted(told.keys() & staying.keys())
        if staying[one].entry.relationship != told[one]
    ]


async def give_back(tx: Tx, ref: StepRef) -> list[Changed]:
    """Take back what this case changed of people it is not about; whose it was."""
    changed: list[Changed] = []
    for resident_id in await _beside(tx, ref):
        if not await residents.own_rows(tx, ref, resident_id):
            continue  # taken back for somebody else who left with the head
        await cancelling.take_back(tx, ref, resident_id)
        person = await residents.present(tx, ref.municipality, resident_id)
        if person is not None:
            changed.append(Changed(person.resident_id, person.history_no))
    return changed


async def put_in_place(tx: Tx, ref: StepRef, head_id: UUID) -> list[UUID]:
    """Whom this case changed because ``head_id`` left, in id order; nobody for who was no head."""
    left = await residents.present(tx, ref.municipality, head_id)
    if left is None or left.entry.relationship != HEAD:
        return []
    return await _beside(tx, ref)


async def of_household(tx: Tx, household_id: UUID) -> list[UUID]:
    """Who is a resident of a household today, in id order."""
    rows = await tx.fetch(
        "SELECT resident_id FROM resident_today"
        " WHERE municipality = tenant() AND household_id = $1 AND presence = '現存'"
        " ORDER BY resident_id",
        household_id,
    )
    return [row["resident_id"] for row in rows]


async def _beside(tx: Tx, ref: StepRef) -> list[UUID]:
    """Of whom this case has written something though it is not about them, in id order."""
    rows = await tx.fetch(
        "SELECT DISTINCT h.resident_id FROM resident_history h WHERE h.municipality = $1"
        " AND h.case_id = $2 AND NOT EXISTS (SELECT FROM case_person p WHERE p.municipality = $1"
        "   AND p.case_id = $2 AND p.resident_id = h.resident_id) ORDER BY h.resident_id",
        ref.municipality,
        ref.case_id,
    )
    return [row["resident_id"] for row in rows]


async def _staying(tx: Tx, municipality: str, household_id: UUID) -> dict[UUID, Present]:
    return await residents.lock(tx, municipality, await of_household(tx, household_id))


def _chosen(staying: set[UUID], reported: MoveOutNotification) -> UUID | None:
    if len(staying) == 1:
        return next(iter(staying))
    return reported.new_head if reported.new_head in staying else None


async def _enter(tx: Tx, ref: StepRef, person: Present, relationship: str, day: date) -> Changed:
    # 続柄 and 世帯主 are no 本人確認情報 (法30条の6): 住基ネット is not told.
    row = NewRow(
        reason=Reason.HEAD_CHANGE,
        effective_on=RegisterDate.on(day),
        notified_on=None,
        entry=person.entry.model_copy(update={"relationship": relationship}),
        presence=person.presence,
        code=person.code,
        owes_notice=False,
    )
    return Changed(person.resident_id, await residents.append(tx, ref, person.resident_id, row))
