"""異動の取消し: a case takes back what it changed, and nothing else, by appending counter-rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cancellation import reason_of, taken_back
from domain.cases import StepRef
from domain.changes import Undone
from domain.dates import RegisterDate
from domain.errors import Refused
from register import residents
from register.residents import NewRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.residents import Present
    from register.transactions import Row, Tx


async def take_back(tx: Tx, ref: StepRef, resident_id: UUID) -> None:
    """Append the counter-row of what this case wrote for a person; harmless when it wrote nothing.

    The fields of the case's own rows go back to what they were before, on top of the latest row.
    Raises `Refused` LATER_CASE_STANDS where another case has since changed one of them.
    """
    held = await residents.lock(tx, ref.municipality, [resident_id])
    rows = await residents.own_rows(tx, ref, resident_id)
    if not rows:
        return
    if await later_case(tx, ref, resident_id, rows) is not None:
        raise Refused("LATER_CASE_STANDS")
    row = await _counter_row(tx, ref, held[resident_id], rows)
    await residents.append(tx, ref, resident_id, row)


async def restored(tx: Tx, ref: StepRef, resident_id: UUID) -> NewRow | None:
    """The row `take_back` would append for a person; ``None`` where it would append none."""
    rows = await residents.own_rows(tx, ref, resident_id)
    latest = await residents.present(tx, ref.municipality, resident_id)
    if not rows or latest is None:
        return None
    return await _counter_row(tx, ref, latest, rows)


async def standing_on(tx: Tx, municipality: str, case_id: UUID) -> list[str]:
    """Numbers of later cases standing on what a case wrote; such a case cannot be withdrawn."""
    without = await undone(tx, municipality, case_id)
    return sorted({number for one in without.values() for number in one.standing})


async def later_case(tx: Tx, ref: StepRef, resident_id: UUID, rows: Sequence[Row]) -> str | None:
    """The number of another case standing on a field these rows set, if there is one."""
    fields = sorted({field for row in rows for field in row["changed"]})
    return await tx.fetchval(
        "SELECT c.case_number FROM resident_history h"
        " JOIN case_file c USING (municipality, case_id)"
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


async def undone(tx: Tx, municipality: str, case_id: UUID) -> dict[UUID, Undone]:
    """Everybody of whom a case has rows that count, as they would be without them."""
    ref = StepRef(municipality=municipality, case_id=case_id, subject=0)
    found: dict[UUID, Undone] = {}
    for resident_id in await touched(tx, municipality, case_id):
        rows = await residents.own_rows(tx, ref, resident_id)
        latest = await residents.present(tx, municipality, resident_id)
        if not rows or latest is None:
            continue
        row = await _counter_row(tx, ref, latest, rows)
        later = await later_case(tx, ref, resident_id, rows)
        found[resident_id] = Undone(
            row.entry,
            row.presence,
            row.code,
            frozenset(field for one in rows for field in one["changed"]),
            tuple(row.cancels),
            (later,) if later else (),
        )
    return found


async def touched(tx: Tx, municipality: str, case_id: UUID) -> list[UUID]:
    """Everybody of whom a case has written something, in id order."""
    rows = await tx.fetch(
        "SELECT DISTINCT resident_id FROM resident_history WHERE municipality = $1"
        " AND case_id = $2 ORDER BY resident_id",
        municipality,
        case_id,
    )
    return [row["resident_id"] for row in rows]


async def _counter_row(tx: Tx, ref: StepRef, latest: Present, rows: Sequence[Row]) -> NewRow:
    first = rows[0]["history_no"]
    before = await residents.before(tx, ref.municipality, latest.resident_id, first)
    changed = {field for row in rows for field in row["changed"]}
    then = dict(before["entry"]) | _beside(before) if before else None
    restored = taken_back(latest, then, changed)
    return NewRow(
        reason=reason_of(latest.presence, restored.presence),
        effective_on=RegisterDate(
            day=rows[0]["effective_on"], notation=rows[0]["effective_notation"]
        ),
        notified_on=rows[0]["notified_on"],
        entry=restored.entry,
        presence=restored.presence,
        code=restored.code,
        cancels=[row["history_no"] for row in rows],
        owes_notice=False,
    )


def _beside(row: Row) -> dict[str, Any]:
    """What stands beside the entry of a row."""
    return {"presence": row["presence"], "code": row["code"]}
