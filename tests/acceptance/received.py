"""What the systems outside received on account of a town, counted from one moment on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import asyncpg

from tests.eventually import eventually

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

_PEERS = ("jlis", "unified_addressee", "mynaportal")
_PUSHED = frozenset({"CS-05", "CS-07"})
"""Letters of other municipalities, which J-LIS hands to the town's inbox."""


@dataclass
class Received:
    """A town watched from outside: its peers' ledgers, and the feed its offices read."""

    frontier: Frontier
    town: Town
    _seen: set[str] = field(default_factory=set[str])
    _cursor: str = ""

    @classmethod
    async def from_now(cls, frontier: Frontier, town: Town) -> Self:
        """Count nothing of what has been."""
        watched = cls(frontier, town)
        # An event is read once no older transaction runs: what has been must not be read later.
        await eventually(watched._quiet)
        watched._seen = {one["id"] for one in await watched._messages()}
        watched._seen |= {one["message_id"] for one in await watched._notices()}
        watched._cursor = (await watched._feed())["next_cursor"]
        return watched

    async def counted(self) -> Counter[str]:
        """How often each kind of message was taken, once nothing is on its way any more.

        ``→CS-07`` is one that came to the town; ``BZ-01`` an event of the feed.
        """
        await eventually(self._quiet)
        found = Counter(one["kind"] for one in await self.messages())
        found += Counter(f"→{one['kind']}" for one in await self._pushed())
        return found + Counter({"BZ-01": len(await self._events())})

    async def messages(self) -> list[dict[str, Any]]:
        """Every message since, in the order in which each system answered."""
        return [one for one in await self._messages() if one["id"] not in self._seen]

    async def reasons(self) -> list[str]:
        """異動事由 of every 本人確認情報 since, in the order they were told."""
        told = [UUID(one["id"]) for one in await self.messages() if one["kind"] == "CS-04"]
        # Its ledger shows only those a town still holds; the entry of whoever is gone stands too.
        connection = await asyncpg.connect(self.town.house.place["outside_url"])
        try:
            rows = await connection.fetch(
                "SELECT reason FROM jlis.entries WHERE message_id = ANY($1)"
                " ORDER BY array_position($1, message_id)",
                told,
            )
        finally:
            await connection.close()
        return [row["reason"] for row in rows]

    async def _messages(self) -> list[dict[str, Any]]:
        """Whatever was taken of the town, and of what 統合宛名 passes on, at 中間サーバー."""
        found: list[dict[str, Any]] = []
        for system in _PEERS:
            found += (await self.town.ledger(system))["messages"]
        passed_on = (await self.town.ledger("intermediate_server"))["messages"]
        found += [one for one in passed_on if one["kind"] == "AT-02"]
        return [one for one in found if one["status"] == 200]

    async def _notices(self) -> list[dict[str, Any]]:
        return (await self.town.ledger("jlis"))["notices"]

    async def _pushed(self) -> list[dict[str, Any]]:
        return [
            one
            for one in await self._notices()
            if one["kind"] in _PUSHED and one["message_id"] not in self._seen
        ]

    async def _feed(self) -> dict[str, Any]:
        cursor = f"&cursor={self._cursor}" if self._cursor else ""
        return await self.frontier.get(self.town, f"/v1/events?limit=500{cursor}")

    async def _events(self) -> list[dict[str, Any]]:
        return (await self._feed())["events"]

    async def _quiet(self) -> bool:
        """Whether every notice has arrived, and every event of the town may be read."""
        for system in ("jlis", "unified_addressee"):
            notices = (await self.town.ledger(system))["notices"]
            if any(one["delivered_at"] is None for one in notices):
                return False
        async with self.town.transaction() as tx:
            return not await tx.fetchval(
                "SELECT EXISTS (SELECT FROM feed_event WHERE tx >= pg_snapshot_xmin"
                "(pg_current_snapshot()))"
            )
