"""起床: rows that must reach a running case. The relay delivers them until the case takes them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from register.transactions import Tx

CHANNEL = "juki_wakeups"


class Cause(StrEnum):
    """Why a case is woken."""

    DECISION = "decision"
    LANE = "lane"
    STOCK = "stock"
    RESIDENT_CHANGED = "resident_changed"
    CLOCK = "clock"
    MESSAGE = "message"
    VISIT = "visit"
    APPROVAL = "approval"
    GATE = "gate"
    BULK = "bulk"


async def wake(
    tx: Tx, municipality: str, case_id: UUID, cause: Cause, decision: UUID | None = None
) -> None:
    """Wake one case once this transaction has committed."""
    await tx.execute(
        "INSERT INTO wakeup (municipality, case_id, cause, decision_id) VALUES ($1, $2, $3, $4)",
        municipality,
        case_id,
        cause,
        decision,
    )
    await notify_relay(tx)


async def wake_lane(tx: Tx, municipality: str, resident_id: UUID) -> None:
    """Wake the cases that wait for this resident's lane."""
    woken = await tx.execute(
        "INSERT INTO wakeup (municipality, case_id, cause)"
        " SELECT DISTINCT w.municipality, w.case_id, 'lane' FROM case_wait w"
        " JOIN case_person p USING (municipality, case_id, subject)"
        " WHERE w.municipality = $1 AND p.resident_id = $2 AND w.kind = 'lane' AND NOT w.over",
        municipality,
        resident_id,
    )
    if woken != "INSERT 0 0":
        await notify_relay(tx)


async def wake_stock(tx: Tx, municipality: str) -> None:
    """Wake the cases that wait for 住民票コード."""
    await tx.execute(
        "INSERT INTO wakeup (municipality, case_id, cause)"
        " SELECT DISTINCT municipality, case_id, 'stock' FROM case_wait"
        " WHERE municipality = $1 AND kind = 'code_stock' AND NOT over",
        municipality,
    )
    await notify_relay(tx)


async def wake_others(tx: Tx, municipality: str, resident_id: UUID, changer: UUID) -> None:
    """Wake every other open case of a resident whom this transaction changed."""
    woken = await tx.execute(
        "INSERT INTO wakeup (municipality, case_id, cause)"
        " SELECT DISTINCT c.municipality, c.case_id, 'resident_changed' FROM case_person p"
        " JOIN case_file c USING (municipality, case_id)"
        " WHERE p.municipality = $1 AND p.resident_id = $2 AND c.case_id <> $3"
        " AND c.state = 'open'",
        municipality,
        resident_id,
        changer,
    )
    if woken != "INSERT 0 0":
        await notify_relay(tx)


async def take(tx: Tx, municipality: str, case_id: UUID) -> list[UUID]:
    """Mark every waiting wake-up of a case as taken; the decisions among them, oldest first."""
    rows = await tx.fetch(
        "UPDATE wakeup SET taken_at = clock_timestamp()"
        " WHERE municipality = $1 AND case_id = $2 AND taken_at IS NULL"
        " RETURNING wakeup_id, decision_id",
        municipality,
        case_id,
    )
    ordered = sorted(rows, key=lambda row: row["wakeup_id"])
    return [row["decision_id"] for row in ordered if row["decision_id"] is not None]


async def notify_relay(tx: Tx) -> None:
    """Tell the relay to look now; it would look by itself a little later."""
    await tx.execute(f"NOTIFY {CHANNEL}")
