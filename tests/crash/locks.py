"""Seeing where a process stands: at a lock that the test holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.eventually import eventually

if TYPE_CHECKING:
    import asyncpg


async def waits_for_a_lock(owner: asyncpg.Connection, application: str) -> None:
    """Wait until a process, by the name it gives the database, stands at a lock of ours."""

    async def waits() -> bool:
        await owner.execute("SELECT pg_stat_clear_snapshot()")
        return await owner.fetchval(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1"
            " AND datname = current_database() AND wait_event_type = 'Lock')",
            application,
        )

    await eventually(waits)
