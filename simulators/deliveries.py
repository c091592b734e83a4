"""Notices one system here owes to another: written with their cause, sent until they arrive.

Each is a row of the cause's own transaction, so a restart loses none.  The receiver is idempotent
by the notice's id, and passes over a notice older than what it has, so order does not matter.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import aiohttp

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from simulators.ledger import Connection
    from simulators.outside import Outside

log = logging.getLogger(__name__)

_AT_ONCE = 32
_LONGEST_PAUSE = 5.0
_MOMENT = 0.01  # so that neighbours go out together
_ARRIVED, _REFUSED = 200, 422


class Notice(NamedTuple):
    """A notice about one ``subject``, owed because of the message ``cause``."""

    cause: UUID
    municipality: str
    subject: str
    kind: str
    contents: dict[str, object]


class Deliveries:
    """The notices of one system, all of which go to 中間サーバー."""

    def __init__(self, sender: str, pool: asyncpg.Pool, outside: Outside) -> None:
        self._sender = sender
        self._pool = pool
        self._outside = outside
        self._nudged = asyncio.Event()
        self._crowded = False
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._loop: asyncio.Task[None] | None = None

    async def owe(self, connection: Connection, notice: Notice) -> None:
        """Write a notice down inside the transaction of its cause."""
        delay = self._outside.delays.of(self._sender, notice.kind, notice.municipality)
        await connection.execute(
            "INSERT INTO deliveries (cause, municipality, subject, kind, contents, due_at)"
            " VALUES ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6))",
            *notice,
            delay,
        )

    def nudge(self) -> None:
        """Look for due notices now."""
        self._nudged.set()

    def start(self) -> None:
        """Begin sending."""
        self._loop = asyncio.create_task(self._run(), name=f"deliveries of {self._sender}")

    async def stop(self) -> None:
        """Stop sending; what is under way is sent again after the next start."""
        tasks = [*self._under_way.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._nudged.clear()
            try:
                pause = await self._send_what_is_due()
            except Exception:
                log.exception("deliveries of %s stumbled", self._sender)
                pause = 1.0
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), pause)

    async def _send_what_is_due(self) -> float | None:
        """Start sending due notices; the seconds until the next is due, if any is owed."""
        room = _AT_ONCE - len(self._under_way)
        rows = await self._pool.fetch(
            "SELECT id, message_id, municipality, subject, kind, contents, attempts,"
            " extract(epoch FROM due_at - clock_timestamp())::float8 AS wait FROM deliveries"
            " WHERE delivered_at IS NULL AND id <> ALL($1) ORDER BY due_at LIMIT $2",
            [*self._under_way],
            room + 1,
        )
        self._crowded = len(rows) > room
        for row in rows[:room]:
            if row["wait"] > 0:
                return row["wait"] + _MOMENT
            self._under_way[row["id"]] = asyncio.create_task(self._deliver(row))
        return None

    async def _deliver(self, row: asyncpg.Record) -> None:
        status = 0
        try:
            status = await self._send(row)
            await self._note(row, status)
        finally:
            del self._under_way[row["id"]]
            if self._crowded or status != _ARRIVED:
                self.nudge()

    async def _note(self, row: asyncpg.Record, status: int) -> None:
        """Note the attempt; after a refusal, which stands for ever, the next has a new id."""
        await self._pool.execute(
            "UPDATE deliveries SET attempts = attempts + 1,"
            " delivered_at = CASE WHEN $2 THEN clock_timestamp() END,"
            " message_id = CASE WHEN $3 THEN gen_random_uuid() ELSE message_id END,"
            " due_at = CASE WHEN $2 THEN due_at"
            " ELSE clock_timestamp() + make_interval(secs => $4) END WHERE id = $1",
            row["id"],
            status == _ARRIVED,
            status == _REFUSED,
            min(0.1 * 2.0 ** min(row["attempts"], 10), _LONGEST_PAUSE),
        )

    async def _send(self, row: asyncpg.Record) -> int:
        """Put the notice, twice where a fault says so; the last status, 0 for none."""
        url = f"{self._outside.url}/intermediate-server/messages/{row['message_id']}"
        body: dict[str, object] = {
            "message_id": str(row["message_id"]),
            "municipality": row["municipality"],
            "kind": row["kind"],
            "subject": row["subject"],
            "version": row["id"],
            "contents": row["contents"],
        }
        if self._outside.faults.doubles(self._sender, row["municipality"], row["kind"]):
            await self._put(url, row["municipality"], body)
        return await self._put(url, row["municipality"], body)

    async def _put(self, url: str, municipality: str, body: dict[str, object]) -> int:
        try:
            async with self._outside.session.put(
                url,
                data=json.dumps(body, ensure_ascii=False).encode(),
                headers={"Municipality": municipality, "Content-Type": "application/json"},
            ) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0
