"""The feed other offices read (BZ-01: 児童手当, 国保, 学齢簿): who changed, never how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from domain.cases import StepRef
    from register.transactions import Tx

_NAMESPACE = UUID("0f4f7a52-16de-5a4b-8f0e-6a3f6fdb5a10")


async def publish(
    tx: Tx, ref: StepRef, kind: str, *, resident_id: UUID, history_no: int, reason: str
) -> None:
    """Tell other offices of one change; telling the same again adds nothing."""
    event_id = uuid5(_NAMESPACE, f"{ref.case_id}/{resident_id}/{kind}/{history_no}")
    await tx.execute(
        "INSERT INTO feed_event (municipality, event_id, kind, reason, case_id,"
        " resident_id, history_no)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        ref.municipality,
        event_id,
        kind,
        reason,
        ref.case_id,
        resident_id,
        history_no,
    )


async def published(tx: Tx, ref: StepRef) -> int:
    """How many events this person of the case has caused so far."""
    return await tx.fetchval(
        "SELECT count(*) FROM feed_event f JOIN case_person p USING (municipality,"
        " case_id, resident_id)"
        " WHERE f.municipality = $1 AND f.case_id = $2 AND p.subject = $3",
        ref.municipality,
        ref.case_id,
        ref.subject,
    )


async def read(
    tx: Tx, municipality: str, after: tuple[int, int], limit: int
) -> list[dict[str, Any]]:
    """Events behind the cursor (transaction, row), older than every transaction still running.

    The bound keeps a late commit from slipping in behind a reader who has already passed.
    """
    rows = await tx.fetch(
        "SELECT tx::text::bigint AS tx, log_id, at, event_id, kind, reason, resident_id, history_no"
        " FROM feed_event WHERE municipality = $1"
        " AND (tx, log_id) > ($2::text::xid8, $3::bigint)"
        " AND tx < pg_snapshot_xmin(pg_current_snapshot())"
        " ORDER BY tx, log_id LIMIT $4",
        municipality,
        str(after[0]),
        after[1],
        limit,
    )
    return [dict(row) for row in rows]
