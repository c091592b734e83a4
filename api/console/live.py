"""Pages that keep up: a stream says that what is shown has changed, and the page asks for it."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from fastapi.responses import StreamingResponse

from domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

_LOOK = 2.0
# A stream ends after some minutes and the browser opens another: so a session is looked at anew.
_LOOKS = 150


def mark(*parts: object) -> str:
    """Two pages that would show the same have the same mark."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def changes(look: Callable[[], Awaitable[str]]) -> StreamingResponse:
    """Send the mark whenever it changes; a register that is away for a while ends nothing."""
    return StreamingResponse(_told(look), media_type="text/event-stream")


async def _told(look: Callable[[], Awaitable[str]]) -> AsyncGenerator[str]:
    seen = ""
    for _ in range(_LOOKS):
        try:
            now = await look()
        except Unavailable:
            now = seen
        yield f"event: changed\ndata: {now}\n\n" if now != seen else ": unchanged\n\n"
        seen = now
        await asyncio.sleep(_LOOK)
