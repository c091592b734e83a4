"""The client of the engine."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

import structlog
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.client import Interceptor
    from temporalio.runtime import Runtime

    from runtime.settings import EngineSettings

_SECONDS_BETWEEN_ATTEMPTS = 1.0

_log = structlog.stdlib.get_logger()


async def connect(
    settings: EngineSettings,
    *,
    identity: str,
    interceptors: Sequence[Interceptor] = (),
    runtime: Runtime | None = None,
    lazy: bool = True,
) -> Client:
    """A client; a ``lazy`` one connects on first use, so a process may start before the engine.

    A worker needs one that is connected: ``lazy=False`` waits here until the engine answers.
    ``identity`` stands in every history it touches: a role, never a person.
    """
    secret = settings.temporal_api_key
    attempt = functools.partial(
        Client.connect,
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        api_key=secret.get_secret_value() if secret else None,
        tls=settings.temporal_tls or secret is not None,
        identity=identity,
        interceptors=interceptors,
        runtime=runtime,
        lazy=lazy,
    )
    while True:
        try:
            return await attempt()
        except RuntimeError:  # all the SDK says when nobody answers
            _log.warning("engine_unavailable", address=settings.temporal_address)
            await asyncio.sleep(_SECONDS_BETWEEN_ATTEMPTS)
