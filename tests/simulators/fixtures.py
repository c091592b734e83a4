"""The outside world, and a municipality of each test's own that talks to it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from domain.numbers import MunicipalityCode
from tests.simulators.office import Office, an_office
from tests.simulators.world import World, a_world

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_ordinals = count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(outside_url: str) -> AsyncGenerator[World]:
    """The simulators on a socket; a 符号 takes a tenth of a second."""
    async with a_world(outside_url, symbol_delay=0.1) as world:
        yield world


@pytest.fixture
def municipality() -> MunicipalityCode:
    """A municipality no other test uses: its last three digits begin with 9."""
    prefectures, ordinal = 47, next(_ordinals)
    five = f"{ordinal % prefectures + 1:02}{900 + ordinal // prefectures:03}"
    return MunicipalityCode.from_five(five)


@pytest_asyncio.fixture(loop_scope="session")
async def office(world: World, municipality: MunicipalityCode) -> AsyncGenerator[Office]:
    """That municipality's office, with the product's own clients."""
    async with an_office(world, municipality) as office:
        yield office
