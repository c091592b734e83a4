"""Registers and outside world of a test's towns, compared as the demo compares its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from local.scenario.agreement import Ledgers, Register
from local.scenario.agreement import agreement as compared
from local.scenario.whereabouts import everybody_once

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from local.scenario.whereabouts import Whereabouts
    from tests.house import Town

_SYSTEMS = ("jlis", "unified_addressee", "intermediate_server", "mynaportal")


async def agrees(town: Town, *, besides: Collection[str] = ()) -> None:
    """Require agreement; notices between the other systems are given a moment to arrive.

    ``besides`` are the ids of telegrams that the test itself sent in the town's name.
    """
    await _until_none(lambda: agreement(town, besides))


async def present_once(*towns: Town) -> Whereabouts:
    """Require that everybody is 現存 in one of these towns, or in a transition; how many in which.

    People who lived in a town at J-LIS alone, and not in its register, are seen once they move in.
    """

    async def differences() -> list[str]:
        return (await whereabouts(*towns)).differences

    await _until_none(differences)
    return await whereabouts(*towns)


async def whereabouts(*towns: Town) -> Whereabouts:
    """Everybody of these towns, as of now."""
    return everybody_once({town.code: await _register(town).people() for town in towns})


async def agreement(town: Town, besides: Collection[str] = ()) -> list[str]:
    """Every difference; none when all systems tell the same story."""
    jlis, *others = [await town.ledger(system) for system in _SYSTEMS]
    outside = Ledgers(_without(jlis, besides), *others)
    return (await compared(_register(town), outside)).differences


def _without(jlis: dict[str, Any], besides: Collection[str]) -> dict[str, Any]:
    return jlis | {"messages": [one for one in jlis["messages"] if one["id"] not in besides]}


def _register(town: Town) -> Register:
    return Register(town.house.transactions, town.house.vault, town.acting())


async def _until_none(look: Callable[[], Awaitable[list[str]]]) -> None:
    left = 50
    while found := await look():
        assert left, "\n".join(found)
        left -= 1
        await asyncio.sleep(0.05)
