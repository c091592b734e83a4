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
    """A municipality no other test uses."""
    return MunicipalityCode.from_five(f"{10_000 + next(_ordinals):05d}")


@pytest_asyncio.fixture(loop_scope="session")
async def office(world: World, municipality: MunicipalityCode) -> AsyncGenerator[Office]:
    """That municipality's office, with the product's own clients."""
    async with an_office(world, municipality) as office:
        yield office
