"""Instants of chance: something happens again and again, until it has been enough."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from random import Random


async def instants(rng: Random, mean: float, enough: asyncio.Event) -> AsyncGenerator[None]:
    """One instant after the other, ``mean`` seconds apart in the mean; what is begun is ended."""
    while not await _comes(enough, rng.expovariate(1 / mean)):
        yield


async def _comes(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
