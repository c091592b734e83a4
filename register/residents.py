"""The history of a person and who is present: rows are appended, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.residents import Presence, Present
from register import lanes, search, wakeups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from domain.cases import StepRef
    from domain.dates import RegisterDate
    from domain.residents import Entry, Reason
    from register.transactions import Row, Tx


class NewRow(NamedTuple):
    """One change of a person: what is true after it, and why.

    ``restates`` names fields that are set anew although their value is the same, as the day of a
    転出 that turned out to be another.
    """

    reason: Reason
    effective_on: RegisterDate
    notified_on: date | None
    entry: Entry
    presence: Presence = Presence.RESIDENT
    code: str | None = None
    cancels: Sequence[int] = ()
    owes_notice: bool = True
    """Whether 住基ネット must be told of this row now (規則11条)."""
    restates: Sequence[str] = ()


_PRESENT = (
    "SELECT resident_id, history_no, presence, code, entry, presence_since,"
    " presence = '除票' AND presence_since > business_day() AS leaving FROM resident_present"
)


async def enroll(tx: Tx, municipality: str, resident_id: UUID, addressee_number: str) -> None:
    """Open the file of a person who was never here; opening it again changes nothing."""
    await tx.execute(
        "INSERT INTO resident (municipality, resident_id, addressee_number) VALUES ($1, $2, $3)"
        " ON CONFLICT (municipality, resident_id) DO NOTHING",
        municipality,
        resident_id,
        addressee_number,
    )


async def lock(tx: Tx, municipality: str, residents: Sequence[UUID]) -> dict[UUID, Present]:
    """Lock these persons, in id order, until the transaction ends; who is unknown is left out."""
    rows = await tx.fetch(
        f"{_PRESENT} WHERE municipality = $1 AND resident_id = ANY($2)"
        " ORDER BY resident_id FOR UPDATE",
        municipality,
        sorted(residents),
    )
    return {row["resident_id"]: _present(row) for row in rows}


async def present(tx: Tx, municipality: str, resident_id: UUID) -> Present | None:
    """One person as of now, without a lock."""
    row = await tx.fetchrow(
        f"{_PRESENT} WHERE municipality = $1 AND resident_id = $2",
        municipality,
        resident_id,
    )
    return None if row is None else _present(row)


async def addressee_number(tx: Tx, municipality: str, resident_id: UUID) -> str:
    """The 宛名番号 a person keeps for ever."""
    return await tx.fetchval(
        "SELECT addressee_number FROM resident WHERE municipality = $1 AND resident_id = $2",
        municipality,
        resident_id,
    )


async def append(tx: Tx, ref: StepRef, resident_id: UUID, row: NewRow) -> int:
    """Append a history row under the case's name and bring what is present up to it.

    The caller holds the person's lock (or is creating the person).  Returns the 履歴番号.
    """
    before = await present(tx, ref.municipality, resident_id)
    history_no, changed = before.history_no + 1 if before else 1, _changed(before, row)
    await tx.execute(
        "INSERT INTO resident_history (municipality, resident_id, history_no, case_id, reason,"
        " effective_on, effective_notation, notified_on, presence, code, entry, changed, cancels)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        ref.municipality,
        resident_id,
        history_no,
        ref.case_id,
        row.reason,
        row.effective_on.day,
        row.effective_on.notation,
        row.notified_on,
        row.presence,
        row.code,
        row.entry.model_dump(mode="json"),
        changed,
        list(row.cancels),
    )
    await _show(tx, ref.municipality, resident_id, history_no, row, changed)
    if row.owes_notice:
        await lanes.owe(tx, ref, resident_id, history_no)
    await search.index(tx, ref.municipality, resident_id, row.entry)
    await wakeups.wake_others(tx, ref.municipality, resident_id, ref.case_id)
    return history_no


async def own_rows(tx: Tx, ref: StepRef, resident_id: UUID) -> list[Row]:
    """The rows this case wrote for a person and nothing has cancelled, oldest first.

    What takes back another case's rows (異動の取消し) is among them; what takes back its own, not.
    """
    return await tx.fetch(
        "SELECT history_no, reason, effective_on, effective_notation, notified_on,"
        " changed, presence, code, entry, cancels"
        " FROM resident_history h WHERE municipality = $1 AND resident_id = $2 AND case_id = $3"
        " AND NOT EXISTS (SELECT FROM resident_history o WHERE o.municipality = $1"
        "   AND o.resident_id = $2 AND o.case_id = $3 AND o.history_no = ANY(h.cancels))"
        " AND NOT EXISTS (SELECT FROM resident_history c"
        "   WHERE c.municipality = $1 AND c.resident_id = $2 AND h.history_no = ANY(c.cancels))"
        " ORDER BY history_no",
        ref.municipality,
        resident_id,
        ref.case_id,
    )


async def before(tx: Tx, municipality: str, resident_id: UUID, history_no: int) -> Row | None:
    """The row in front of a row; ``None`` where it is the person's first."""
    return await tx.fetchrow(
        "SELECT presence, code, entry FROM resident_history"
        " WHERE municipality = $1 AND resident_id = $2 AND history_no < $3"
        " ORDER BY history_no DESC LIMIT 1",
        municipality,
        resident_id,
        history_no,
    )


def _changed(before: Present | None, row: NewRow) -> list[str]:
    after = row.entry.model_dump(mode="json") | {"presence": row.presence, "code": row.code}
    if before is None:
        return sorted(after)
    was = before.entry.model_dump(mode="json") | {"presence": before.presence, "code": before.code}
    differing = {field for field in after if after[field] != was.get(field)}
    return sorted(differing | set(row.restates))


async def _show(
    tx: Tx, municipality: str, resident_id: UUID, history_no: int, row: NewRow, changed: list[str]
) -> None:
    await tx.execute(
        "INSERT INTO resident_present (municipality, resident_id, history_no, presence,"
        " household_id, code, entry, presence_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (municipality, resident_id) DO UPDATE SET history_no = excluded.history_no,"
        " presence = excluded.presence, household_id = excluded.household_id,"
        " code = excluded.code, entry = excluded.entry, presence_since ="
        "  CASE WHEN $9 THEN excluded.presence_since ELSE resident_present.presence_since END",
        municipality,
        resident_id,
        history_no,
        row.presence,
        row.entry.household_id,
        row.code,
        row.entry.model_dump(mode="json"),
        row.effective_on.day,
        "presence" in changed,
    )


def _present(row: Row) -> Present:
    return Present.model_validate(dict(row))
