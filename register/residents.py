"""The history of a person and who is present: rows are appended, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.dates import RegisterDate
from domain.errors import Refused
from domain.payload import Payload
from domain.residents import Entry, Presence, Reason
from register import search, wakeups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.cases import StepRef
    from register.transactions import Row, Tx


class Present(Payload):
    """A person as the latest history row has them."""

    resident_id: UUID
    history_no: int
    presence: Presence
    code: str | None
    entry: Entry


class NewRow(NamedTuple):
    """One change of a person: what is true after it, and why."""

    reason: Reason
    effective_on: RegisterDate
    notified_on: date | None
    entry: Entry
    presence: Presence = Presence.RESIDENT
    code: str | None = None
    cancels: Sequence[int] = ()
    owes_notice: bool = True
    """Whether 住基ネット must be told of this row (規則11条)."""


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
        "SELECT resident_id, history_no, presence, code, entry FROM resident_present"
        " WHERE municipality = $1 AND resident_id = ANY($2) ORDER BY resident_id FOR UPDATE",
        municipality,
        sorted(residents),
    )
    return {row["resident_id"]: _present(row) for row in rows}


async def present(tx: Tx, municipality: str, resident_id: UUID) -> Present | None:
    """One person as of now, without a lock."""
    row = await tx.fetchrow(
        "SELECT resident_id, history_no, presence, code, entry FROM resident_present"
        " WHERE municipality = $1 AND resident_id = $2",
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
    history_no = before.history_no + 1 if before else 1
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
        _changed(before, row),
        list(row.cancels),
    )
    await _show(tx, ref.municipality, resident_id, history_no, row)
    if row.owes_notice:
        await _owe(tx, ref, resident_id, history_no)
    await search.index(tx, ref.municipality, resident_id, row.entry)
    await wakeups.wake_others(tx, ref.municipality, resident_id, ref.case_id)
    return history_no


async def own_rows(tx: Tx, ref: StepRef, resident_id: UUID) -> list[Row]:
    """The rows this case wrote for a person and nothing has cancelled, oldest first."""
    return await tx.fetch(
        "SELECT history_no, reason, effective_on, effective_notation, notified_on,"
        " changed, presence, code, entry"
        " FROM resident_history h WHERE municipality = $1 AND resident_id = $2 AND case_id = $3"
        " AND cancels = '{}' AND NOT EXISTS (SELECT FROM resident_history c"
        "   WHERE c.municipality = $1 AND c.resident_id = $2 AND h.history_no = ANY(c.cancels))"
        " ORDER BY history_no",
        ref.municipality,
        resident_id,
        ref.case_id,
    )


async def later_case(tx: Tx, ref: StepRef, resident_id: UUID, rows: Sequence[Row]) -> str | None:
    """The number of another case standing on a field these rows set, if there is one."""
    fields = sorted({field for row in rows for field in row["changed"]})
    return await tx.fetchval(
        "SELECT c.case_number FROM resident_history h JOIN case_file c USING"
        " (municipality, case_id)"
        " WHERE h.municipality = $1 AND h.resident_id = $2 AND h.history_no > $3"
        " AND h.case_id <> $4 AND h.changed && $5::text[] AND h.cancels = '{}'"
        " AND NOT EXISTS (SELECT FROM resident_history x WHERE x.municipality = $1"
        "   AND x.resident_id = $2 AND h.history_no = ANY(x.cancels))"
        " ORDER BY h.history_no DESC LIMIT 1",
        ref.municipality,
        resident_id,
        min(row["history_no"] for row in rows),
        ref.case_id,
        fields,
    )


async def strike_newborn(tx: Tx, ref: StepRef, resident_id: UUID) -> None:
    """異動の取消し（減）: take back the rows this case wrote for a person it brought here.

    Harmless when there are none.  Raises `Refused` LATER_CASE_STANDS where another case has since
    changed what these rows set.
    """
    held = await lock(tx, ref.municipality, [resident_id])
    rows = await own_rows(tx, ref, resident_id)
    if not rows:
        return
    if await later_case(tx, ref, resident_id, rows) is not None:
        raise Refused("LATER_CASE_STANDS")
    latest = held[resident_id]
    await append(
        tx,
        ref,
        resident_id,
        NewRow(
            reason=Reason.CANCELLATION_DECREASE,
            effective_on=RegisterDate(
                day=rows[0]["effective_on"], notation=rows[0]["effective_notation"]
            ),
            notified_on=rows[0]["notified_on"],
            entry=latest.entry,
            presence=Presence.STRUCK,
            code=latest.code,
            cancels=[row["history_no"] for row in rows],
            owes_notice=False,
        ),
    )


def _changed(before: Present | None, row: NewRow) -> list[str]:
    after = row.entry.model_dump(mode="json") | {"presence": row.presence, "code": row.code}
    if before is None:
        return sorted(after)
    was = before.entry.model_dump(mode="json") | {"presence": before.presence, "code": before.code}
    return sorted(field for field in after if after[field] != was[field])


async def _show(tx: Tx, municipality: str, resident_id: UUID, history_no: int, row: NewRow) -> None:
    await tx.execute(
        "INSERT INTO resident_present (municipality, resident_id, history_no, presence,"
        " household_id, code, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (municipality, resident_id) DO UPDATE SET history_no = excluded.history_no,"
        " presence = excluded.presence, household_id = excluded.household_id,"
        " code = excluded.code, entry = excluded.entry",
        municipality,
        resident_id,
        history_no,
        row.presence,
        row.entry.household_id,
        row.code,
        row.entry.model_dump(mode="json"),
    )


async def _owe(tx: Tx, ref: StepRef, resident_id: UUID, history_no: int) -> None:
    await tx.execute(
        "INSERT INTO lane_debt (municipality, resident_id, history_no, case_id)"
        " VALUES ($1, $2, $3, $4)",
        ref.municipality,
        resident_id,
        history_no,
        ref.case_id,
    )


def _present(row: Row) -> Present:
    return Present.model_validate(dict(row))
