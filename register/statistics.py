"""How the office has done: cases, incidents and stock over the last days, as counts without names.

Days are Japan's, by the business clock where something of a case is dated, and by the true one
where its work is.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - a field of a named tuple
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from register.transactions import Tx


class OfDay(NamedTuple):
    """One day of one kind: how many."""

    day: date
    kind: str
    times: int


class Numbering(NamedTuple):
    """One day's births: how many have their 個人番号, and how long half of them waited for it."""

    day: date
    times: int
    seconds: float


class Repairs(NamedTuple):
    """Decisions to try again, and how many of them worked at once."""

    retried: int
    worked: int


_ACCEPTED = """
SELECT (accepted_at AT TIME ZONE 'Asia/Tokyo')::date AS day, procedure AS kind, count(*) AS times
FROM case_file WHERE municipality = tenant()
AND accepted_at >= (business_day() - $1::integer)::timestamp AT TIME ZONE 'Asia/Tokyo'
GROUP BY 1, 2 ORDER BY 1, 2
"""
_INCIDENTS = """
SELECT (what.at AT TIME ZONE 'Asia/Tokyo')::date AS day, what.kind, count(*) AS times FROM incident
CROSS JOIN LATERAL (VALUES ('発生', opened_at), ('解消', closed_at)) what (kind, at)
WHERE municipality = tenant() AND what.at >= clock_timestamp() - make_interval(days => $1)
GROUP BY 1, 2 ORDER BY 1, 2
"""
_NUMBERING = """
SELECT (l.settled_at AT TIME ZONE 'Asia/Tokyo')::date AS day, count(*) AS times,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM l.settled_at - (
        SELECT min(e.begun_at) FROM step_ledger e WHERE e.municipality = l.municipality
        AND e.case_id = l.case_id AND e.subject = l.subject))) AS seconds
FROM step_ledger l
WHERE l.municipality = tenant() AND l.step = ANY($2) AND l.state IN ('done', 'by_hand')
AND l.settled_at >= clock_timestamp() - make_interval(days => $1)
GROUP BY 1 ORDER BY 1
"""
_REPAIRS = """
SELECT count(*) AS retried, count(*) FILTER (WHERE e.event = 'worked') AS worked
FROM decision d JOIN decision_event e USING (municipality, decision_id)
WHERE d.municipality = tenant() AND d.verb = 'retry' AND e.event IN ('worked', 'failed_again')
AND e.at >= clock_timestamp() - make_interval(days => $1)
"""
_USED = """
SELECT count(*) FROM pool_event WHERE municipality = tenant() AND event = 'reserved'
AND at >= clock_timestamp() - make_interval(days => $1)
"""


async def accepted(tx: Tx, days: int) -> list[OfDay]:
    """Cases accepted, by day and procedure."""
    return [OfDay(**dict(row)) for row in await tx.fetch(_ACCEPTED, days)]


async def incidents(tx: Tx, days: int) -> list[OfDay]:
    """Incidents that came up (発生) and were settled (解消), by day."""
    return [OfDay(**dict(row)) for row in await tx.fetch(_INCIDENTS, days)]


async def numbering(tx: Tx, days: int, steps: Sequence[str]) -> list[Numbering]:
    """From the first step for somebody to that of ``steps`` which brought their number."""
    rows = await tx.fetch(_NUMBERING, days, list(steps))
    return [Numbering(**dict(row)) for row in rows]


async def repairs(tx: Tx, days: int) -> Repairs:
    """How often trying again helped."""
    [row] = await tx.fetch(_REPAIRS, days)
    return Repairs(**dict(row))


async def codes_used(tx: Tx, days: int) -> int:
    """住民票コード taken from stock."""
    return await tx.fetchval(_USED, days)
