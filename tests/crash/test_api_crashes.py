"""The API killed around the one commit that accepts a 届出: the caller asks again, same key."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import aiohttp

from local.ports import any_free
from tests.crash.child import a_child, api_of
from tests.crash.locks import waits_for_a_lock
from tests.eventually import eventually

if TYPE_CHECKING:
    import asyncpg

    from tests.house import Town

_TOKEN = "a-token-of-this-test"
_HEADERS = {"Authorization": f"Bearer {_TOKEN}", "Idempotency-Key": "same-key-each-time"}


async def test_an_api_that_dies_before_its_commit_has_accepted_nothing(
    town: Town, owner: asyncpg.Connection
) -> None:
    """Nothing of the first attempt is left; the repetition makes the one case there is."""
    port = any_free()
    async with a_child("api", api_of(town, port, _TOKEN)) as api, owner.transaction():
        await owner.execute("SELECT FROM household FOR UPDATE")
        asking = asyncio.create_task(_report(town, port))
        await waits_for_a_lock(owner, "jukiflow-api")
        await api.kill()
        await _hangs_up(asking)

    assert await _cases(town) == []
    async with a_child("api", api_of(town, port, _TOKEN)):
        answer = await _report(town, port)
    assert await _cases(town) == [answer["case_number"]]


async def test_an_api_that_dies_after_its_commit_answers_the_same_when_asked_again(
    town: Town,
) -> None:
    """The caller never heard the 202; the repetition hears it, and there is still one case."""
    port = any_free()
    async with a_child("api", api_of(town, port, _TOKEN)) as api:
        await _report(town, port)
        await api.kill()
    accepted = await _cases(town)

    async with a_child("api", api_of(town, port, _TOKEN)):
        answer = await _report(town, port)

    assert [answer["case_number"]] == accepted == await _cases(town)


async def _report(town: Town, port: int) -> dict[str, Any]:
    birth = {
        "household_id": str(town.households[0]),
        "child": {"name": "田中　遥", "sex": "女", "born_on": "2026-11-20"},
    }
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(url, headers=_HEADERS) as session:
        await eventually(lambda: _stands(session))
        async with session.post("/v1/births", json=birth) as answer:
            assert answer.status == 202
            return await answer.json()


async def _stands(session: aiohttp.ClientSession) -> bool:
    with contextlib.suppress(aiohttp.ClientError):
        async with session.get("/readyz") as answer:
            return answer.status == 200
    return False


async def _hangs_up(asking: asyncio.Task[Any]) -> None:
    with contextlib.suppress(aiohttp.ClientError):
        await asking


async def _cases(town: Town) -> list[str]:
    async with town.transaction() as tx:
        rows = await tx.fetch("SELECT case_number FROM case_file WHERE procedure = '出生付番'")
    return [row["case_number"] for row in rows]
