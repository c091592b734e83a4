"""The same request is done once, however often it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from runtime.settings import TokenRole

if TYPE_CHECKING:
    from tests.api.counter import Api
    from tests.api.desk import Desk
    from tests.towns import Town


async def test_a_repeated_report_is_one_case(desk: Desk) -> None:
    """The second time gets the first's answer, and says that it is one."""
    key = str(uuid4())
    first = await desk.client.post("/v1/births", desk.birth(), key=key)
    again = await desk.client.post("/v1/births", desk.birth(), key=key)
    assert (again.status, again.json) == (202, first.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await _cases(desk) == 1


async def test_parallel_twins_are_one_case(desk: Desk) -> None:
    """A twin that comes while the first is at work waits for it, and gets its answer."""
    key = str(uuid4())
    answers = await asyncio.gather(
        *(desk.client.post("/v1/births", desk.birth(), key=key) for _ in range(20))
    )
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["case_number"] for answer in answers}) == 1
    assert await _cases(desk) == 1


async def test_a_key_stands_for_one_body(desk: Desk) -> None:
    """Another body under the same key is refused; the order of its fields is not another body."""
    key = str(uuid4())
    await desk.client.post("/v1/births", desk.birth(), key=key)
    other = await desk.client.post("/v1/births", desk.birth(name="髙橋　咲"), key=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    turned = dict(reversed(desk.birth().items()))
    assert (await desk.client.post("/v1/births", turned, key=key)).status == 202


async def test_a_key_stands_for_one_route(desk: Desk) -> None:
    """The key of a report cannot be used for a decision."""
    key = str(uuid4())
    await desk.client.post("/v1/code-pool/top-ups", {}, key=key)
    other = await desk.client.post("/v1/births", desk.birth(), key=key)
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_refused_request_keeps_no_key(desk: Desk) -> None:
    """What was corrected may come under the key it came under first."""
    key = str(uuid4())
    refused = await desk.client.post("/v1/births", desk.birth(days_ago=-1), key=key)
    assert refused.status == 422
    assert (await desk.client.post("/v1/births", desk.birth(), key=key)).status == 202


async def test_a_key_is_of_one_client_and_town(
    api: Api, desk: Desk, town: Town, other_town: Town
) -> None:
    """Two clients, or two towns, may use the same key without knowing of each other."""
    key = str(uuid4())
    assert (await desk.client.post("/v1/births", desk.birth(), key=key)).status == 202
    colleague = api.client(town, TokenRole.COUNTER)
    theirs = await colleague.post("/v1/births", desk.birth(household=1), key=key)
    assert theirs.status == 202
    elsewhere = await api.client(other_town).post("/v1/code-pool/top-ups", {}, key=key)
    assert elsewhere.status == 202


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "IDEMPOTENCY_KEY_MISSING"),
        ("short", "IDEMPOTENCY_KEY_MALFORMED"),
        ("with a space in it", "IDEMPOTENCY_KEY_MALFORMED"),
        ("a" * 201, "IDEMPOTENCY_KEY_MALFORMED"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/v1/births", "/v1/code-pool/top-ups", "/v1/cases/131016-R8-000123/decisions"]
)
async def test_every_post_that_starts_or_decides_needs_a_key(
    desk: Desk, path: str, key: str, code: str
) -> None:
    """Without a key, or with one that cannot be one, 400 tells how."""
    bodies = {"/v1/births": desk.birth(), "/v1/code-pool/top-ups": {}}
    body = bodies.get(path, {"verb": "withdraw", "reason": "取下げ書による。"})
    answer = await desk.client.ask("POST", path, json=body, headers={"Idempotency-Key": key})
    assert (answer.status, answer.code) == (400, code)
    assert "UUID" in answer.json["next"]


async def _cases(desk: Desk) -> int:
    return len((await desk.client.get("/v1/cases")).json["cases"])
