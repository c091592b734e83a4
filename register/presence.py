"""Who has a case open before them now: told by their pages, and forgotten in a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from register.transactions import Tx

LASTS = timedelta(minutes=1)
"""So long somebody counts as there after their page was last heard of."""
_SAY_AGAIN = timedelta(seconds=15)
# What nobody asks for any more is put away by whoever comes next.
_KEPT = timedelta(hours=1)


async def look(tx: Tx, municipality: str, case_id: UUID, subject: str) -> None:
    """Say that somebody looks at a case; saying it again within seconds costs no write."""
    told = await tx.fetchval(
        "INSERT INTO case_viewer AS v (municipality, case_id, subject) VALUES ($1, $2, $3)"
        " ON CONFLICT (municipality, case_id, subject) DO UPDATE SET seen_at = clock_timestamp()"
        " WHERE v.seen_at < clock_timestamp() - $4::interval RETURNING true",
        municipality,
        case_id,
        subject,
        _SAY_AGAIN,
    )
    if told:
        await tx.execute(
            "DELETE FROM case_viewer WHERE municipality = $1"
            " AND seen_at < clock_timestamp() - $2::interval",
            municipality,
            _KEPT,
        )


async def others(tx: Tx, case_id: UUID, subject: str) -> list[str]:
    """The names of everybody else who looks at a case now."""
    rows = await tx.fetch(
        "SELECT m.name FROM case_viewer v JOIN staff_member m USING (municipality, subject)"
        " WHERE v.municipality = tenant() AND v.case_id = $1 AND v.subject <> $2"
        " AND v.seen_at > clock_timestamp() - $3::interval ORDER BY m.name",
        case_id,
        subject,
        LASTS,
    )
    return [row["name"] for row in rows]
