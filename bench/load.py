"""Load: so many of one thing, so many of them at a time."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.meters import Reading


@dataclass
class Tally:
    """Everything measured of one kind of work at one concurrency, over all its rounds."""

    concurrency: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])
    """Seconds each took."""
    ids: list[str] = field(default_factory=list[str])
    rates: list[float] = field(default_factory=list[float])
    """Per second, round by round."""
    used: list[Reading] = field(default_factory=list["Reading"])

    @property
    def count(self) -> int:
        """How many were done."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """How many were done a second."""
        return self.count / self.seconds

    def percentile(self, share: int) -> float:
        """The latency in seconds that ``share`` of a hundred stay within."""
        return statistics.quantiles(self.latencies, n=100, method="inclusive")[share - 1]

    def cpu(self) -> dict[str, float]:
        """Milliseconds of processor time each one took, by process."""
        spent: dict[str, float] = {}
        for reading in self.used:
            for name, seconds in reading.cpu.items():
                spent[name] = spent.get(name, 0.0) + seconds * 1000 / self.count
        return spent

    def statements(self) -> float:
        """SQL statements each one took."""
        return sum(reading.statements for reading in self.used) / self.count

    def commits(self) -> float:
        """Transactions each one committed."""
        return sum(reading.commits for reading in self.used) / self.count


async def drive(tally: Tally, count: int, one: Callable[[], Awaitable[tuple[float, str]]]) -> None:
    """Do ``count`` of them, never more at a time than the tally's concurrency."""
    left = iter(range(count))
    began = time.perf_counter()

    async def lane() -> None:
        for _ in left:
            latency, name = await one()
            tally.latencies.append(latency)
            tally.ids.append(name)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(count, tally.concurrency)):
            group.create_task(lane())
    took = time.perf_counter() - began
    tally.seconds += took
    tally.rates.append(count / took)


def timed(ask: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[tuple[float, str]]]:
    """The same, with the seconds from asking to the answer."""

    async def one() -> tuple[float, str]:
        began = time.perf_counter()
        name = await ask()
        return time.perf_counter() - began, name

    return one
