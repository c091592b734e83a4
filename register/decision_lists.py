"""The log of decisions: what staff decided, newest first, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.cases import DecisionState, Verb
from domain.payload import Payload

if TYPE_CHECKING:
    from register.transactions import Tx


class Entry(Payload):
    """One decision, without the words of its author."""

    decision_id: UUID
    log_id: int
    case_number: str
    procedure: str
    verb: Verb
    author: str
    role: str
    accepted_at: datetime
    state: DecisionState
    step: str
    subject: int
    code: str


class Narrowed(NamedTuple):
    """Which decisions; ``None`` does not narrow."""

    author: str | None = None
    verb: Verb | None = None
    state: DecisionState | None = None


_PAGE = """
SELECT d.decision_id, d.log_id, c.case_number, c.procedure, d.verb, d.author, d.role,
    d.at AS accepted_at, e.state, coalesce(i.step, '') AS step, coalesce(i.subject, 0) AS subject,
    coalesce(i.code, '') AS code
FROM decision d JOIN case_file c USING (municipality, case_id)
LEFT JOIN incident i USING (municipality, incident_id)
CROSS JOIN LATERAL (
    SELECT event AS state FROM decision_event e WHERE e.municipality = d.municipality
    AND e.decision_id = d.decision_id ORDER BY array_position($6::text[], event) DESC LIMIT 1
) e
WHERE d.municipality = tenant()
AND ($1::text IS NULL OR d.author = $1)
AND ($2::text IS NULL OR d.verb = $2)
AND ($3::text IS NULL OR e.state = $3)
AND ($4::bigint IS NULL OR d.log_id < $4)
ORDER BY d.log_id DESC LIMIT $5
"""


async def page(tx: Tx, narrowed: Narrowed, behind: int | None, limit: int) -> list[Entry]:
    """At most ``limit`` decisions, newest first, behind a place in the log."""
    rows = await tx.fetch(_PAGE, *narrowed, behind, limit, list(DecisionState))
    return [Entry.model_validate(dict(row)) for row in rows]


async def authors(tx: Tx) -> list[str]:
    """Everybody who has ever decided something, by name."""
    rows = await tx.fetch(
        "SELECT DISTINCT author FROM decision WHERE municipality = tenant() ORDER BY author"
    )
    return [row["author"] for row in rows]
