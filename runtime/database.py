"""Connections to the register: one pool per process, every connection alike."""

from __future__ import annotations

import functools
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from runtime.settings import RegisterSettings

_encode = functools.partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def connected(
    settings: RegisterSettings, *, application: str
) -> AbstractAsyncContextManager[asyncpg.Pool]:
    """A pool for as long as the block lasts; ``application`` is how the server lists us."""
    return pool(
        settings.database_url.get_secret_value(),
        application=application,
        smallest=settings.database_pool_min,
        largest=settings.database_pool_max,
        patience=settings.database_timeout.total_seconds(),
    )


@asynccontextmanager
async def pool(
    url: str, *, application: str, smallest: int = 1, largest: int = 10, patience: float = 30
) -> AsyncGenerator[asyncpg.Pool]:
    """A pool on ``url``: UTC, jsonb as Python values, prepared statements kept."""
    connections = await asyncpg.create_pool(
        url,
        min_size=smallest,
        max_size=largest,
        timeout=patience,
        command_timeout=patience,
        init=prepare,
        reset=_leave_as_it_is,
        server_settings={"application_name": application, "timezone": "UTC"},
    )
    try:
        yield connections
    finally:
        await connections.close()


async def _leave_as_it_is(_: asyncpg.Connection) -> None:
    """Nothing outlives a transaction here: settings are local to it, so there is nothing to reset.

    asyncpg's own reset costs a round trip and a transaction each time a connection is handed back.
    """


async def prepare(connection: asyncpg.Connection) -> None:
    """Teach a connection our JSON: characters stay as they are written."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_encode, decoder=json.loads
        )
