"""Whatever a caller sends, wherever: if it is refused, no answer repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.identifiers import new_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.api.counter import Answer, Api, Client
    from tests.api.desk import Desk

CANARY = "秘密太郎"
ASCII_CANARY = "himitsu-9000"
BODIES: tuple[Any, ...] = (
    {CANARY: CANARY},
    {"child": {CANARY: 1, "name": f"{CANARY}👶", "sex": CANARY, "born_on": CANARY}},
    {"household_id": CANARY, "reference": f"{CANARY}\u0000", "not_the_same_as": [CANARY]},
    {"verb": CANARY, "incident_id": CANARY, "number": CANARY, "amendment": {CANARY: CANARY}},
    {"verb": "withdraw", "reason": f"{CANARY}\u200b", "second_person": CANARY},
    {"my_number": CANARY, "code": CANARY, "born_on": CANARY, "cursor": CANARY},
    [CANARY],
    CANARY,
)


IDS = (
    *("decision_id", "resident_id", "household_id"),
    *("message_id", "difference_id", "bulk_id"),
)
PAGED = {
    *("/v1/cases", "/v1/events", "/v1/differences"),
    *("/v1/bulk-repairs", "/v1/stuck-cases"),
}
WITHOUT_BODY = {
    "/v1/code-pool/top-ups",
    "/v1/reconciliations",
    "/v1/certificate-serials/batches",
}


async def test_no_answer_repeats_what_was_sent(api: Api, desk: Desk) -> None:
    """Canaries in path, query, headers, keys and values of every route: not one comes back."""
    asked = 0
    for path, method in _routes(api):
        async for answer in _canaries(desk.client, path, method):
            assert answer.status >= 400, (method, path)
            told = answer.text + str(answer.headers)
            assert CANARY not in told, (method, path)
            assert ASCII_CANARY not in told, (method, path)
            asked += 1
    assert asked > 50


async def _canaries(client: Client, path: str, method: str) -> AsyncIterator[Answer]:
    plain = {"case_number": "131016-R8-000123", "system": "jlis", "peer": "jlis"}
    filled = path.format(**plain, **{name: new_id() for name in IDS})
    if "{" in path:
        lost = path.format(**dict.fromkeys((*plain, *IDS), ASCII_CANARY))
        yield await _ask(client, method, lost)
    else:
        yield await _ask(client, method, filled, query={CANARY: CANARY, "cursor": CANARY})
    if method == "post":
        for body in BODIES:
            yield await _ask(client, method, filled, body=body)
        yield await _ask(client, method, filled, key=CANARY, body={})
        yield await _ask(client, method, filled, raw=f'{{"{CANARY}": "{CANARY}'.encode())


async def _ask(client: Client, method: str, path: str, **sent: Any) -> Answer:
    headers = {"Idempotency-Key": sent.get("key", f"{ASCII_CANARY}-{new_id()}")}
    request: dict[str, Any] = {"params": sent.get("query"), "headers": headers}
    if "raw" in sent:
        request |= {"data": sent["raw"]}
        headers["Content-Type"] = "application/json"
    elif method == "post":
        request |= {"json": sent.get("body", {CANARY: CANARY})}
    return await client.ask(method.upper(), path, **request)


def _routes(api: Api) -> Iterator[tuple[str, str]]:
    """Every route that can be refused for what it was sent."""
    for path, methods in api.app.openapi()["paths"].items():
        for method in methods:
            taken_as_is = method == "get" and "{" not in path and path not in PAGED
            if not taken_as_is and path not in WITHOUT_BODY:
                yield path, method
