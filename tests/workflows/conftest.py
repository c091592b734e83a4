"""A running house with a worker, and a town for each test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest_asyncio

from tests.house import House, Town, a_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.server import Place


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def quiet_house(place: Place) -> AsyncGenerator[House]:
    """The house without a worker."""
    async with a_house(
        place, place["outside_url"], Path(place["keyring"]), place["namespace"]
    ) as house:
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(quiet_house: House) -> AsyncGenerator[House]:
    """The house with one worker."""
    async with quiet_house.worker():
        yield quiet_house


@pytest_asyncio.fixture(loop_scope="session")
async def town(house: House) -> Town:
    """A town of this test's own, with codes in stock."""
    town = await house.open_town()
    await town.stock()
    return town
