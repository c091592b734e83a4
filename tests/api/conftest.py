"""What tests of the API share: two towns with families, and an API that serves both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.counter import Api, Client, an_api
from tests.api.desk import Desk
from tests.people import families
from tests.towns import Town, a_town

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path


@pytest.fixture
async def town(database_urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Town]:
    """A town with two families."""
    async with a_town(database_urls, keyring_path) as opened:
        await opened.take_over(families(2))
        yield opened


@pytest.fixture
async def other_town(database_urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Town]:
    """Another town, with a family of its own."""
    async with a_town(database_urls, keyring_path) as opened:
        await opened.take_over(families(1))
        yield opened


@pytest.fixture
async def api(
    database_urls: Mapping[str, str], keyring_path: Path, town: Town, other_town: Town
) -> AsyncGenerator[Api]:
    """The API, serving both towns."""
    async with an_api(database_urls["juki_app"], keyring_path, town, other_town) as served:
        yield served


@pytest.fixture
def client(api: Api, town: Town) -> Client:
    """The chief of the town, who may do everything."""
    return api.client(town)


@pytest.fixture
async def desk(town: Town, client: Client) -> Desk:
    """The town's desk: births to report, and incidents to decide."""
    return await Desk.of(town, client)
