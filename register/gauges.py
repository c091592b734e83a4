"""What operations count, municipality by municipality; numbers only, nobody's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from register import gate_views, stuck_views

if TYPE_CHECKING:
    from domain.stuck import Stuck
    from register.gate_views import Standing
    from register.transactions import Row, Tx


class Gauges(NamedTuple):
    """How one municipality stands."""

    open_cases: list[Row]
    """procedure, direction, how many"""
    open_incidents: list[Row]
    """kind, how many"""
    peer_notes: list[Row]
    """peer, seconds since it stopped answering"""
    gates: list[Standing]
    stuck: dict[Stuck, int]
    watch_age: float | None
    """Seconds since the watchdog last looked; ``None`` if it never has."""
    unsent: int
    """Announcements nobody has taken yet."""
    oldest_unsent: float
    stock: int
    low_water: int
    unstarted: int
    oldest_unstarted: float
    untaken: int
    oldest_untaken: float


async def served(tx: Tx) -> list[str]:
    """Codes of every municipality; may be asked in a transaction that has none."""
    rows = await tx.fetch("SELECT served_municipalities() AS code")
    return [row["code"] for row in rows]


async def read(tx: Tx) -> Gauges:
    """Count for the transaction's own municipality."""
    counts = await tx.fetchrow(_COUNTS)
    if counts is None:
        raise LookupError("a query without FROM always has a row")
    return Gauges(
        open_cases=await tx.fetch(_CASES),
        open_incidents=await tx.fetch(_INCIDENTS),
        peer_notes=await tx.fetch(_NOTES),
        gates=await gate_views.standing(tx),
        stuck=await stuck_views.counts(tx),
        watch_age=await tx.fetchval(_WATCH),
        **dict(counts),
    )


_CASES = (
    "SELECT procedure, direction, count(*) AS number FROM case_file"
    " WHERE municipality = tenant() AND state = 'open' GROUP BY procedure, direction"
)
_INCIDENTS = (
    "SELECT kind, count(*) AS number FROM incident"
    " WHERE municipality = tenant() AND state <> 'closed' GROUP BY kind"
)
_NOTES = (
    "SELECT peer, extract(epoch FROM clock_timestamp() - since)::float8 AS number FROM peer_note"
    " WHERE municipality = tenant() AND closed_at IS NULL"
)
_WATCH = (
    "SELECT extract(epoch FROM clock_timestamp() - looked_at)::float8 FROM watch_round"
    " WHERE municipality = tenant()"
)
_COUNTS = """
WITH unstarted AS (
    SELECT count(*) AS number, min(accepted_at) AS oldest FROM case_file
    WHERE municipality = tenant() AND started_at IS NULL
), untaken AS (
    SELECT count(*) AS number, min(made_at) AS oldest FROM wakeup
    WHERE municipality = tenant() AND taken_at IS NULL
), unsent AS (
    SELECT count(*) AS number, min(made_at) AS oldest FROM announcement
    WHERE municipality = tenant() AND sent_at IS NULL
)
SELECT
    (SELECT count(*) FROM pool_code WHERE municipality = tenant() AND state = 'free') AS stock,
    (SELECT low_water FROM municipality WHERE municipality = tenant()) AS low_water,
    unstarted.number AS unstarted,
    coalesce(extract(epoch FROM business_now() - unstarted.oldest), 0)::float8 AS oldest_unstarted,
    untaken.number AS untaken,
    coalesce(extract(epoch FROM clock_timestamp() - untaken.oldest), 0)::float8 AS oldest_untaken,
    unsent.number AS unsent,
    coalesce(extract(epoch FROM clock_timestamp() - unsent.oldest), 0)::float8 AS oldest_unsent
FROM unstarted, untaken, unsent
"""
