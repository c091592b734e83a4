"""The outside world as one web application: a path per system, and the control doors beside."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from fastapi import FastAPI

from simulators.composition import Systems
from simulators.control import control_router, guard
from simulators.doors import Doors
from simulators.identity import IdentityProvider, identity_doors, identity_router
from simulators.operations import operations_router
from simulators.outside import Delays, Outside

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from simulators.settings import Settings

_NOTICE_SECONDS = 10.0


def create_app(settings: Settings) -> Doors:
    """Build every system on these settings; their ledgers open when the application starts."""
    outside = Outside(settings, settings.own_url, Delays(settings))
    systems = Systems(outside)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncGenerator[None]:
        timeout = aiohttp.ClientTimeout(total=_NOTICE_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as outside.session:
            await systems.open()
            try:
                yield
            finally:
                await systems.close()

    app = FastAPI(title="外部システム（模擬）", lifespan=running)
    app.include_router(control_router(outside, systems))
    provider = IdentityProvider(
        f"{settings.own_url}/identity", settings.staff_of, settings.identity_secret
    )
    app.include_router(identity_router(provider))
    app.include_router(identity_doors(provider, guard(outside)))
    app.include_router(operations_router(settings.operations_secret))

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answer once every ledger is open."""
        return {"status": "ok"}

    return Doors(outside, systems.all, beside=app)
