"""The relay's rounds: what was accepted is started, what was written for a case wakes it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

import structlog
from temporalio.service import RPCError

from register import gate_rounds, outbox
from register.wakeups import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from register.outbox import Due
    from register.transactions import Connection, Pool
    from relay.engine import Engine

_log = structlog.stdlib.get_logger()
_BATCH = 200
_AT_ONCE = 20
# Births of the same instant do not see each other's draws: somebody looks after them.
_STOCK_LOOK = 10.0
_CALENDAR_LOOK = 10.0


_LONGEST = 300.0


class _Woken(NamedTuple):
    """When a case is woken again, and after which pause."""

    again_at: float
    pause: float


class Rounds:
    """Goes round whenever somebody wrote something, and every ``interval`` seconds anyway.

    A case that has not taken its wake-up is woken again after ``repeat`` seconds, then less and
    less often: a signal stays in the engine's history for ever.
    """

    def __init__(self, pool: Pool, engine: Engine, *, interval: float, repeat: float) -> None:
        self._pool = pool
        self._engine = engine
        self._interval = interval
        self._repeat = repeat
        self._called = asyncio.Event()
        self._woken: dict[int, _Woken] = {}
        """By the newest wake-up a case has not taken."""

    async def run(self) -> None:
        """Go round until cancelled."""
        await asyncio.gather(self._listen(), self._go_round())

    async def start_accepted(self) -> int:
        """Start every case the engine has not been told of."""
        due = await outbox.unstarted(self._pool, _BATCH)
        told = await self._tell(due, self._engine.start)
        if told:
            await outbox.started(self._pool, told)
        return len(told)

    async def wake(self) -> int:
        """Wake every case with something new to take, and again whoever still has not taken it."""
        now = time.monotonic()
        known = {one: rest for one, rest in self._woken.items() if rest.again_at > now - _LONGEST}
        resting = [one for one, rest in known.items() if rest.again_at > now]
        due = await outbox.to_wake(self._pool, _BATCH, resting)
        told = [one.wakeup for one in await self._tell(due, self._engine.wake)]
        pauses = {one: known[one].pause * 2 if one in known else self._repeat for one in told}
        woken = {one: _Woken(now + pause, min(pause, _LONGEST)) for one, pause in pauses.items()}
        self._woken = known | woken
        return len(told)

    async def watch_stock(self) -> None:
        """Order codes where nobody noticed that they run low."""
        while True:
            try:
                await outbox.order_top_ups(self._pool)
            except Exception as failure:  # noqa: BLE001 - whatever it was, look again later
                _log.warning("stock_not_watched", error=type(failure).__name__)
            await asyncio.sleep(_STOCK_LOOK)

    async def let_through(self) -> int:
        """Let through who waits at gates, as each gate's budget allows; how many cases."""
        gates = await gate_rounds.due(self._pool)
        return sum([await gate_rounds.let_through(self._pool, gate) for gate in gates])

    async def watch_gates(self) -> None:
        """Let through who waits at gates, round after round, beside what else the relay does."""
        while True:
            try:
                await self.let_through()
            except Exception as failure:  # noqa: BLE001 - whatever it was, look again later
                _log.warning("gates_not_watched", error=type(failure).__name__)
            await asyncio.sleep(self._interval)

    async def watch_calendar(self) -> None:
        """Open what is due by the calendar."""
        while True:
            try:
                await outbox.open_what_is_due(self._pool)
            except Exception as failure:  # noqa: BLE001 - whatever it was, look again later
                _log.warning("calendar_not_watched", error=type(failure).__name__)
            await asyncio.sleep(_CALENDAR_LOOK)

    async def _go_round(self) -> None:
        while True:
            self._called.clear()
            try:
                busy = await self.start_accepted() + await self.wake()
            except Exception as failure:  # noqa: BLE001 - database or engine away: the rows stay
                _log.warning("round_failed", error=type(failure).__name__)
                busy = 0
            if not busy:
                await self._called_or(self._interval)

    async def _called_or(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._called.wait(), seconds)
        except TimeoutError:
            return

    async def _listen(self) -> None:
        """Hear of new rows at once; a lost connection only makes the relay slower."""
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await self._hear(connection)
            except Exception as failure:  # noqa: BLE001 - whatever it was, listen again
                _log.warning("listening_again", error=type(failure).__name__)
                await asyncio.sleep(1)

    async def _hear(self, connection: Connection) -> None:
        await connection.add_listener(CHANNEL, self._call)
        try:
            while not connection.is_closed():  # noqa: ASYNC110 - asyncpg has no event for it
                await asyncio.sleep(1)
        finally:
            if not connection.is_closed():
                await connection.remove_listener(CHANNEL, self._call)

    def _call(self, *_: object) -> None:
        self._called.set()

    async def _tell(self, due: Sequence[Due], tell: Callable[[Due], Awaitable[None]]) -> list[Due]:
        """Tell the engine of several cases at once; those it took are returned."""
        gate = asyncio.Semaphore(_AT_ONCE)
        told: list[Due] = []

        async def one(case: Due) -> None:
            async with gate:
                try:
                    await tell(case)
                except RPCError as failure:
                    _log.warning("engine_away", status=failure.status.name)
                    return
            told.append(case)

        await asyncio.gather(*(one(case) for case in due))
        return told
