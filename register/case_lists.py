"""Lists of cases, newest first, and the one top-up a municipality may have open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cases import CaseState, Procedure
from register.case_views import OVERDUE, CaseFile

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from register.transactions import Tx


class Place(NamedTuple):
    """Behind which case a page begins."""

    accepted_at: datetime
    case_id: UUID


class Wanted(NamedTuple):
    """Which cases; ``None`` does not narrow.  Days are Japan's, both included."""

    state: CaseState | None = None
    procedure: str | None = None
    reference: str | None = None
    waiting_for_staff: bool = False
    accepted_from: date | None = None
    accepted_to: date | None = None
    overdue: bool = False


_PAGE = f"""
SELECT * FROM (
    SELECT c.*, EXISTS (
        SELECT FROM incident i WHERE i.municipality = c.municipality
        AND i.case_id = c.case_id AND i.state = 'open') AS waiting_for_staff,
        {OVERDUE} AS overdue
    FROM case_file c WHERE c.municipality = tenant()
) found
WHERE ($1::text IS NULL OR state = $1)
AND ($2::text IS NULL OR procedure = $2)
AND ($3::text IS NULL OR reference = $3)
AND (NOT $4::boolean OR waiting_for_staff)
AND ($5::date IS NULL OR accepted_at >= $5::timestamp AT TIME ZONE 'Asia/Tokyo')
AND ($6::date IS NULL OR accepted_at < ($6::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo')
AND (NOT $7::boolean OR overdue)
AND ($8::timestamptz IS NULL OR (accepted_at, case_id) < ($8, $9::uuid))
ORDER BY accepted_at DESC, case_id DESC LIMIT $10
"""  # noqa: S608 - put together from our own texts


async def page(tx: Tx, wanted: Wanted, behind: Place | None, limit: int) -> list[CaseFile]:
    """At most ``limit`` cases, newest first, behind a place in the list."""
    rows = await tx.fetch(_PAGE, *wanted, *(behind or (None, None)), limit)
    return [CaseFile.model_validate(dict(row)) for row in rows]


async def open_top_up(tx: Tx) -> str | None:
    """The number of the municipality's open 住民票コード補充, if there is one."""
    return await tx.fetchval(
        "SELECT case_number FROM case_file"
        " WHERE municipality = tenant() AND procedure = $1 AND state = 'open'",
        Procedure.CODE_TOP_UP,
    )


async def open_about(tx: Tx, procedure: str, resident_id: UUID) -> list[str]:
    """The numbers of the open cases of one procedure about a resident."""
    rows = await tx.fetch(
        "SELECT c.case_number FROM case_person p JOIN case_file c USING (municipality, case_id)"
        " WHERE p.municipality = tenant() AND p.resident_id = $2 AND c.procedure = $1"
        " AND c.state = 'open' ORDER BY c.case_number",
        procedure,
        resident_id,
    )
    return [row["case_number"] for row in rows]


async def standing_about(tx: Tx, resident_id: UUID) -> list[CaseFile]:
    """The open cases a resident is a person of, the oldest first."""
    rows = await tx.fetch(
        "SELECT c.* FROM case_person p JOIN case_file c USING (municipality, case_id)"
        " WHERE p.municipality = tenant() AND p.resident_id = $1 AND c.state = 'open'"
        " ORDER BY c.accepted_at",
        resident_id,
    )
    return [CaseFile.model_validate(dict(row)) for row in rows]


async def open_of(tx: Tx, procedure: str) -> list[str]:
    """The numbers of the municipality's open cases of a procedure."""
    rows = await tx.fetch(
        "SELECT case_number FROM case_file"
        " WHERE municipality = tenant() AND procedure = $1 AND state = 'open' ORDER BY case_number",
        procedure,
    )
    return [row["case_number"] for row in rows]
