"""Waiting for what must come true, and giving up on what does not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

SETTLED = 60.0
"""Seconds after which a test gives up waiting for what should take one; machines may be busy."""

_SHORTEST, _LONGEST = 0.02, 0.1


async def eventually(asked: Callable[[], Awaitable[T]], *, within: float = SETTLED) -> T:
    """Ask until the answer is true, and return it; raises TimeoutError when it never is."""
    pause = _SHORTEST
    async with asyncio.timeout(within):
        while not (answer := await asked()):
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST)
    return answer
