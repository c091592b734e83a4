"""Register and outside world of a test's town, compared as the demo compares its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from local.scenario.agreement import Ledgers, Register
from local.scenario.agreement import agreement as compared

if TYPE_CHECKING:
    from tests.house import Town

_SYSTEMS = ("jlis", "unified_addressee", "intermediate_server")


async def agrees(town: Town) -> None:
    """Require agreement; notices between the other systems are given a moment to arrive."""
    left = 50
    while found := await agreement(town):
        assert left, "\n".join(found)
        left -= 1
        await asyncio.sleep(0.05)


async def agreement(town: Town) -> list[str]:
    """Every difference; none when all systems tell the same story."""
    outside = Ledgers(*[await town.ledger(system) for system in _SYSTEMS])
    register = Register(town.house.transactions, town.house.vault, town.acting())
    return (await compared(register, outside)).differences
