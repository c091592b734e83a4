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
    """Incidents that were tried again, and how many of them worked at the first time."""

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
LEFT JOIN incident i USING (municipality, incident_id)
WHERE d.municipality = tenant() AND d.verb = 'retry' AND e.event IN ('worked', 'failed_again')
AND NOT EXISTS (SELECT FROM decision b JOIN incident f USING (municipality, incident_id)
    WHERE b.municipality = d.municipality AND b.case_id = d.case_id AND b.verb = 'retry'
    AND f.step = i.step AND f.subject = i.subject AND b.log_id < d.log_id)
AND e.at >= clock_timestamp() - make_interval(days => $1)
"""
_FLOW = """
SELECT (at AT TIME ZONE 'Asia/Tokyo')::date AS day, event AS kind, count(*) AS times
FROM pool_event WHERE municipality = tenant()
AND at >= clock_timestamp() - make_interval(days => $1) GROUP BY 1, 2
"""
# What is retired was reserved before, and had left the stock then.
_CHANGE = {"allotted": 1, "released": 1, "reserved": -1, "retired": 0}
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
    """How often the first try again helped."""
    [row] = await tx.fetch(_REPAIRS, days)
    return Repairs(**dict(row))


async def codes_used(tx: Tx, days: int) -> int:
    """住民票コード taken from stock."""
    return await tx.fetchval(_USED, days)


async def stock_changes(tx: Tx, days: int) -> dict[date, int]:
    """By how much the stock of unused 住民票コード grew or shrank, on days when it did."""
    changes: dict[date, int] = {}
    for row in await tx.fetch(_FLOW, days):
        change = _CHANGE[row["kind"]] * row["times"]
        changes[row["day"]] = changes.get(row["day"], 0) + change
    return changes
