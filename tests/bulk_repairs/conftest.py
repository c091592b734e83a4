"""A register apart: no relay of the house begins what is confirmed here, no worker decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.apart import a_place_apart
from tests.api.conftest import api, client, desk, land, other_town, town
from tests.bulk_repairs.lists import Lists
from tests.console.conftest import door, premises

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from tests.api.conftest import Land
    from tests.api.counter import Api
    from tests.api.desk import Desk
    from tests.server import Place
    from tests.towns import Town

__all__ = ["api", "client", "desk", "door", "land", "other_town", "premises", "town"]


@pytest.fixture(scope="session")
async def database_urls(place: Place) -> AsyncGenerator[Mapping[str, str]]:
    """Where this register is, by role."""
    async with a_place_apart(place, "bulk") as apart:
        yield apart["database_urls"]


@pytest.fixture
def lists(api: Api, land: Land, town: Town, desk: Desk) -> Lists:
    """The bulk repairs of this test's town."""
    return Lists(api, town, desk, land.owner)
