"""What the relay has to tell operations: made as rows, sent until they have left, then noted.

A relay that is killed between sending and noting sends once more, under the same id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from pydantic import TypeAdapter

from domain.announcements import Announcement, Channel, Digest, NewKind, News, OfKind
from domain.stuck import Stuck

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from register.transactions import Pool, Row, Tx

_NAMESPACE = UUID("7f6a2c1e-0b52-5d0c-9d3e-5a1f3c7e2b90")
_BATCH = 100
_AT_ONCE = 20
_NEWS: TypeAdapter[News] = TypeAdapter(News)


async def make_new_kinds(pool: Pool, channels: Sequence[Channel]) -> int:
    """A message for every kind of incident nobody has been told of."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(_UNANNOUNCED, _BATCH)
        for row in rows:
            news = NewKind.model_validate(dict(row))
            name = f"{row['peer']}/{row['code']}/{row['step']}/{row['first_seen'].isoformat()}"
            await _make(connection, row["municipality"], name, news, channels)
        await connection.executemany(
            "UPDATE incident_kind SET announced_at = clock_timestamp()"
            " WHERE (municipality, peer, code, step) = ($1, $2, $3, $4)",
            [(row["municipality"], row["peer"], row["code"], row["step"]) for row in rows],
        )
    return len(rows)


async def make_digests(pool: Pool, channels: Sequence[Channel], at: str) -> int:
    """The day's digest of every municipality that has none, once it is ``at`` (HH:MM, Japan)."""
    due = await pool.fetch(_DUE, at)
    for row in due:
        async with pool.acquire() as connection, connection.transaction():
            digest = await _digest(connection, row["municipality"])
            name = f"digest/{row['day'].isoformat()}"
            await _make(connection, row["municipality"], name, digest, channels, row["day"])
    return len(due)


async def claim(pool: Pool, channels: Sequence[Channel], first_pause: float) -> list[Announcement]:
    """What is to be sent now, each for one relay alone until its next attempt is due.

    The pause doubles from ``first_pause`` seconds up to an hour, and never ends.
    """
    rows = await pool.fetch(_CLAIM, _AT_ONCE, first_pause, list(channels))
    return [_announcement(row) for row in rows]


async def sent(pool: Pool, one: Announcement) -> None:
    """It has left, and whoever takes it has said so."""
    await pool.execute(
        "UPDATE announcement SET sent_at = clock_timestamp()"
        " WHERE municipality = $1 AND announcement_id = $2 AND channel = $3",
        one.municipality,
        one.announcement_id,
        one.channel,
    )


async def _make(
    tx: Tx,
    municipality: str,
    name: str,
    news: News,
    channels: Sequence[Channel],
    day: date | None = None,
) -> None:
    """A row for every receiver, unless it is there; what is told may say so with its ``name``."""
    whose = (municipality, uuid5(_NAMESPACE, f"{municipality}/{name}"))
    told = (news.about, day, news.model_dump(mode="json"))
    await tx.executemany(
        "INSERT INTO announcement (municipality, announcement_id, channel, about, day, contents)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        [(*whose, channel, *told) for channel in channels],
    )


async def _digest(tx: Tx, municipality: str) -> Digest:
    since, until, looked_at, open_cases, oldest = await _frame(tx, municipality)
    kinds = await tx.fetch(_KINDS, municipality, since)
    stuck = await tx.fetch(_STUCK, municipality)
    return Digest(
        since=since,
        until=until,
        open_cases=open_cases,
        kinds=tuple(OfKind.model_validate(dict(row)) for row in kinds),
        silent_peers=tuple(row["peer"] for row in await tx.fetch(_SILENT, municipality)),
        stuck={Stuck(row["kind"]): row["number"] for row in stuck},
        oldest_due_on=oldest,
        looked_at=looked_at,
    )


async def _frame(tx: Tx, municipality: str) -> Row:
    row = await tx.fetchrow(_FRAME, municipality)
    if row is None:
        raise LookupError("a query without FROM always has a row")
    return row


def _announcement(row: Row) -> Announcement:
    return Announcement(
        row["municipality"],
        row["announcement_id"],
        Channel(row["channel"]),
        _NEWS.validate_python(row["contents"]),
        row["made_at"],
    )


_UNANNOUNCED = """
SELECT municipality, peer, code, step, first_seen FROM incident_kind WHERE announced_at IS NULL
ORDER BY first_seen LIMIT $1 FOR UPDATE SKIP LOCKED
"""

_DUE = """
SELECT m.municipality, today.day FROM municipality m
CROSS JOIN LATERAL (SELECT business_day() AS day) today
WHERE business_now() >= (today.day + $1::text::time) AT TIME ZONE 'Asia/Tokyo'
AND NOT EXISTS (SELECT FROM announcement a WHERE a.municipality = m.municipality
    AND a.about = 'digest' AND a.day = today.day)
"""

# A pause begins with the attempt: whoever is killed over it is followed by another when it ends.
_CLAIM = """
UPDATE announcement a SET attempts = attempts + 1,
    next_at = clock_timestamp() + least(make_interval(secs => $2 * 2.0 ^ least(attempts, 30)),
        interval '1 hour')
FROM (SELECT municipality, announcement_id, channel FROM announcement
    WHERE sent_at IS NULL AND next_at <= clock_timestamp() AND channel = ANY($3)
    ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED) due
WHERE (a.municipality, a.announcement_id, a.channel)
    = (due.municipality, due.announcement_id, due.channel)
RETURNING a.municipality, a.announcement_id, a.channel, a.contents, a.made_at
"""

_FRAME = """
SELECT coalesce((SELECT max(made_at) FROM announcement
            WHERE municipality = $1 AND about = 'digest'),
        clock_timestamp() - interval '1 day') AS since,
    clock_timestamp() AS until,
    (SELECT looked_at FROM watch_round WHERE municipality = $1) AS looked_at,
    (SELECT count(*) FROM case_file WHERE municipality = $1 AND state = 'open') AS open_cases,
    (SELECT min(due_on) FROM case_file c WHERE c.municipality = $1 AND c.state = 'open' AND (
        EXISTS (SELECT FROM incident i WHERE i.municipality = $1 AND i.case_id = c.case_id
            AND i.state <> 'closed')
        OR EXISTS (SELECT FROM stuck_case s WHERE s.municipality = $1 AND s.case_id = c.case_id
            AND s.state = 'standing'))) AS oldest
"""

_KINDS = """
SELECT coalesce(peer, '') AS peer, code, step,
    count(*) FILTER (WHERE opened_at >= $2) AS opened,
    count(*) FILTER (WHERE closed_at >= $2) AS closed,
    count(*) FILTER (WHERE state <> 'closed') AS open
FROM incident WHERE municipality = $1 AND (state <> 'closed' OR closed_at >= $2)
GROUP BY 1, code, step ORDER BY open DESC, code, step
"""

_SILENT = "SELECT peer FROM peer_note WHERE municipality = $1 AND closed_at IS NULL ORDER BY peer"

_STUCK = """
SELECT kind, count(*) AS number FROM stuck_case WHERE municipality = $1 AND state = 'standing'
GROUP BY kind ORDER BY kind
"""
