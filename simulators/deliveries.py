"""Notices a system here owes to another, or to a municipality's inbox: sent until they arrive.

Each is a row of its cause's own transaction, so a restart loses none.  They arrive at least once
and in any order: a failed one is sent again after others have overtaken it.  The receiver is
idempotent by the notice's id.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from simulators.faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import asyncpg

    from simulators.ledger import Connection
    from simulators.outside import Outside
    from simulators.ways import Way

log = logging.getLogger(__name__)

_AT_ONCE = 32
_LONGEST_PAUSE = 5.0
_MOMENT = 0.01  # so that neighbours go out together
_ARRIVED = range(200, 300)
_REFUSED, _NO_ANSWER = 422, 0
_CLOSED_PAUSE = 0.5


class Notice(NamedTuple):
    """A notice about one ``subject``, owed because of the message ``cause``.

    ``message_id`` is the id it travels under, for ever; without one it gets a new id of its own.
    """

    cause: UUID
    municipality: str
    subject: str
    kind: str
    contents: Mapping[str, object]
    message_id: UUID | None = None


class Deliveries:
    """The notices of one system; ``ways`` tells how each kind travels."""

    def __init__(
        self, sender: str, pool: asyncpg.Pool, outside: Outside, ways: Mapping[str, Way]
    ) -> None:
        self._sender = sender
        self._pool = pool
        self._outside = outside
        self._ways = ways
        self._nudged = asyncio.Event()
        self._crowded = False
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._loop: asyncio.Task[None] | None = None

    async def owe(self, connection: Connection, notice: Notice) -> None:
        """Write a notice down inside the transaction of its cause."""
        delay = self._outside.delays.of(self._sender, notice.kind, notice.municipality)
        await connection.execute(
            "INSERT INTO deliveries"
            " (cause, municipality, subject, kind, contents, message_id, due_at)"
            " VALUES ($1, $2, $3, $4, $5, coalesce($6, gen_random_uuid()),"
            " clock_timestamp() + make_interval(secs => $7))",
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
        status = _NO_ANSWER
        try:
            if self._ways[row["kind"]].is_open(row["municipality"]):
                status = await self._send(row)
                await self._note(row, status)
            else:
                await self._put_off(row)
        finally:
            del self._under_way[row["id"]]
            if self._crowded or status not in _ARRIVED:
                self.nudge()

    async def _put_off(self, row: asyncpg.Record) -> None:
        """Outside our hours: look again soon, because clock and hours may be moved."""
        await self._pool.execute(
            "UPDATE deliveries SET due_at = clock_timestamp() + make_interval(secs => $2)"
            " WHERE id = $1",
            row["id"],
            _CLOSED_PAUSE,
        )

    async def _note(self, row: asyncpg.Record, status: int) -> None:
        """Note the attempt; what 中間サーバー refused, which stands for ever, gets a new id."""
        refused = status == _REFUSED and row["kind"] in _RENAMED
        await self._pool.execute(
            "UPDATE deliveries SET attempts = attempts + 1,"
            " delivered_at = CASE WHEN $2 THEN clock_timestamp() END,"
            " message_id = CASE WHEN $3 THEN gen_random_uuid() ELSE message_id END,"
            " due_at = CASE WHEN $2 THEN due_at"
            " ELSE clock_timestamp() + make_interval(secs => $4) END WHERE id = $1",
            row["id"],
            status in _ARRIVED,
            refused,
            min(0.1 * 2.0 ** min(row["attempts"], 10), _LONGEST_PAUSE),
        )

    async def _send(self, row: asyncpg.Record) -> int:
        """Send as the fault that is armed says; the last status, 0 for none we know of."""
        way = self._ways[row["kind"]]
        fault = self._outside.faults.on_notice(self._sender, row["municipality"], row["kind"])
        match fault and fault.kind:
            case FaultKind.LOSE_REQUEST:
                return _NO_ANSWER
            case FaultKind.LOSE_REPLY:
                await way.send(row)
                return _NO_ANSWER
            case FaultKind.DUPLICATE:
                await way.send(row)
            case FaultKind.SLOW if fault:
                await asyncio.sleep(fault.seconds)
            case _:
                pass
        return await way.send(row)


_RENAMED = frozenset({"AT-02", "AT-03", "SYMBOL"})
