"""Where municipalities take in what others push: it keeps everything, and answers as told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from clients import inbox
from clients.inbox import Push
from domain.telegrams import Peer
from local.ports import LOCALHOST

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from domain.moves import Arrival

SECRETS = {Peer.JLIS: "住基の合言葉", Peer.MYNAPORTAL: "申請の合言葉"}


class Delivered(NamedTuple):
    """One request to the inbox."""

    peer: Peer
    push: Push
    signature: str

    def read(self) -> Arrival:
        """What it says, once it is known to be genuine."""
        assert inbox.is_genuine(self.push, self.signature, SECRETS[self.peer])
        return inbox.read(self.peer, self.push.body)


class Inbox:
    """The inboxes of all municipalities; ``answers`` are given first, one each, then 202."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: dict[str, list[int]] = defaultdict(list)
        self._delivered: dict[str, list[Delivered]] = defaultdict(list)
        self._news = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        """Keep a request."""
        municipality = request.headers["Municipality"]
        push = Push(request.headers["Message-Id"], municipality, await request.read())
        peer = Peer(request.match_info["system"])
        async with self._news:
            delivered = Delivered(peer, push, request.headers["Signature"])
            self._delivered[municipality].append(delivered)
            self._news.notify_all()
        answers = self.answers[municipality]
        return web.Response(status=answers.pop(0) if answers else 202)

    async def of(self, municipality: str, count: int) -> list[Delivered]:
        """What came for a municipality, once it is at least so much; fails with TimeoutError."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self._delivered[municipality]) >= count)
            return [*self._delivered[municipality]]

    def so_far(self, municipality: str) -> int:
        """How many requests came for a municipality."""
        return len(self._delivered[municipality])


@asynccontextmanager
async def an_inbox() -> AsyncGenerator[Inbox]:
    """The inboxes, on a free port."""
    inboxes = Inbox()
    app = web.Application()
    app.router.add_post("/v1/inbox/{system}", inboxes.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, LOCALHOST, 0)
    await site.start()
    try:
        inboxes.url = f"http://{LOCALHOST}:{runner.addresses[0][1]}"
        yield inboxes
    finally:
        await runner.cleanup()
