"""Register and outside world of a test's town, compared as the demo compares its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from local.scenario.agreement import Ledgers, Register
from local.scenario.agreement import agreement as compared

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.house import Town

_SYSTEMS = ("jlis", "unified_addressee", "intermediate_server")


async def agrees(town: Town, *, besides: Collection[str] = ()) -> None:
    """Require agreement; notices between the other systems are given a moment to arrive.

    ``besides`` are the ids of telegrams that the test itself sent in the town's name.
    """
    left = 50
    while found := await agreement(town, besides):
        assert left, "\n".join(found)
        left -= 1
        await asyncio.sleep(0.05)


async def agreement(town: Town, besides: Collection[str] = ()) -> list[str]:
    """Every difference; none when all systems tell the same story."""
    jlis, *others = [await town.ledger(system) for system in _SYSTEMS]
    outside = Ledgers(_seen_from(town, jlis, besides), *others)
    register = Register(town.house.transactions, town.house.vault, town.acting())
    return (await compared(register, outside)).differences


def _seen_from(town: Town, jlis: dict[str, Any], besides: Collection[str]) -> dict[str, Any]:
    """Whoever lives elsewhere by now does not live here."""
    people = [one | {"live": one["live"] and one["holder"] == town.code} for one in jlis["people"]]
    messages = [one for one in jlis["messages"] if one["id"] not in besides]
    return jlis | {"people": people, "messages": messages}
