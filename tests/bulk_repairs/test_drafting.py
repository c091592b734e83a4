"""一括処理 as it is drafted: what is wanted is frozen, and the dry run does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

from domain.bulk import AT_MOST
from domain.cases import Verb
from domain.identifiers import new_id
from tests.api.desk import ANNOUNCE, NUMBER, Desk
from tests.bulk_repairs.lists import REASON, WANTED, Lists

if TYPE_CHECKING:
    from tests.towns import Town


async def test_a_dry_run_tells_what_would_be_done_and_does_nothing(lists: Lists) -> None:
    """Eligible, left out and why, and a sample; no case is touched before somebody confirms."""
    numbers = await lists.parked(3)
    await lists.desk.decide(numbers[0], "retry", await lists.incident(numbers[0]))
    await lists.desk.decide(numbers[1], "withdraw")
    await lists.parked(1, verbs=(Verb.DONE_BY_HAND,))

    bulk_id = await lists.drafted()

    shown = await lists.show(bulk_id)
    assert shown["state"] == "draft"
    assert shown["dry_run"]["sample"] == [numbers[2]]
    assert shown["dry_run"]["eligible"] == shown["size"] == shown["progress"]["total"] == 1
    assert {one["code"]: one["times"] for one in shown["dry_run"]["left_out"]} == {
        "ALREADY_DECIDED": 1,
        "ALREADY_WITHDRAWING": 1,
        "VERB_NOT_ALLOWED": 1,
    }
    assert all(one["ja"] and one["en"] for one in shown["dry_run"]["left_out"])
    case = (await lists.client().get(f"/v1/cases/{numbers[2]}")).json
    assert case["decisions"] == []


async def test_a_list_is_frozen(lists: Lists) -> None:
    """What comes up later is no item of it, whoever would add it.

    Red: take the trigger `frozen_list` away.
    """
    numbers = await lists.parked(2)
    bulk_id = await lists.drafted()
    (later,) = await lists.parked(1)

    assert (await lists.say(bulk_id, "confirm")).status == 202
    assert list(await lists.states(bulk_id)) == numbers
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with lists.town.open() as tx:
            await tx.execute(
                "INSERT INTO bulk_item (municipality, bulk_id, item, incident_id, case_id)"
                " SELECT municipality, $1, 9, incident_id, case_id FROM incident WHERE"
                " incident_id = $2",
                UUID(bulk_id),
                await lists.incident(later),
            )


FOUND: list[tuple[dict[str, Any], int]] = [
    ({"peer": "jlis"}, 3),
    ({"peer": "register"}, 0),
    ({"step": NUMBER}, 1),
    ({"incident_code": "ADDRESS_MISMATCH"}, 2),
    ({"incident_code": "BAD_CHARACTER", "step": NUMBER}, 1),
    ({"incident_code": "BAD_CHARACTER", "step": ANNOUNCE}, 0),
    ({"procedure": "出生付番"}, 3),
    ({"procedure": "転出受理"}, 0),
    ({"older_than_hours": 0}, 3),
    ({"older_than_hours": 1}, 0),
]


async def test_a_list_holds_what_is_wanted_and_nothing_else(lists: Lists) -> None:
    """By system, code, step, procedure and age; nothing at all is a draft of nothing."""
    await lists.parked(2)
    await lists.parked(1, step=NUMBER, code="BAD_CHARACTER")

    for wanted, found in FOUND:
        answer = await lists.draft(**wanted)
        if found:
            assert (await lists.show(answer.json["bulk_id"]))["size"] == found, wanted
        else:
            assert (answer.status, answer.code) == (409, "NOTHING_TO_REPAIR"), wanted


FLAWS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"peer": ""}, ("wanted", "NO_CRITERIA")),
    ({"peer": "誰か"}, ("wanted.peer", "NOT_A_CHOICE")),
    ({"step": "でたらめ"}, ("wanted.step", "NOT_A_CHOICE")),
    ({"procedure": "火星転入"}, ("wanted.procedure", "NOT_A_CHOICE")),
    ({"incident_code": "x"}, ("wanted.incident_code", "WRONG_FORM")),
    ({"older_than_hours": -1}, ("wanted.older_than_hours", "WRONG_FORM")),
]


async def test_what_cannot_be_wanted_is_named(lists: Lists) -> None:
    """A filter that says nothing would be everything there is."""
    for wanted, field in FLAWS:
        assert (await lists.draft(**wanted)).fields == {field}


async def test_a_list_has_an_end(lists: Lists) -> None:
    """Ten thousand are taken; one more tells that the filter says too little, and stores nothing.

    Red: freeze what fits.
    """
    await _crowd(lists, AT_MOST + 1)

    answer = await lists.draft(procedure="出生付番")
    full = await lists.drafted(step=ANNOUNCE)

    assert (answer.status, answer.code) == (409, "BULK_TOO_LARGE")
    assert (await lists.show(full))["size"] == AT_MOST


async def test_only_a_retry_is_for_many_at_once(lists: Lists) -> None:
    """What wants words, evidence or a plan of each case's own is decided one by one."""
    for verb in set(Verb) - {Verb.RETRY}:
        body = {"verb": verb, "wanted": WANTED, "reason": REASON}
        answer = await lists.client().post("/v1/bulk-repairs", body)
        assert answer.fields == {("verb", "NOT_A_CHOICE")}


async def test_whatever_is_said_has_a_reason(lists: Lists) -> None:
    """So that who reads it later knows why."""
    assert (await lists.draft(reason="")).code == "MISSING_REASON"
    for what in ("pause", "resume", "stop"):
        assert (await lists.say(str(new_id()), what, reason="")).code == "MISSING_REASON"


async def test_another_towns_lists_do_not_exist(lists: Lists, other_town: Town) -> None:
    """Neither shown nor confirmed; nor is its incident in ours."""
    await lists.parked(1)
    bulk_id = await lists.drafted()
    desk = await Desk.of(other_town, lists.api.client(other_town))
    theirs = Lists(lists.api, other_town, desk, lists.owner)

    assert (await theirs.draft()).code == "NOTHING_TO_REPAIR"
    shown = await theirs.client().get(f"/v1/bulk-repairs/{bulk_id}")
    assert {shown.code, (await theirs.say(bulk_id, "confirm")).code} == {"UNKNOWN_BULK_REPAIR"}
    assert (await theirs.client().get("/v1/bulk-repairs")).json["bulk_repairs"] == []


async def test_reading_what_staff_wrote_is_audited(lists: Lists) -> None:
    """Reasons are free words; the list of incidents alone names nobody."""
    await lists.parked(1)
    await lists.show(await lists.drafted())
    async with lists.town.open() as tx:
        rows = await tx.fetch("SELECT actor FROM audit WHERE act = 'view_bulk_repair'")
    assert [row["actor"] for row in rows] == ["chief-01"]


async def _crowd(lists: Lists, count: int) -> None:
    """So many incidents of one case, one of them at another step."""
    ref = await lists.desk.ref(await lists.desk.report())
    async with lists.town.open() as tx:
        await tx.execute(
            "INSERT INTO incident (municipality, incident_id, case_id, step, subject, sequence,"
            " kind, code, verbs) SELECT $1, gen_random_uuid(), $2, CASE WHEN one = 1 THEN $4"
            " ELSE $3 END, one, 0, 'refused', 'ORDER', '{retry}' FROM generate_series(1, $5) one",
            ref.municipality,
            ref.case_id,
            ANNOUNCE,
            NUMBER,
            count,
        )
