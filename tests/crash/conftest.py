"""A house whose worker and relay are children of the test, with a register of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest_asyncio

from tests.apart import a_place_apart
from tests.house import House, Town, a_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.server import Place


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def empty_house(place: Place) -> AsyncGenerator[House]:
    """The house with nobody at work in it."""
    async with (
        a_place_apart(place, "crash") as apart,
        a_house(
            apart,
            apart["outside_url"],
            Path(apart["keyring"]),
            apart["namespace"],
            task_queue="crash",
            relay=False,
        ) as house,
    ):
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def town(empty_house: House) -> Town:
    """A town with codes in stock, brought by a worker and a relay that have gone again."""
    town = await empty_house.open_town()
    relay = asyncio.create_task(empty_house.rounds.run())
    async with empty_house.worker():
        await town.stock()
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)
    return town


@pytest_asyncio.fixture(loop_scope="session")
async def owner(empty_house: House) -> AsyncGenerator[asyncpg.Connection]:
    """Somebody who can hold locks, and see who waits for them."""
    connection = await asyncpg.connect(empty_house.place["database_urls"]["postgres"])
    yield connection
    await connection.close()
