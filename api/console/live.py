"""Pages that keep up: a stream says that what is shown has changed, and the page asks for it."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from fastapi.responses import StreamingResponse

from domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Look = Callable[[], Awaitable[str]]

_LOOK = 2.0
# A stream ends after some minutes and the browser opens another: so a session is looked at anew.
_LOOKS = 150


def mark(*parts: object) -> str:
    """Two pages that would show the same have the same mark."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def changes(changed: Look, **beside: Look) -> StreamingResponse:
    """Send the mark whenever it changes, and under its own name whatever else is looked at.

    A register that is away for a while ends nothing.
    """
    return StreamingResponse(_told({"changed": changed} | beside), media_type="text/event-stream")


async def _told(looks: dict[str, Look]) -> AsyncGenerator[str]:
    seen: dict[str, str] = {}
    for _ in range(_LOOKS):
        for event, look in looks.items():
            now = await _seen(look, seen.get(event, ""))
            if now != seen.get(event):
                yield f"event: {event}\ndata: {now}\n\n"
            seen[event] = now
        yield ": looked\n\n"
        await asyncio.sleep(_LOOK)


async def _seen(look: Look, before: str) -> str:
    """One line; what was seen before while the register is away."""
    try:
        return " ".join((await look()).splitlines())
    except Unavailable:
        return before
