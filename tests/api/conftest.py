"""What tests of the API share: one served API, and for every test towns of its own in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import asyncpg
import pytest

from domain.acting import Acting
from domain.errors import Refused
from register import municipalities
from register.municipalities import Municipality
from register.transactions import Transactions
from register.vault import Vault
from runtime.database import pool, prepare
from runtime.keyring import load
from tests.api.counter import Api, Client, an_api
from tests.api.desk import Desk
from tests.people import families
from tests.towns import Town, a_municipality_code

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from domain.numbers import MunicipalityCode
    from register.transactions import Tx

_MOST_TOWNS = 400


class Land(NamedTuple):
    """Where towns are opened: codes the API knows already, each used for one town."""

    owner: Tx
    transactions: Transactions
    vault: Vault
    codes: tuple[MunicipalityCode, ...]
    unused: list[MunicipalityCode]

    async def open_town(self, *, households: int) -> Town:
        """A town with so many families."""
        town = Town(
            Acting(municipality=await self._found(), actor="test", purpose="試験"),
            self.transactions,
            self.vault,
        )
        await town.take_over(families(households))
        return town

    async def _found(self) -> MunicipalityCode:
        code = self.unused.pop()
        try:
            await municipalities.add(self.owner, Municipality(code=code, name="試験市"))
        except Refused:
            return await self._found()
        return code


@pytest.fixture(scope="session")
async def land(database_urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Land]:
    """All the towns there may be."""
    codes = tuple({a_municipality_code() for _ in range(_MOST_TOWNS)})
    owner = await asyncpg.connect(database_urls["juki_owner"])
    await prepare(owner)
    async with pool(database_urls["juki_app"], application="test", largest=5) as connections:
        yield Land(owner, Transactions(connections), Vault(load(keyring_path)), codes, list(codes))
    await owner.close()


@pytest.fixture(scope="session")
async def api(
    database_urls: Mapping[str, str], keyring_path: Path, land: Land
) -> AsyncGenerator[Api]:
    """The API, serving every town."""
    async with an_api(database_urls["juki_app"], keyring_path, land.codes) as served:
        yield served


@pytest.fixture
async def town(land: Land) -> Town:
    """A town with two families."""
    return await land.open_town(households=2)


@pytest.fixture
async def other_town(land: Land) -> Town:
    """Another town, with a family of its own."""
    return await land.open_town(households=1)


@pytest.fixture
def client(api: Api, town: Town) -> Client:
    """The chief of the town, who may do everything."""
    return api.client(town)


@pytest.fixture
async def desk(town: Town, client: Client) -> Desk:
    """The town's desk: births to report, and incidents to decide."""
    return await Desk.of(town, client)
