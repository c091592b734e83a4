"""Blows: SIGKILL to whatever is running, at instants of chance, and everything started again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import psutil

from bench.survive.chance import instants
from local.stack import FLOORS, PROCESSES
from local.supervisor import StackFailed

if TYPE_CHECKING:
    from random import Random

    from local.stack import LocalStack

BACKEND = "postgres session"
EVERYTHING = "everything"
_WEIGHTS = {
    "worker": 5,
    "relay": 3,
    "api": 3,
    "simulators": 3,
    BACKEND: 3,
    "postgres": 2,
    "temporal": 2,
    EVERYTHING: 1,
}
_AT_ONCE = (1, 1, 1, 2)
_LONGEST_DOWN = 1.5
# Of ours or of the simulators; PostgreSQL ends all other sessions with one that was killed.
_SESSIONS = ("postgres: juki_", "postgres: outside")
# What PostgreSQL leaves behind keeps it from starting for a while, longer where much goes on.
_SECONDS_TO_STAND = 180


@dataclass
class Blows:
    """Kills one thing after the other, now and then two together, and has them started again.

    ``pause`` is the mean of seconds from one blow's mending to the next blow.
    """

    stack: LocalStack
    rng: Random
    pause: float
    dealt: Counter[str] = field(default_factory=Counter[str])

    async def fall(self, enough: asyncio.Event) -> None:
        """Until it is enough; then everything stands again."""
        async for _ in instants(self.rng, self.pause, enough):
            times = self.rng.choice(_AT_ONCE)
            await self.strike({*self.rng.choices([*_WEIGHTS], [*_WEIGHTS.values()], k=times)})

    async def strike(self, targets: set[str]) -> None:
        """One blow, and the mending of it."""
        self.dealt.update(targets)
        if BACKEND in targets:
            self._kill_session()
        names = set(PROCESSES) if EVERYTHING in targets else targets.intersection(PROCESSES)
        await asyncio.gather(*(self.stack.kill(name) for name in names))
        await asyncio.sleep(self.rng.uniform(0, _LONGEST_DOWN))
        for floor in FLOORS:
            await asyncio.gather(*(self._start(name) for name in floor if name in names))

    async def _start(self, name: str) -> None:
        deadline = monotonic() + _SECONDS_TO_STAND
        while True:
            try:
                return await self.stack.start(name)
            except StackFailed:
                if monotonic() > deadline:
                    raise

    def _kill_session(self) -> None:
        """SIGKILL to one backend, chosen by chance."""
        with suppress(psutil.Error, ProcessLookupError):
            sessions = _sessions(self.stack.pid("postgres"))
            if sessions:
                os.kill(self.rng.choice(sessions), signal.SIGKILL)


def _sessions(postmaster: int | None) -> list[int]:
    if postmaster is None:
        return []
    served = psutil.Process(postmaster).children()
    return [one.pid for one in served if " ".join(one.cmdline()).startswith(_SESSIONS)]
