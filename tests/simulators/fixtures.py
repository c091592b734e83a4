"""The outside world, and a municipality of each test's own that talks to it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from domain.numbers import MunicipalityCode
from domain.telegrams import Peer
from tests.simulators.inbox import SECRETS, Inbox, an_inbox
from tests.simulators.office import Office, an_office
from tests.simulators.world import World, a_world

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

_ordinals = count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def inbox() -> AsyncGenerator[Inbox]:
    """Where every municipality of these tests takes in what others push."""
    async with an_inbox() as inbox:
        yield inbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def world(outside_url: str, inbox: Inbox) -> AsyncGenerator[World]:
    """The simulators on a socket; a 符号 takes a tenth of a second."""
    async with a_world(
        outside_url,
        symbol_delay=0.1,
        inbox_url=inbox.url,
        jlis_inbox_secret=SECRETS[Peer.JLIS],
        mynaportal_inbox_secret=SECRETS[Peer.MYNAPORTAL],
    ) as world:
        yield world


@pytest.fixture
def municipality() -> MunicipalityCode:
    """A municipality no other test uses."""
    return _fresh_municipality()


@pytest_asyncio.fixture(loop_scope="session")
async def new_home(world: World) -> AsyncGenerator[Office]:
    """The office of another municipality, where people move to."""
    async with an_office(world, _fresh_municipality()) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session")
async def third(world: World) -> AsyncGenerator[Office]:
    """The office of a third municipality."""
    async with an_office(world, _fresh_municipality()) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session")
async def office(world: World, municipality: MunicipalityCode) -> AsyncGenerator[Office]:
    """That municipality's office, with the product's own clients."""
    async with an_office(world, municipality) as office:
        yield office


def _fresh_municipality() -> MunicipalityCode:
    prefectures, ordinal = 47, next(_ordinals)
    five = f"{ordinal % prefectures + 1:02}{900 + ordinal // prefectures:03}"
    return MunicipalityCode.from_five(five)
