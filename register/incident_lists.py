"""What waits for staff, over all cases of a municipality: grouped by cause, most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from register.transactions import Tx


class Cause(NamedTuple):
    """Incidents with one cause: the system, the code and the step, never the words of a message."""

    peer: str | None
    code: str
    step: str
    kind: str
    times: int
    due_on: date | None
    """The earliest legal deadline among them."""
    since: datetime
    older_than_a_day: int
    older_than_a_week: int


class Standing(NamedTuple):
    """One incident on the list, and the case it belongs to."""

    case_number: str
    procedure: str
    step: str
    subject: int
    code: str
    peer: str | None
    kind: str
    state: str
    due_on: date | None
    opened_at: datetime
    case_id: UUID
    incident_id: UUID


class Place(NamedTuple):
    """Behind which incident a page begins."""

    due_on: date | None
    opened_at: datetime
    incident_id: UUID


_CAUSES = """
SELECT i.peer, i.code, i.step, min(i.kind) AS kind, count(*) AS times, min(c.due_on) AS due_on,
    min(i.opened_at) AS since,
    count(*) FILTER (WHERE i.opened_at < clock_timestamp() - interval '1 day') AS older_than_a_day,
    count(*) FILTER (WHERE i.opened_at < clock_timestamp() - interval '7 days') AS older_than_a_week
FROM incident i JOIN case_file c USING (municipality, case_id)
WHERE i.municipality = tenant() AND i.state = 'open'
GROUP BY i.peer, i.code, i.step ORDER BY min(c.due_on) NULLS LAST, min(i.opened_at)
"""

# A cause that names nothing narrows nothing; a deadline that is not there comes after every other.
_PAGE = """
SELECT c.case_number, c.procedure, i.step, i.subject, i.code, i.peer, i.kind, i.state, c.due_on,
    i.opened_at, i.case_id, i.incident_id
FROM incident i JOIN case_file c USING (municipality, case_id)
WHERE i.municipality = tenant() AND i.state <> 'closed'
AND ($1::text IS NULL OR coalesce(i.peer, '') = $1)
AND ($2::text IS NULL OR i.code = $2) AND ($3::text IS NULL OR i.step = $3)
AND ($5::timestamptz IS NULL OR
    (coalesce(c.due_on, 'infinity'), i.opened_at, i.incident_id)
    > (coalesce($4::date, 'infinity'), $5, $6::uuid))
ORDER BY coalesce(c.due_on, 'infinity'), i.opened_at, i.incident_id LIMIT $7
"""


async def causes(tx: Tx) -> list[Cause]:
    """Why cases stand still, the oldest legal deadline first."""
    return [Cause(**dict(row)) for row in await tx.fetch(_CAUSES)]


async def page(
    tx: Tx, cause: tuple[str | None, str | None, str | None], behind: Place | None, limit: int
) -> list[Standing]:
    """At most ``limit`` incidents of a cause (peer, code, step), most urgent first."""
    place = behind or (None, None, None)
    rows = await tx.fetch(_PAGE, *cause, *place, limit)
    return [Standing(**dict(row)) for row in rows]
