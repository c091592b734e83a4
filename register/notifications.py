"""届出 as a case keeps them: what was reported, and every version of it as corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from domain.cases import StepRef
    from register.transactions import Tx


class Correction(NamedTuple):
    """The next version of a 届出: the whole of it, what was changed, who says so, and why."""

    body: dict[str, Any]
    changed: dict[str, Any]
    author: str
    reason: str


async def latest(tx: Tx, municipality: str, case_id: UUID) -> dict[str, Any]:
    """The 届出 of a case in its latest version."""
    return await tx.fetchval(
        "SELECT body FROM notification WHERE municipality = $1 AND case_id = $2"
        " ORDER BY version DESC LIMIT 1",
        municipality,
        case_id,
    )


class Version(NamedTuple):
    """One version of a 届出, as stored."""

    version: int
    body: dict[str, Any]
    changed: dict[str, Any]
    author: str
    reason: str
    at: datetime


async def versions(tx: Tx, municipality: str, case_id: UUID) -> list[Version]:
    """Every version of a 届出, the oldest first."""
    rows = await tx.fetch(
        "SELECT version, body, changed, author, reason, at FROM notification"
        " WHERE municipality = $1 AND case_id = $2 ORDER BY version",
        municipality,
        case_id,
    )
    return [Version(*row) for row in rows]


async def version(tx: Tx, ref: StepRef) -> int:
    """How often the 届出 has been corrected."""
    return await tx.fetchval(
        "SELECT coalesce(max(version), 0) FROM notification WHERE municipality = $1"
        " AND case_id = $2",
        ref.municipality,
        ref.case_id,
    )


async def correct(tx: Tx, municipality: str, case_id: UUID, correction: Correction) -> int:
    """Store the next version; its number."""
    return await tx.fetchval(
        "INSERT INTO notification (municipality, case_id, version, body, changed, author, reason)"
        " SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6 FROM notification"
        " WHERE municipality = $1 AND case_id = $2 RETURNING version",
        municipality,
        case_id,
        *correction,
    )
