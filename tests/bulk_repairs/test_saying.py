"""一括処理 as staff begin, hold and stop it: each role what it may, and above a size another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import pytest

from api.access import may
from api.rights import Act
from domain.bulk import BulkEvent
from domain.cases import Procedure
from domain.numbers import MunicipalityCode
from runtime.settings import TokenGrant, TokenRole
from tests.api.counter import an_api
from tests.bulk_repairs.lists import REASON, WANTED, Lists

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.api.counter import Answer


async def test_above_its_size_a_list_is_confirmed_by_another_chief(lists: Lists) -> None:
    """Four eyes, asked for by the API and by the database itself.

    Red: leave `_check_confirmation` out, and the trigger stands; leave that out, too.
    """
    await lists.alone_up_to(1)
    await lists.parked(2)
    bulk_id = await lists.drafted()
    assert (await lists.show(bulk_id))["wants_another"]

    own = await lists.say(bulk_id, "confirm")
    assert (own.status, own.code) == (409, "OWN_BULK_REPAIR")
    lower = await lists.say(bulk_id, "confirm", TokenRole.EXAMINER)
    assert (lower.status, lower.code) == (403, "ROLE_NOT_ALLOWED")
    for author, begins in (("chief-01", False), ("chief-02", True)):
        event = (lists.town.code, UUID(bulk_id), author)
        assert await _confirms(lists, *event) is begins
    theirs = await lists.draft(TokenRole.EXAMINER)
    assert (await lists.say(theirs.json["bulk_id"], "confirm")).status == 202


async def test_a_decision_is_made_in_the_name_of_whoever_confirmed(lists: Lists) -> None:
    """And whoever drafted the list is its second person."""
    await lists.alone_up_to(0)
    (number,) = await lists.parked(1)
    bulk_id = (await lists.draft(TokenRole.EXAMINER)).json["bulk_id"]
    confirmed = await lists.say(bulk_id, "confirm")
    await lists.decide_next(bulk_id)

    (decision,) = (await lists.client().get(f"/v1/cases/{number}")).json["decisions"]
    path = f"/v1/cases/{number}/decisions/{decision['decision_id']}"
    told = (await lists.client().get(path)).json
    assert (told["author"], told["role"], told["reason"]) == ("chief-01", "chief", REASON)
    assert told["second_person"] == "examiner-01"
    assert told["evidence"] == f"一括処理 {confirmed.json['case_number']}"


AFTER = {
    "draft": (),
    "discarded": ("discard",),
    "running": ("confirm",),
    "paused": ("confirm", "pause"),
    "stopped": ("confirm", "stop"),
}
POSSIBLE = {
    "draft": {"confirm", "discard"},
    "running": {"pause", "stop"},
    "paused": {"resume", "stop"},
}


@pytest.mark.parametrize("state", AFTER)
async def test_what_may_be_said_depends_on_where_it_stands(lists: Lists, state: str) -> None:
    """Every word in every state."""
    await lists.parked(1)
    for what in ("confirm", "discard", "pause", "resume", "stop"):
        bulk_id = await lists.drafted()
        for before in AFTER[state]:
            assert (await lists.say(bulk_id, before)).status == 202
        assert (await lists.show(bulk_id))["state"] == state

        answer = await lists.say(bulk_id, what)

        if what in POSSIBLE.get(state, ()):
            assert answer.status == 202, answer.text
        else:
            assert (answer.status, answer.code) == (409, "BULK_STANDS_ELSEWHERE"), what


_BEGINS = (Act.REPORT, Procedure.BULK)
ACTS: dict[str, tuple[Act, *tuple[str, ...]]] = {
    "draft": _BEGINS,
    "confirm": _BEGINS,
    "discard": _BEGINS,
    "pause": (Act.PAUSE_BULK,),
    "resume": _BEGINS,
    "stop": _BEGINS,
    "show": (Act.SEE_BULK,),
    "list": (Act.SEE_BULK,),
}
_STATUS = {"draft": 201, "show": 200, "list": 200}
_BEFORE = {"pause": ["confirm"], "resume": ["confirm", "pause"], "stop": ["confirm"]}


@pytest.mark.parametrize("what", ACTS)
async def test_each_role_does_what_it_may(lists: Lists, what: str) -> None:
    """Cell by cell; whoever may not is told who may."""
    await lists.parked(1)
    for role in TokenRole:
        answer = await _does(lists, role, what)
        if may(role, *ACTS[what]):
            assert answer.status == _STATUS.get(what, 202), (role, answer.text)
        else:
            assert (answer.status, answer.code) == (403, "ROLE_NOT_ALLOWED"), role
            assert role not in answer.json["roles"]


async def test_confirmed_twice_at_the_same_instant_it_begins_once(lists: Lists) -> None:
    """One case, whoever was first."""
    await lists.parked(1)
    bulk_id = await lists.drafted()
    await lists.desk.crowd()
    answers = await asyncio.gather(*(lists.say(bulk_id, "confirm") for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [202] + [409] * 5
    cases = (await lists.client().get("/v1/cases", procedure="一括処理")).json["cases"]
    assert len(cases) == 1


def test_every_event_has_its_route() -> None:
    """What the register may be told, staff can say."""
    assert len(BulkEvent) == len(ACTS) - len({"draft", "show", "list"})


async def _does(lists: Lists, role: TokenRole, what: str) -> Answer:
    bulk_id = await lists.drafted()
    for before in _BEFORE.get(what, []):
        assert (await lists.say(bulk_id, before)).status == 202
    if what == "draft":
        return await lists.draft(role)
    if what == "list":
        return await lists.client(role).get("/v1/bulk-repairs")
    if what == "show":
        return await lists.client(role).get(f"/v1/bulk-repairs/{bulk_id}")
    return await lists.say(bulk_id, what, role)


async def _confirms(lists: Lists, *event: object) -> bool:
    """Whether the database lets somebody confirm, behind the API's back."""
    try:
        async with lists.town.open() as tx:
            await tx.execute(
                "INSERT INTO bulk_event (municipality, bulk_id, event, author, role, reason)"
                " VALUES ($1, $2, 'confirmed', $3, 'chief', '')",
                *event,
            )
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def test_who_may_not_decide_in_a_procedure_decides_nothing_of_it_in_bulk(
    lists: Lists, database_urls: Mapping[str, str], keyring_path: Path
) -> None:
    """Left out of what they draft, with why; nor do they confirm what another has drafted.

    Red: look at the role alone, and not at what its holder has to do with.
    """
    await lists.parked(1)
    theirs = await lists.drafted()
    grant = TokenGrant(
        client="narrowed",
        role=TokenRole.CHIEF,
        municipality=MunicipalityCode(lists.town.code),
        procedures=frozenset({Procedure.BULK, Procedure.DEATH}),
    )
    tokens = {"narrowed": grant}
    async with an_api(database_urls["juki_app"], keyring_path, (), api_tokens=tokens) as api:
        narrowed = api.stranger("narrowed")
        body = {"wanted": WANTED, "reason": REASON}
        own = (await narrowed.post("/v1/bulk-repairs", body)).json["bulk_id"]
        nothing = await narrowed.post(f"/v1/bulk-repairs/{own}/confirm", {})
        refused = await narrowed.post(f"/v1/bulk-repairs/{theirs}/confirm", {})

    dry_run = (await lists.show(own))["dry_run"]
    assert [one["code"] for one in dry_run["left_out"]] == ["ROLE_NOT_ALLOWED"]
    assert nothing.code == "NOTHING_TO_REPAIR"
    assert refused.code == "ROLE_NOT_ALLOWED"
