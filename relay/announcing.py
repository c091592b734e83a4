"""Telling operations unasked: rows are made in the register, and sent from there until they leave.

In a loop of its own: a receiver that is away holds up nobody else's round.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import structlog

from domain.errors import Unavailable
from register import announcements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.announcements import Announcement, Channel
    from register.transactions import Pool

_log = structlog.stdlib.get_logger()
FIRST_PAUSE = 30.0
"""Seconds until a failed attempt is made again; longer than an attempt may take."""


class Receiver(Protocol):
    """Somebody who can be told."""

    async def send(self, one: Announcement) -> None:
        """Raises `Unavailable` where it is not certain that they have it."""
        ...


class Announcer:
    """Looks every ``interval`` seconds for what is new, and once a day for everything.

    Without receivers it does nothing.  A receiver that comes later is told of every kind of
    incident nobody was told of.
    """

    def __init__(
        self,
        pool: Pool,
        receivers: Mapping[Channel, Receiver],
        *,
        digest_at: str,
        interval: float = 10.0,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._pool = pool
        self._receivers = receivers
        self._digest_at = digest_at
        self._interval = interval
        self._first_pause = first_pause

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._interval)

    async def look(self) -> None:
        """One round; a database that is away leaves everything to the next."""
        if not self._receivers:
            return
        try:
            await self.make()
            await self.send()
        except Exception as failure:  # noqa: BLE001 - whatever it was, the rows stay
            _log.warning("not_announced", error=type(failure).__name__)

    async def make(self) -> int:
        """Write down what is to be told; how many messages for each receiver."""
        channels = list(self._receivers)
        kinds = await announcements.make_new_kinds(self._pool, channels)
        return kinds + await announcements.make_digests(self._pool, channels, self._digest_at)

    async def send(self) -> int:
        """Send what is due; how many have arrived."""
        due = await announcements.claim(self._pool, list(self._receivers), self._first_pause)
        arrived = await asyncio.gather(*(self._send(one) for one in due))
        return sum(arrived)

    async def _send(self, one: Announcement) -> bool:
        try:
            await self._receivers[one.channel].send(one)
        except Unavailable as away:
            _log.warning("receiver_away", channel=one.channel, code=away.code)
            return False
        await announcements.sent(self._pool, one)
        return True
