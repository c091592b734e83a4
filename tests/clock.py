"""The clock of one house, which tests may move."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.dates import JST, jst_day
from register import clock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Clock:
    """The business clock of one house."""

    def __init__(self, owner_url: str) -> None:
        self._owner_url = owner_url

    async def now(self) -> datetime:
        """What time the office goes by."""
        async with self._owner() as owner:
            return await owner.fetchval("SELECT business_now()")

    async def today(self) -> date:
        """The day in Japan."""
        return jst_day(await self.now())

    async def to(self, day: date, at: time = time(9)) -> None:
        """Make it this time of this day in Japan."""
        await self.at(datetime.combine(day, at, JST))

    async def at(self, instant: datetime) -> None:
        """Make it this instant."""
        async with self._owner() as owner:
            true = await owner.fetchval("SELECT clock_timestamp()")
            await clock.move(owner, instant - true)

    async def right(self) -> None:
        """Show the true time again."""
        async with self._owner() as owner:
            await clock.move(owner, timedelta())

    @asynccontextmanager
    async def _owner(self) -> AsyncGenerator[Any]:
        owner = await asyncpg.connect(self._owner_url)
        try:
            yield owner
        finally:
            await owner.close()
