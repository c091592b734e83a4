"""What tests of the console share: one served API with its console, and an identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import pytest
from fastapi import FastAPI

from local.ports import any_free
from simulators.identity import IdentityProvider, identity_router
from tests.api.conftest import land
from tests.api.counter import Api, an_api, served
from tests.api.desk import Desk
from tests.console.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from tests.api.conftest import Land
    from tests.towns import Town

__all__ = ["land"]

SECRET = "合言葉"


class Premises(NamedTuple):
    """The API with its console, and who says who somebody is."""

    api: Api
    provider: IdentityProvider
    url: str

    def visitor(self, session: aiohttp.ClientSession, town: Town, role: str) -> Visitor:
        """Somebody in front of the console, not signed in yet."""
        return Visitor(session, self.url, f"{town.code}-{role}-1")


@pytest.fixture(scope="session")
async def premises(
    database_urls: Mapping[str, str], keyring_path: Path, land: Land
) -> AsyncGenerator[Premises]:
    """Served once for all tests."""
    app, port = FastAPI(), any_free()
    provider = IdentityProvider("", land.codes, SECRET)
    app.include_router(identity_router(provider))
    url = f"http://127.0.0.1:{port}"
    async with served(app) as address:
        provider.issuer = f"{address}/identity"
        settled = {
            "api_port": port,
            "console_url": url,
            "oidc_issuer": provider.issuer,
            "oidc_keys_again": timedelta(),
        }
        async with an_api(database_urls["juki_app"], keyring_path, land.codes, **settled) as api:
            yield Premises(api, provider, url)


@pytest.fixture
async def town(land: Land) -> Town:
    """A town of this test's own."""
    return await land.open_town(households=2)


@pytest.fixture
async def desk(town: Town, premises: Premises) -> Desk:
    """Its desk, as callers of the API have it."""
    return await Desk.of(town, premises.api.client(town))


@dataclass
class Door:
    """Opens the console for one test: each visitor has a browser's memory of their own."""

    premises: Premises
    town: Town
    sessions: list[aiohttp.ClientSession]

    async def visitor(self, role: str = "chief", *, signed_in: bool = True) -> Visitor:
        """Somebody in this role."""
        jar = aiohttp.CookieJar(unsafe=True)
        session = aiohttp.ClientSession(cookie_jar=jar)
        self.sessions.append(session)
        visitor = self.premises.visitor(session, self.town, role)
        if signed_in:
            await visitor.signs_in()
        return visitor


@pytest.fixture
async def door(premises: Premises, town: Town) -> AsyncGenerator[Door]:
    """The console of this test's town."""
    door = Door(premises, town, [])
    yield door
    for session in door.sessions:
        await session.close()
