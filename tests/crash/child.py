"""Our processes as real children, and the ways they die."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from tests.house import House, Town


class Child:
    """``python -m`` one of ours, until it is killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def a_child(module: str, environment: Mapping[str, str]) -> AsyncGenerator[Child]:
    """A child that does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module), env={**os.environ, **environment}
    )
    child = Child(process)
    try:
        yield child
    finally:
        await child.kill()


def worker_of(house: House) -> dict[str, str]:
    """The environment of a worker of this house, which is missed after two seconds."""
    settings = house.settings
    return {
        **_engine(house),
        "JUKI_DATABASE_URL": settings.database_url.get_secret_value(),
        "JUKI_KEYRING_PATH": str(settings.keyring_path),
        "JUKI_JLIS_URL": settings.jlis_url,
        "JUKI_UNIFIED_ADDRESSEE_URL": settings.unified_addressee_url,
        "JUKI_INTERMEDIATE_SERVER_URL": settings.intermediate_server_url,
        "JUKI_MYNAPORTAL_URL": settings.mynaportal_url,
        "JUKI_JLIS_SETTLING": "0.1",
        "JUKI_UNIFIED_ADDRESSEE_SETTLING": "0.1",
        "JUKI_HTTP_TIMEOUT": "2",
        "JUKI_PATIENCE_SCALE": "0.02",
        "JUKI_STEP_TIMEOUT": "3",
        "JUKI_WORKER_STICKY_TIMEOUT": "0.2",
    }


def api_of(town: Town, port: int, token: str) -> dict[str, str]:
    """The environment of an API that serves one town to whoever has the token."""
    settings = town.house.settings
    grant = {"client": "crash", "role": "counter", "municipality": town.code}
    return {
        "JUKI_DATABASE_URL": settings.database_url.get_secret_value(),
        "JUKI_KEYRING_PATH": str(settings.keyring_path),
        "JUKI_API_PORT": str(port),
        "JUKI_API_TOKENS": json.dumps({token: grant}),
    }


def relay_of(house: House) -> dict[str, str]:
    """The environment of a relay of this house."""
    urls = house.place["database_urls"]
    return {
        **_engine(house),
        "JUKI_DATABASE_URL": urls["juki_relay"],
        "JUKI_SEALER_DATABASE_URL": urls["juki_sealer"],
        "JUKI_RELAY_REPEAT": "1",
    }


def _engine(house: House) -> dict[str, str]:
    return {
        "JUKI_TEMPORAL_ADDRESS": house.settings.temporal_address,
        "JUKI_TEMPORAL_NAMESPACE": house.settings.temporal_namespace,
        "JUKI_TEMPORAL_TASK_QUEUE": house.settings.temporal_task_queue,
    }
