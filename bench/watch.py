"""Watching the register: many await something there, and one connection looks for all of them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from local.stack import LocalStack
    from register.transactions import Row

_GLANCE = 0.02
_PATIENCE = 120

ENDED = (
    "SELECT case_number AS key, extract(epoch FROM ended_at)::float8 AS ended, state"
    " FROM case_file WHERE municipality = ANY($2) AND case_number = ANY($1)"
    " AND ended_at IS NOT NULL"
)
"""Which case ended when, in seconds since the epoch, and how."""

EXPECTED = """
SELECT encode(p.key, 'hex') AS key, f.case_number FROM certificate_person p
    JOIN inbox_state s USING (municipality, message_id)
    JOIN case_file f USING (municipality, case_id)
    JOIN case_wait w USING (municipality, case_id)
WHERE p.municipality = ANY($2) AND s.state = 'attached'
    AND p.key = ANY(SELECT decode(hashed, 'hex') FROM unnest($1::text[]) hashed)
    AND w.kind = 'visit' AND NOT w.over
"""
"""Which 特例転入 waits for the visit of whom, by the keyed hash of a code, in hexadecimal."""


class Watch:
    """Answers one question for everybody who waits, by a connection that looks every 20 ms.

    What is seen are instants of the register itself, so how often we look changes no latency; it
    only delays, by 10 ms in the mean, what follows.
    """

    def __init__(
        self, connection: asyncpg.Connection[asyncpg.Record], question: str, towns: list[str]
    ) -> None:
        self._connection = connection
        self._question = question
        self._towns = towns
        self._awaited: dict[str, asyncio.Future[Row]] = {}

    async def seen(self, key: str) -> Row:
        """Wait for the row with this key."""
        self._awaited[key] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._awaited[key]
        finally:
            del self._awaited[key]

    async def look(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(_GLANCE)
            if self._awaited:
                await self._look_once()

    async def _look_once(self) -> None:
        rows = await self._connection.fetch(self._question, list(self._awaited), self._towns)
        for row in rows:
            waiting = self._awaited.get(row["key"])
            if waiting is not None and not waiting.done():
                waiting.set_result(row)


@asynccontextmanager
async def watching(stack: LocalStack, question: str, *towns: str) -> AsyncGenerator[Watch]:
    """A watch for as long as the block lasts; as administrator, so that no count includes it."""
    connection = await asyncpg.connect(stack.database_url("postgres"))
    watch = Watch(connection, question, list(towns))
    looking = asyncio.create_task(watch.look())
    try:
        yield watch
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await connection.close()
