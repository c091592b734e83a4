"""A peer that says whatever a test tells it, byte by byte, over a real socket."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp

from clients.wire import Wire
from local.ports import LOCALHOST

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def a_wire_to(talk: Talk, *, patience: float = 5.0) -> AsyncGenerator[Wire]:
    """The client side of a peer that handles each connection with ``talk``."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(converse, LOCALHOST, 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as session:
        yield Wire(session, f"http://{LOCALHOST}:{port}/base/", patience)


def saying(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Talk:
    """A peer that answers one request with a whole response."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(response(status, body, headers))
        await writer.drain()

    return talk


async def request_of(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """The head and the body of the next request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(
        (line.split(":")[1] for line in head.splitlines() if line.startswith("Content-Length")), "0"
    )
    return head, await reader.readexactly(int(length))


def response(status: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """The bytes of a response."""
    lines = [f"{name}: {value}" for name, value in (headers or {}).items()]
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body
