"""What the watchdog holds against the engine, and what it writes of it: ids, states, instants."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cases import CaseRef, WaitKind
from domain.stuck import Stuck

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from register.transactions import Pool, Row, Tx


class Grace(NamedTuple):
    """How long a case may take before it is looked at.

    ``moving``: since its last movement, or since a wake-up was written; ``waiting``: after the
    instant it waited for.
    """

    moving: timedelta
    waiting: timedelta


class Suspect(NamedTuple):
    """A case that may be stuck: why, and since when by the true clock."""

    case: CaseRef
    procedure: str
    kind: Stuck
    since: datetime


class Finding(NamedTuple):
    """A case that is stuck; the rest only of a failing task, as far as it was looked at."""

    municipality: str
    case_id: UUID
    kind: Stuck
    since: datetime
    attempts: int = 0
    build: str = ""
    cause: str = ""


# Waits that end by themselves when their instant has passed.  A 転入通知 that has not come is 未着,
# and waits on.
_PASSING = [WaitKind.OPENING, WaitKind.DEPARTURE_DAY, WaitKind.VISIT, WaitKind.LINKAGE_CODE]

# $1 moving, $2 waiting, $3 the waits that pass.  A wait or failure explains why a case stands as
# long as its instant has not passed, an incident as long as nobody has decided.
_SUSPECTS = """
WITH standing AS (
    SELECT municipality, case_id, case_number, procedure, started_at FROM case_file
    WHERE state = 'open' AND started_at IS NOT NULL
), untaken AS (
    SELECT municipality, case_id, min(made_at) AS since FROM wakeup
    WHERE taken_at IS NULL AND made_at < clock_timestamp() - $1::interval
    GROUP BY municipality, case_id
), trying AS (
    SELECT municipality, case_id, step, subject FROM step_failure
    WHERE NOT over AND next_at >= clock_timestamp() - $2::interval
), parked AS (
    SELECT municipality, case_id, step, subject FROM incident WHERE state = 'open'
), waiting AS (
    SELECT w.municipality, w.case_id, w.step, w.subject, w.until - clock.shift AS since,
        coalesce(w.kind = ANY($3) AND w.until < business_now() - $2::interval, false) AS overdue
    FROM case_wait w CROSS JOIN business_clock clock WHERE NOT w.over
), overdue AS (
    SELECT w.municipality, w.case_id, min(w.since) AS since FROM waiting w
    LEFT JOIN parked p USING (municipality, case_id, step, subject)
    LEFT JOIN trying t USING (municipality, case_id, step, subject)
    WHERE w.overdue AND p.case_id IS NULL AND t.case_id IS NULL
    GROUP BY w.municipality, w.case_id
), silent AS (
    SELECT municipality, case_id, started_at FROM standing
    EXCEPT SELECT municipality, case_id, s.started_at FROM standing s JOIN (
        SELECT municipality, case_id FROM waiting
        UNION SELECT municipality, case_id FROM trying
        UNION SELECT municipality, case_id FROM parked
    ) explained USING (municipality, case_id)
), still AS (
    SELECT s.municipality, s.case_id, greatest(s.started_at, moved.since) AS since
    FROM silent s CROSS JOIN LATERAL (
        SELECT greatest(
            (SELECT max(greatest(l.begun_at, l.settled_at)) FROM step_ledger l
                WHERE l.municipality = s.municipality AND l.case_id = s.case_id),
            (SELECT max(k.taken_at) FROM wakeup k
                WHERE k.municipality = s.municipality AND k.case_id = s.case_id),
            (SELECT max(greatest(i.opened_at, i.closed_at)) FROM incident i
                WHERE i.municipality = s.municipality AND i.case_id = s.case_id)
        ) AS since) moved
)
SELECT DISTINCT ON (case_id) municipality, case_id, case_number, procedure, kind, since FROM (
    SELECT municipality, case_id, 1 AS near, 'WAKE_UP_NOT_TAKEN' AS kind, since FROM untaken
    UNION ALL SELECT municipality, case_id, 2, 'WAIT_OVERDUE', since FROM overdue
    UNION ALL SELECT municipality, case_id, 3, 'STANDING_STILL', since FROM still
        WHERE since < clock_timestamp() - $1::interval
) found JOIN standing USING (municipality, case_id) ORDER BY case_id, near
"""


async def suspects(pool: Pool, grace: Grace) -> list[Suspect]:
    """Open cases that have not done what they said they would, the nearest reason of each."""
    rows = await pool.fetch(_SUSPECTS, grace.moving, grace.waiting, _PASSING)
    return [Suspect(_case(row), row["procedure"], Stuck(row["kind"]), row["since"]) for row in rows]


async def closed(pool: Pool, case_numbers: Collection[str]) -> list[tuple[CaseRef, str]]:
    """Those of these cases that have ended, each with its procedure."""
    rows = await pool.fetch(
        "SELECT municipality, case_id, case_number, procedure FROM case_file"
        " JOIN unnest($1::text[]) AS asked (case_number) USING (case_number)"
        " WHERE municipality = left(asked.case_number, 6) AND state <> 'open'",
        list(case_numbers),
    )
    return [(_case(row), row["procedure"]) for row in rows]


async def now(pool: Pool) -> datetime:
    """The true time, as the register has it."""
    return await pool.fetchval("SELECT clock_timestamp()")


async def note(pool: Pool, suspected: Collection[UUID], findings: Sequence[Finding]) -> None:
    """Write what a round has found, and what it does not find any more.

    A case that stood on the list stays there while it is ``suspected``.  Relays that watch at the
    same instant write one after the other.
    """
    columns = list(zip(*findings, strict=True)) or [()] * len(Finding._fields)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('watch', 0))")
        await _forget(connection, suspected, findings)
        await connection.execute(_FOUND, *columns)
        await connection.execute(_LOOKED)


async def _forget(tx: Tx, suspected: Collection[UUID], findings: Sequence[Finding]) -> None:
    """Take from the list whoever moves again, and whoever stands there for another reason."""
    await tx.execute(
        "WITH gone AS (UPDATE stuck_case s SET state = 'gone', gone_at = clock_timestamp()"
        "  WHERE state = 'standing' AND (s.case_id <> ALL($1) OR EXISTS (SELECT FROM"
        "   unnest($2::uuid[], $3::text[]) AS f (case_id, kind)"
        "   WHERE f.case_id = s.case_id AND f.kind <> s.kind))"
        "  RETURNING municipality, case_id, kind, since)"
        " INSERT INTO stuck_event (municipality, case_id, kind, event, since)"
        " SELECT municipality, case_id, kind, 'gone', since FROM gone",
        list(suspected),
        [one.case_id for one in findings],
        [one.kind for one in findings],
    )


_FOUND = """
WITH told AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[], $5::integer[],
        $6::text[], $7::text[]) AS t (municipality, case_id, kind, since, attempts, build, cause)
), known AS (
    UPDATE stuck_case s SET since = least(s.since, t.since),
        attempts = greatest(s.attempts, t.attempts), build = coalesce(nullif(t.build, ''), s.build),
        cause = coalesce(nullif(t.cause, ''), s.cause)
    FROM told t WHERE s.state = 'standing' AND (s.municipality, s.case_id, s.kind)
        = (t.municipality, t.case_id, t.kind)
), found AS (
    INSERT INTO stuck_case AS s (municipality, case_id, kind, since, attempts, build, cause)
    SELECT municipality, case_id, kind, since, attempts, build, cause FROM told
    ON CONFLICT (municipality, case_id, kind) DO UPDATE SET state = 'standing', gone_at = NULL,
        found_at = clock_timestamp(), since = excluded.since, attempts = excluded.attempts,
        build = excluded.build, cause = excluded.cause
    WHERE s.state = 'gone' RETURNING municipality, case_id, kind, since
)
INSERT INTO stuck_event (municipality, case_id, kind, event, since)
SELECT municipality, case_id, kind, 'found', since FROM found
"""

_LOOKED = """
INSERT INTO watch_round (municipality, looked_at)
SELECT municipality, clock_timestamp() FROM municipality
ON CONFLICT (municipality) DO UPDATE SET looked_at = excluded.looked_at
"""


def _case(row: Row) -> CaseRef:
    return CaseRef(
        municipality=row["municipality"], case_id=row["case_id"], case_number=row["case_number"]
    )
