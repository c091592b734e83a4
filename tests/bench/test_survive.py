"""Whoever kills everything must see what is wrong afterwards, and repeat itself when asked to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from bench.survive.chance import instants
from bench.survive.stories import chosen
from bench.survive.stubborn import Stubborn
from bench.survive.verdict import Held, of_cases
from domain.cases import Procedure
from local.ports import LOCALHOST

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from typing import TypeAlias

    Answering: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HANDED_IN = {Procedure.BIRTH: 2}


@pytest.mark.parametrize("cases", [1, 2, 3, 300])
def test_as_many_cases_are_handed_in_as_were_asked_for(cases: int) -> None:
    """And the same seed tells the same stories.

    Red: choose among stories that hand in more than are left.
    """
    kinds = [*chosen(Random(7), cases)]

    assert sum(kind.cases for kind in kinds) == cases
    assert kinds == [*chosen(Random(7), cases)]


def test_all_completed_and_none_twice_is_no_difference() -> None:
    assert [*of_cases([Held("出生付番", "completed", 2, "1")], _HANDED_IN)] == []


def test_a_case_that_is_open_withdrawn_missing_or_too_many_is_a_difference() -> None:
    """Red: look at the states alone; a birth accepted twice passes."""
    for state in ("open", "withdrawn"):
        found = [Held("出生付番", "completed", 1, "1"), Held("出生付番", state, 1, "2")]
        assert [*of_cases(found, _HANDED_IN)] == [f"出生付番: 1 {state} (2)"]
    for cases in (1, 3):
        found = [Held("出生付番", "completed", cases, "1")]
        assert [*of_cases(found, _HANDED_IN)] == [
            f"出生付番: 2 handed in, {cases} in the registers"
        ]


async def test_whoever_was_killed_while_answering_is_asked_again_under_the_same_key() -> None:
    """Cut off, then a 503, then the answer: one request by its key.

    Red: make a new key for each attempt.
    """
    keys: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({}, status=503 if len(keys) == 2 else 202)

    async with _serving(answer) as url, aiohttp.ClientSession() as session:
        answered = await Stubborn(session, url, {"client": ""}).post("client", "births", {})

    assert answered.status == 202
    assert len(keys) == 3
    assert len({*keys}) == 1


async def test_enough_is_enough() -> None:
    """What is under way is ended, and nothing is begun any more."""
    enough = asyncio.Event()
    times = 0
    async for _ in instants(Random(1), 0.001, enough):
        times += 1
        enough.set()

    assert times == 1


@asynccontextmanager
async def _serving(answer: Answering) -> AsyncGenerator[str]:
    app = web.Application()
    app.router.add_post("/v1/births", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, LOCALHOST, 0)
    await site.start()
    try:
        yield str(site.name)
    finally:
        await runner.cleanup()
