"""The house of the frontier, opened: its worker, its API, and a register of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import asyncpg
import uvicorn
from pydantic import SecretStr

from api.app import application
from domain.numbers import MunicipalityCode
from local.ports import LOCALHOST, any_free
from local.postgres import ADMINISTRATOR, OUTSIDE, OWNER, REGISTER, ensure_database
from runtime.settings import ApiSettings, TokenGrant, TokenRole
from tests.api.counter import INBOX_SECRETS
from tests.clock import Clock
from tests.frontier import Frontier, token
from tests.house import a_house
from tests.simulators.world import KEEP_ALIVE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from tests.server import Place


@asynccontextmanager
async def a_frontier(place: Place, keyring: Path, **crew: Any) -> AsyncGenerator[Frontier]:
    """A house whose simulators push into its own API's inbox; its worker runs.

    ``crew`` as `worker.assembly.worker` takes it.
    """
    port = any_free()
    url = f"http://{LOCALHOST}:{port}"
    outside: dict[str, Any] = {"inbox_url": url} | {
        f"{name}_inbox_secret": key for name, key in INBOX_SECRETS.items()
    }
    place = await a_place_apart(place, "frontier")
    house = a_house(
        place, place["outside_url"], keyring, place["namespace"], task_queue="frontier", **outside
    )
    async with (
        house as built,
        _api(place, keyring, port),
        aiohttp.ClientSession() as session,
        built.worker(**crew),
    ):
        yield Frontier(built, session, url, Clock(place["database_urls"]["juki_owner"]))


@asynccontextmanager
async def _api(place: Place, keyring: Path, port: int) -> AsyncGenerator[None]:
    settings = ApiSettings(
        database_url=SecretStr(place["database_urls"]["juki_app"]),
        keyring_path=keyring,
        api_tokens=_tokens(range(1, 400)),
        api_inbox_secrets={name: SecretStr(key) for name, key in INBOX_SECRETS.items()},
    )
    config = uvicorn.Config(
        application(settings),
        host=LOCALHOST,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            while not server.started:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await serving


def _tokens(ordinals: Sequence[int]) -> dict[str, TokenGrant]:
    codes = [MunicipalityCode.from_five(f"{one % 47 + 1:02}{one // 47 + 1:03}") for one in ordinals]
    return {
        token(code, role): TokenGrant(client=f"{role}-01", role=role, municipality=code)
        for code in codes
        for role in TokenRole
    }


async def a_place_apart(place: Place, name: str) -> Place:
    """The same servers with a register and an outside world of one's own."""
    own = f"{place['namespace']}_{name}"
    register, outside = f"{REGISTER}_{own}", f"{OUTSIDE}_{own}"
    administrator = await asyncpg.connect(place["database_urls"][ADMINISTRATOR])
    try:
        await ensure_database(administrator, register, OWNER, template=REGISTER)
        await ensure_database(administrator, outside, OUTSIDE, template=OUTSIDE)
    finally:
        await administrator.close()
    urls = {role: _at(url, register) for role, url in place["database_urls"].items()}
    return {**place, "database_urls": urls, "outside_url": _at(place["outside_url"], outside)}


def _at(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()
