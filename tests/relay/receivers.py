"""Whom operations have told: a real webhook and a real mail server that keep what reaches them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from clients.inbox import Push

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from email.message import EmailMessage


class Posted(NamedTuple):
    """What was posted, and the signature it came with."""

    push: Push
    signature: str


class Hook:
    """A webhook; ``says`` is the status it answers, ``held`` keeps it from answering at all."""

    def __init__(self) -> None:
        self.url = ""
        self.says = 204
        self.posted: list[Posted] = []
        self.open = asyncio.Event()
        self.open.set()

    async def take(self, request: web.Request) -> web.Response:
        """Keep what came, and answer."""
        told = request.headers
        push = Push(told["Message-Id"], told["Municipality"], await request.read())
        self.posted.append(Posted(push, told["Signature"]))
        await self.open.wait()
        return web.Response(status=self.says)


@asynccontextmanager
async def a_hook() -> AsyncGenerator[Hook]:
    """A webhook on a port of its own."""
    hook = Hook()
    app = web.Application()
    app.router.add_post("/juki", hook.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/juki"
    try:
        yield hook
    finally:
        hook.open.set()
        await runner.cleanup()


class PostOffice:
    """A mail server that understands as much of RFC 5321 as a sender of plain mail needs."""

    def __init__(self) -> None:
        self.port = 0
        self.says = "250 OK"
        self.mails: list[EmailMessage] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        writer.write(b"220 post office\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self._keep(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(f"{self._answer(verb)}\r\n".encode())
            if verb == b"QUIT":
                break
        writer.close()

    def _answer(self, verb: bytes) -> str:
        if verb == b"QUIT":
            return "221 bye"
        return self.says if verb == b"RCPT" else "250 OK"

    def _keep(self, data: bytes) -> None:
        self.mails.append(message_from_bytes(data.removesuffix(b".\r\n"), policy=policy.default))


@asynccontextmanager
async def a_post_office() -> AsyncGenerator[PostOffice]:
    """A mail server on a port of its own."""
    office = PostOffice()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
