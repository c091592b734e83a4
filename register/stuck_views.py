"""Who is stuck but green, as the watchdog last saw it; read by the municipality's own office."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.payload import Payload
from domain.stuck import Stuck

if TYPE_CHECKING:
    from register.transactions import Tx


class StuckCase(Payload):
    """One case on the list; ``since`` and ``found_at`` by the true clock.

    ``attempts``, ``build`` and ``cause`` tell of a task that fails: how often, in which build of
    the worker, and the engine's own word for it.
    """

    case_number: str
    procedure: str
    kind: Stuck
    since: datetime
    found_at: datetime
    attempts: int
    build: str
    cause: str
    case_id: UUID


class Round(NamedTuple):
    """When the watchdog last looked; ``late`` if that is longer ago than it should be."""

    looked_at: datetime | None
    late: bool


class Place(NamedTuple):
    """Behind which case a page begins."""

    since: datetime
    case_id: UUID


_STUCK = (
    "SELECT c.case_number, c.procedure, s.kind, s.since, s.found_at, s.attempts, s.build, s.cause,"
    " s.case_id FROM stuck_case s JOIN case_file c USING (municipality, case_id)"
    " WHERE s.municipality = tenant() AND s.state = 'standing'"
)


async def page(tx: Tx, behind: Place | None, limit: int) -> list[StuckCase]:
    """At most ``limit`` stuck cases, the longest standing first."""
    rows = await tx.fetch(
        f"{_STUCK} AND ($1::timestamptz IS NULL OR (s.since, s.case_id) > ($1, $2::uuid))"
        " ORDER BY s.since, s.case_id LIMIT $3",
        *(behind or (None, None)),
        limit,
    )
    return [StuckCase.model_validate(dict(row)) for row in rows]


async def of_case(tx: Tx, case_id: UUID) -> StuckCase | None:
    """Why a case is stuck, if it is."""
    row = await tx.fetchrow(f"{_STUCK} AND s.case_id = $1", case_id)
    return StuckCase.model_validate(dict(row)) if row else None


async def counts(tx: Tx) -> dict[Stuck, int]:
    """How many are stuck, by kind."""
    rows = await tx.fetch(
        "SELECT kind, count(*) AS number FROM stuck_case"
        " WHERE municipality = tenant() AND state = 'standing' GROUP BY kind"
    )
    return {Stuck(row["kind"]): row["number"] for row in rows}


async def last_round(tx: Tx) -> Round:
    """When the watchdog last looked at this municipality's cases."""
    row = await tx.fetchrow(
        "SELECT looked_at, looked_at < clock_timestamp() - interval '5 minutes' AS late"
        " FROM watch_round WHERE municipality = tenant()"
    )
    return Round(row["looked_at"], row["late"]) if row else Round(None, late=True)
