"""A running house with a worker, and a town for each test: one house for a whole run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from activities.desk import Desk
from tests.changing import Locals
from tests.corrections import Correction, Corrections
from tests.frontier import DAY, Frontier
from tests.frontier_doors import a_frontier
from tests.house import House, Town, a_house
from tests.moving import Movers, at_rest
from tests.triplets import Triplets
from tests.workflows.sabotage import Saboteur
from tests.workflows.trials import Trials
from worker.assembly import dispatch_at

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


@pytest.fixture(scope="session")
def saboteur() -> Saboteur:
    """The saboteur in the house's worker; harmless until a test plans something."""
    return Saboteur()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(quiet_house: House, saboteur: Saboteur) -> AsyncGenerator[House]:
    """The house with one worker, which also knows the procedures made for tests."""
    given = quiet_house.given
    desk = Desk(given.transactions)
    corrections = Corrections(desk, dispatch_at(desk, given), given.vault)
    async with quiet_house.worker(
        more_procedures=[Triplets, Correction],
        more_steps=[
            corrections.enter,
            corrections.take_back,
            corrections.announce,
            corrections.withdraw,
        ],
        interceptors=[saboteur],
    ):
        yield quiet_house


@pytest_asyncio.fixture(loop_scope="session")
async def town(house: House) -> Town:
    """A town of this test's own, with codes in stock."""
    town = await house.open_town()
    await town.stock()
    return town


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def far_house(place: Place, saboteur: Saboteur) -> AsyncGenerator[Frontier]:
    """The house in which tests move the clock, with its API."""
    crew = {"more_procedures": [Triplets], "interceptors": [saboteur]}
    async with a_frontier(place, Path(place["keyring"]), **crew) as frontier:
        yield frontier


@pytest.fixture(scope="session")
def all_trials(far_house: Frontier, saboteur: Saboteur) -> Trials:
    """Trials in that house; what nothing failed in is played once for all tests."""
    return Trials(far_house, saboteur)


@pytest.fixture
def trials(frontier: Frontier, all_trials: Trials) -> Trials:
    """The same, on that Tuesday."""
    del frontier
    return all_trials


@pytest_asyncio.fixture(loop_scope="session")
async def frontier(far_house: Frontier) -> Frontier:
    """The same, on an ordinary Tuesday at noon."""
    await far_house.on(DAY)
    return far_house


@pytest_asyncio.fixture(loop_scope="session")
async def origin(frontier: Frontier) -> Town:
    """The town people leave."""
    return await frontier.open_town()


@pytest_asyncio.fixture(loop_scope="session")
async def destination(frontier: Frontier) -> Town:
    """The town people move to."""
    return await frontier.open_town()


@pytest_asyncio.fixture(loop_scope="session")
async def movers(frontier: Frontier) -> AsyncGenerator[Movers]:
    """Two towns of this test's own, and what passes between them."""
    towns = [await frontier.house.open_town() for _ in range(2)]
    yield Movers(frontier, *towns)
    for town in towns:
        await at_rest(town)


@pytest_asyncio.fixture(loop_scope="session")
async def here(frontier: Frontier) -> AsyncGenerator[Locals]:
    """A town of this test's own whose people stay."""
    town = await frontier.open_town()
    yield Locals(frontier, town)
    await at_rest(town)
