"""The one way into the register: a transaction that knows its municipality, actor and purpose."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from domain.acting import Acting

    Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Tx: TypeAlias = Connection | asyncpg.Connection[asyncpg.Record]
    Row: TypeAlias = asyncpg.Record
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]

# Outcomes nobody knows, and conditions that pass: the next attempt reads what is there.
# InternalClientError is what asyncpg raises when the server dies during COMMIT.
_PASSING = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)


class Transactions:
    """Opens transactions on one pool; the pool belongs to whoever composed this process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def open(self, acting: Acting, alone_at: str = "") -> AsyncGenerator[Tx]:
        """Run the block in one transaction, sealed to ``acting.municipality``.

        With ``alone_at`` it begins once no other transaction is open at the place so named: it
        reads whatever that one wrote.
        Raises `Unavailable` when the database is away or its outcome is unknown; nothing of the
        server's error text is kept, because it may quote values.
        """
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(
                    "SELECT set_config('juki.municipality', $1, true),"
                    " set_config('juki.actor', $2, true), set_config('juki.purpose', $3, true),"
                    " CASE WHEN $4 <> '' THEN pg_advisory_xact_lock(hashtextextended($4, 0)) END",
                    acting.municipality,
                    acting.actor,
                    acting.purpose,
                    alone_at,
                )
                yield connection
        except _PASSING as failure:
            raise Unavailable(f"DATABASE_{type(failure).__name__.upper()}") from None
