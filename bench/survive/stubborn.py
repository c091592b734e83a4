"""Callers who do not give up: the same request under the same key, until it is answered."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

import aiohttp

from local.scenario.caller import Answer, Caller

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
_PAUSE = 0.5
# Whoever was killed while answering; ValueError is an answer that was cut.
_UNANSWERED = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


class Stubborn(Caller):
    """A `Caller` to whom neither a dead API nor a 5xx is an answer."""

    async def _ask(self, method: str, role: str, path: str, body: object) -> Answer:
        key = str(uuid4())

        async def once() -> Answer:
            headers = {"Authorization": f"Bearer {self._tokens[role]}", "Idempotency-Key": key}
            url = f"{self._url}/v1/{path}"
            async with self._session.request(method, url, json=body, headers=headers) as answer:
                return Answer(answer.status, await answer.json(content_type=None))

        while True:
            answer = await insist(once)
            if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return answer
            await asyncio.sleep(_PAUSE)


async def insist(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer; for doors where asking twice does no harm."""
    while True:
        try:
            return await ask()
        except _UNANSWERED:
            await asyncio.sleep(_PAUSE)
