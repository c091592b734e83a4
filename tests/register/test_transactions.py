"""A transaction of the register: one at a time where it says so, else beside each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.eventually import eventually

if TYPE_CHECKING:
    from register.transactions import Tx
    from tests.towns import Town


@pytest.mark.parametrize(("first", "second", "beside"), [("a", "a", False), ("a", "b", True)])
async def test_who_comes_second_to_a_place_reads_what_the_first_wrote(
    town: Town, first: str, second: str, *, beside: bool
) -> None:
    """Two attempts of one step: the later one is not let in before the earlier one is through.

    Red: let it in, and it takes the step for unsettled and does it again.
    """

    async def look() -> int:
        async with town.transactions.open(town.acting, second) as tx:
            return await tx.fetchval("SELECT count(*) FROM audit")

    async with town.transactions.open(town.acting, first) as tx:
        await tx.execute(
            "INSERT INTO audit (municipality, actor, purpose, act) VALUES ($1, 'a', 'b', 'c')",
            town.code,
        )
        looking = asyncio.create_task(look())
        await eventually(lambda: _through_or_waiting(tx, looking))
    assert await looking == (0 if beside else 1)


async def _through_or_waiting(tx: Tx, looking: asyncio.Task[int]) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return looking.done() or bool(await tx.fetchval(waiting))
