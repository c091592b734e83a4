"""審査・決裁: a second person approves what is to be entered, where a municipality asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from register import wakeups

if TYPE_CHECKING:
    from uuid import UUID

    from register.transactions import Tx


class Approval(NamedTuple):
    """What a second person said of one version of a 届出: ``event`` is approved or returned."""

    case_id: UUID
    version: int
    event: str
    author: str
    role: str
    reason: str


async def record(tx: Tx, municipality: str, approval: Approval) -> None:
    """Store what was said, and wake the case; its right the caller has checked under its lock."""
    await tx.execute(
        "INSERT INTO approval (municipality, case_id, version, event, author, role, reason)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        municipality,
        *approval,
    )
    await wakeups.wake(tx, municipality, approval.case_id, wakeups.Cause.APPROVAL)


async def newest(tx: Tx, municipality: str, case_id: UUID) -> Approval | None:
    """What was said last about a case, whichever version it was of."""
    row = await tx.fetchrow(
        "SELECT case_id, version, event, author, role, reason FROM approval"
        " WHERE municipality = $1 AND case_id = $2 ORDER BY log_id DESC LIMIT 1",
        municipality,
        case_id,
    )
    return None if row is None else Approval(*row)


async def authors(tx: Tx, municipality: str, case_id: UUID) -> set[str]:
    """Who accepted or corrected the 届出, and so may not approve it."""
    rows = await tx.fetch(
        "SELECT client AS author FROM case_file WHERE municipality = $1 AND case_id = $2"
        " UNION SELECT author FROM notification WHERE municipality = $1 AND case_id = $2",
        municipality,
        case_id,
    )
    return {row["author"] for row in rows}
