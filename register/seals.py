"""The sealer: chains what the logs have gained, inside the database; nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from register.transactions import Pool

MOST = 1000
"""Rows of one log under one seal, at most."""


async def seal_once(pool: Pool, most: int = MOST) -> int:
    """Seal every log of every municipality as far as it is settled; returns how many rows.

    Settled is what is older than every transaction still running: nothing can slip in behind it.
    Any number of sealers may run; where one is at work the others pass on.
    """
    async with pool.acquire() as connection:
        towns = await connection.fetch("SELECT served_municipalities() AS code")
    return sum([await _seal_town(pool, town["code"], most) for town in towns])


async def _seal_town(pool: Pool, town: str, most: int) -> int:
    """Each batch is a transaction of its own, so that a long one never holds back the logs."""
    total = 0
    while sealed := await pool.fetchval("SELECT seal_logs($1, $2)", town, most):
        total += sealed
        if sealed < most:
            break
    return total
