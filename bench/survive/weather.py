"""Bad weather outside: faults armed at instants of chance, all of which pass by themselves."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from bench.survive.chance import instants
from bench.survive.stubborn import insist

if TYPE_CHECKING:
    import asyncio
    from random import Random

    from local.scenario.outside import Outside

_SYSTEMS = ("jlis", "unified_addressee", "intermediate_server", "mynaportal")
_KINDS = {
    "UNAVAILABLE": 3,
    "LOSE_REQUEST": 3,
    "LOSE_REPLY": 4,
    "SLOW": 2,
    "CLOSED": 1,
    "DUPLICATE": 2,
    "MALFORMED": 2,
}
_FORMS = ("CUT", "HTML", "EMPTY", "OTHER_MESSAGE", "MISSING_ITEM")
_ON_NOTICES = ("LOSE_REQUEST", "LOSE_REPLY", "SLOW")
_MOST_TIMES, _MOST_SKIPPED, _LONGEST = 3, 5, 3.0


@dataclass
class Weather:
    """Arms one fault after the other; ``pause`` is the mean of seconds between two.

    A killed simulator forgets what was armed, which is weather too.
    """

    towns: tuple[Outside, ...]
    rng: Random
    pause: float
    armed: Counter[str] = field(default_factory=Counter[str])

    async def change(self, enough: asyncio.Event) -> None:
        """Until it is enough; then it is calm."""
        async for _ in instants(self.rng, self.pause, enough):
            fault = self._fault()
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self.rng.choice(self.towns).arm(**fault)
                self.armed[fault["kind"]] += 1
        for town in self.towns:
            await insist(town.calm)

    def _fault(self) -> dict[str, Any]:
        kind = self.rng.choices([*_KINDS], [*_KINDS.values()])[0]
        fault: dict[str, Any] = {
            "system": self.rng.choice(_SYSTEMS),
            "kind": kind,
            "times": self.rng.randint(1, _MOST_TIMES),
            "skip": self.rng.randint(0, _MOST_SKIPPED),
        }
        if kind in {"SLOW", "CLOSED"}:
            fault["seconds"] = self.rng.uniform(0.2, _LONGEST)
        if kind == "MALFORMED":
            fault["form"] = self.rng.choice(_FORMS)
        if kind in _ON_NOTICES:
            fault["on"] = self.rng.choice(("send", "look_up", "notice"))
        return fault
