"""Who may see what: nobody without a token, nobody across a municipality's border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from yarl import URL

from domain.identifiers import new_id
from runtime.settings import TokenRole
from tests.api.desk import Desk
from tests.numbers import my_number

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.conftest import Land
    from tests.api.counter import Api
    from tests.towns import Town

OPEN_TO_ALL = {"/healthz", "/readyz", "/metrics"}


async def test_every_route_asks_who_it_is(api: Api) -> None:
    """Without a token, or with a wrong one, every route of the API answers 401 and nothing else."""
    for path, operations in api.app.openapi()["paths"].items():
        for method in operations:
            # An outside system is known by its signature (test_inbox), not by a token.
            if path in OPEN_TO_ALL or (method, path) == ("post", "/v1/inbox/{system}"):
                continue
            for token in ("", "wrong", "ü"):
                asked = api.stranger(token).ask(
                    method.upper(),
                    path.format(case_number="131016-R8-000123", peer="jlis", **_ids()),
                    headers={"Idempotency-Key": "not important"},
                    data=b"not even JSON" if method == "post" else None,
                )
                answer = await asked
                assert (answer.status, answer.code) == (401, "NOT_IDENTIFIED"), (method, path)
                assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        (TokenRole.OPERATIONS, "POST", "/v1/births"),
        (TokenRole.OPERATIONS, "POST", "/v1/residents/search"),
        (TokenRole.OPERATIONS, "POST", "/v1/households/search"),
        (TokenRole.CLIENT, "POST", "/v1/code-pool/top-ups"),
        (TokenRole.COUNTER, "POST", "/v1/code-pool/top-ups"),
        (TokenRole.CLIENT, "POST", "/v1/peers/jlis/hold"),
        (TokenRole.COUNTER, "POST", "/v1/peers/jlis/hold"),
        (TokenRole.EXAMINER, "POST", "/v1/peers/jlis/release"),
    ],
)
async def test_a_role_may_do_what_it_may(
    api: Api, town: Town, role: TokenRole, method: str, path: str
) -> None:
    """Others are told which roles may."""
    answer = await api.client(town, role).ask(
        method, path, json={}, headers={"Idempotency-Key": "0123456789"}
    )
    assert (answer.status, answer.code) == (403, "ROLE_NOT_ALLOWED")
    assert role not in answer.json["roles"]


@pytest.mark.parametrize("what", ["residents", "households"])
async def test_a_client_may_not_search_by_number(api: Api, town: Town, what: str) -> None:
    """個人番号 is for staff to search by."""
    criteria = {"my_number": str(my_number(1))}
    refused = await api.client(town, TokenRole.CLIENT).post(f"/v1/{what}/search", criteria)
    assert (refused.status, refused.code) == (403, "ROLE_NOT_ALLOWED")
    found = await api.client(town, TokenRole.COUNTER).post(f"/v1/{what}/search", criteria)
    assert len(found.json[what]) == 1


async def test_another_towns_cases_do_not_exist(api: Api, desk: Desk, other_town: Town) -> None:
    """Shown, followed, planned or decided: 404 as for any unknown case, and audited over there."""
    number = await desk.report()
    incident = await desk.park(number)
    theirs = await Desk.of(other_town, api.client(other_town))
    answers = [
        await theirs.client.get(f"/v1/cases/{number}"),
        await theirs.client.get(f"/v1/cases/{number}/undo-plan"),
        await theirs.client.get(f"/v1/cases/{number}/events"),
        await theirs.client.get(f"/v1/cases/{number}/decisions/{new_id()}"),
        await theirs.decide(number, "retry", incident),
        await theirs.decide(number, "withdraw"),
    ]
    assert {(answer.status, answer.code) for answer in answers} == {(404, "UNKNOWN_CASE")}
    assert await _looks(other_town) == len(answers)
    assert not (await theirs.client.get("/v1/cases")).json["cases"]


async def test_a_case_number_of_no_such_form_is_not_found(desk: Desk) -> None:
    """Whatever stands in the path, it is looked for or not, and never an error of ours."""
    for nonsense in ("%00", "131016-R8-%00", "%F0%A0%AE%B7", "a" * 300, "%2e%2e", "1%27--"):
        answer = await desk.client.get(URL(f"/v1/cases/{nonsense}", encoded=True))
        assert answer.status == 404, nonsense


async def test_another_towns_people_do_not_exist(api: Api, desk: Desk, other_town: Town) -> None:
    """Neither by id nor by search, nor as the household of a birth."""
    theirs = api.client(other_town)
    household, resident = desk.households[0], await _somebody(desk.town)
    answers = [
        await theirs.get(f"/v1/households/{household}"),
        await theirs.get(f"/v1/residents/{resident}"),
        await theirs.get(f"/v1/residents/{resident}/history"),
    ]
    assert {answer.status for answer in answers} == {404}
    assert await _looks(other_town) == len(answers)
    birth = await theirs.post("/v1/births", desk.birth())
    assert ("household_id", "UNKNOWN_HOUSEHOLD") in birth.fields


async def test_a_town_nobody_opened_is_not_served(api: Api, land: Land, town: Town) -> None:
    """A token of a municipality that is not here opens nothing."""
    acting = town.acting.model_copy(update={"municipality": land.unused[0]})
    answer = await api.client(town._replace(acting=acting)).get("/v1/code-pool")
    assert (answer.status, answer.code) == (403, "MUNICIPALITY_NOT_SERVED")


def _ids() -> dict[str, UUID]:
    names = ("decision_id", "resident_id", "household_id", "message_id", "difference_id", "bulk_id")
    return {name: new_id() for name in names}


async def _somebody(town: Town) -> UUID:
    async with town.open() as tx:
        return await tx.fetchval("SELECT resident_id FROM resident_present LIMIT 1")


async def _looks(town: Town) -> int:
    async with town.open() as tx:
        return await tx.fetchval("SELECT count(*) FROM audit WHERE act = 'not_found'")
