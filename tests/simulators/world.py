"""The outside world on a real socket and a real database, and the ways tests talk to it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg
import uvicorn

from local.ports import LOCALHOST
from simulators.app import create_app
from simulators.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from uuid import UUID


KEEP_ALIVE = 75
"""Seconds; longer than any client keeps an idle connection, so that none is closed in its face."""


class World:
    """Where the simulators listen, and their control doors."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def arm(self, municipality: str, **fault: Any) -> None:
        """Arm one fault for one municipality."""
        await self.scenario(municipality, fault)

    async def scenario(self, municipality: str, *faults: dict[str, Any]) -> None:
        """Arm faults that follow each other."""
        armed = [{"municipality": municipality, **fault} for fault in faults]
        await self.control("POST", "faults", {"faults": armed})

    async def armed(self, municipality: str) -> list[dict[str, Any]]:
        """The faults that still wait for a municipality."""
        return await self.control("GET", f"faults?municipality={municipality}")

    async def ledger(self, system: str, municipality: str) -> dict[str, Any]:
        """What a system holds of one municipality."""
        return await self.control("GET", f"{system}/ledger?municipality={municipality}")

    async def control(self, method: str, door: str, body: object = None) -> Any:
        """Knock at a control door."""
        url = f"{self.url}/_control/{door}"
        async with self.session.request(method, url, json=body) as response:
            response.raise_for_status()
            return await response.json() if response.status == 200 else None

    async def put(
        self, system: str, municipality: str, telegram_id: UUID, body: bytes
    ) -> tuple[int, Any]:
        """Send as any HTTP client would; the status and the JSON."""
        return await self._exchange("PUT", system, municipality, telegram_id, body)

    async def get(self, system: str, municipality: str, telegram_id: UUID) -> tuple[int, Any]:
        """Look up as any HTTP client would."""
        return await self._exchange("GET", system, municipality, telegram_id, None)

    async def _exchange(
        self, method: str, system: str, municipality: str, telegram_id: UUID, body: bytes | None
    ) -> tuple[int, Any]:
        url = f"{self.url}/{_COLLECTIONS[system]}/{telegram_id}"
        headers = {"Municipality": municipality}
        async with self.session.request(method, url, data=body, headers=headers) as response:
            return response.status, await response.json()


_COLLECTIONS = {
    "jlis": "jlis/telegrams",
    "unified_addressee": "unified-addressee/requests",
    "intermediate_server": "intermediate-server/messages",
    "mynaportal": "mynaportal/statuses",
}


@asynccontextmanager
async def a_world(database_url: str, **settings: Any) -> AsyncGenerator[World]:
    """The simulators in this event loop, on a free port."""
    # Named as TCP, or asyncio does not switch Nagle off and every answer takes 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind((LOCALHOST, 0))
        port = listener.getsockname()[1]
        app = create_app(Settings(database_url=database_url, port=port, **settings))
        config = uvicorn.Config(
            app,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=KEEP_ALIVE,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await _started(server, serving)
            async with aiohttp.ClientSession() as session:
                yield World(f"http://{LOCALHOST}:{port}", session)
        finally:
            server.should_exit = True
            await serving


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not server.started:
            if serving.done():
                raise RuntimeError("the simulators did not start")
            await asyncio.sleep(0.01)


async def count_schemas(database_url: str) -> int:
    """How many systems have made their tables."""
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval(
            "SELECT count(DISTINCT table_schema) FROM information_schema.tables"
            " WHERE table_name = 'messages'"
        )
    finally:
        await connection.close()
