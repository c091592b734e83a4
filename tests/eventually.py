"""Waiting for what must come true, and giving up on what does not."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

SETTLED = 60.0
"""Seconds after which a test gives up waiting for what should take one; machines may be busy."""


async def eventually(asked: Callable[[], Awaitable[T]], *, within: float = SETTLED) -> T:
    """Ask until the answer is true, and return it; raises TimeoutError when it never is."""
    async with asyncio.timeout(within):
        for _ in itertools.count():
            if answer := await asked():
                return answer
            await asyncio.sleep(0.05)
    raise AssertionError
