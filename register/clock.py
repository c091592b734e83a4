"""The business clock: the database's time plus an offset that only a local stack may move."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    import asyncpg

    from register.transactions import Tx


async def now(tx: Tx) -> datetime:
    """The instant the office goes by, with its zone."""
    return await tx.fetchval("SELECT business_now()")


async def move(owner: asyncpg.Connection[asyncpg.Record], shift: timedelta) -> None:
    """Put the clock ``shift`` away from true time, and wake every waiting case.

    For the installation's owner only; production has no reason to.
    """
    async with owner.transaction():
        await owner.execute("UPDATE business_clock SET shift = $1", shift)
        for town in await owner.fetch("SELECT municipality FROM municipality"):
            await owner.execute("SELECT set_config('juki.municipality', $1, true)", town[0])
            await owner.execute("SELECT wake_waiting('clock')")
    await owner.execute("NOTIFY juki_wakeups")
