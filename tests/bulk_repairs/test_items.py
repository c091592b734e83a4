"""The items of a 一括処理: judged when their turn comes, each decided for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import pytest

from tests.api.desk import NUMBER

if TYPE_CHECKING:
    from tests.bulk_repairs.lists import Lists


async def test_an_item_is_judged_when_its_turn_comes(lists: Lists) -> None:
    """What was settled meanwhile is superseded, each way of it; what is eligible is decided."""
    decided, withdrawn, closed, left = await lists.parked(4)
    bulk_id = await lists.drafted()
    await lists.desk.decide(decided, "retry", await lists.incident(decided))
    await lists.desk.decide(withdrawn, "withdraw")
    await lists.works(closed)
    await lists.say(bulk_id, "confirm")

    for _ in range(4):
        await lists.decide_next(bulk_id)

    shown = await lists.show(bulk_id)
    assert {one["case_number"]: (one["state"], one["told"]) for one in shown["items"]} == {
        decided: ("superseded", "ALREADY_DECIDED"),
        withdrawn: ("superseded", "ALREADY_WITHDRAWING"),
        closed: ("superseded", "STALE_INCIDENT"),
        left: ("decided", ""),
    }
    assert shown["progress"]["known"] == 3
    case = (await lists.client().get(f"/v1/cases/{decided}")).json
    assert len(case["decisions"]) == 1


async def test_a_decision_is_about_its_own_item(lists: Lists) -> None:
    """Neither another's decision nor a second one, nor any before the list was confirmed.

    Red: take the trigger `decided_as_listed` away.
    """
    first, second = await lists.parked(2)
    elsewhere = await lists.desk.park(first, step=NUMBER)
    bulk_id = await lists.drafted()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _note(lists, bulk_id, 1, None)
    await lists.say(bulk_id, "confirm")
    decision = await lists.desk.decide(second, "retry", await lists.incident(second))
    of_another_step = await lists.desk.decide(first, "retry", elsewhere)

    for another in (decision, of_another_step):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _note(lists, bulk_id, 1, another.json["decision_id"])
    await _note(lists, bulk_id, 2, decision.json["decision_id"])
    with pytest.raises(asyncpg.UniqueViolationError):
        await _note(lists, bulk_id, 2, decision.json["decision_id"])
    assert (await lists.states(bulk_id)) == {first: "waiting", second: "decided"}


async def test_a_list_of_items_and_a_list_of_lists_go_on_where_they_stopped(lists: Lists) -> None:
    """Page by page, nobody twice and nobody missing."""
    numbers = await lists.parked(5)
    bulk_id = await lists.drafted()
    shown: list[str] = []
    cursor = "0"
    while cursor != "None":
        part = await lists.show(bulk_id, cursor=cursor, limit="2")
        shown += [one["case_number"] for one in part["items"]]
        cursor = str(part["next_cursor"])
    assert shown == numbers

    drafts = [bulk_id, *[await lists.drafted() for _ in range(2)]]
    first = (await lists.client().get("/v1/bulk-repairs", limit="2")).json
    rest = await lists.client().get("/v1/bulk-repairs", cursor=first["next_cursor"])
    found = [one["bulk_id"] for one in (*first["bulk_repairs"], *rest.json["bulk_repairs"])]
    assert found == drafts[::-1]
    assert rest.json["next_cursor"] is None


async def _note(lists: Lists, bulk_id: str, item: int, decision_id: str | None) -> None:
    async with lists.town.open() as tx:
        await tx.execute(
            "INSERT INTO bulk_outcome (municipality, bulk_id, item, outcome, decision_id)"
            " VALUES ($1, $2, $3, $4, $5)",
            lists.town.code,
            UUID(bulk_id),
            item,
            "decided" if decision_id else "refused",
            decision_id and UUID(decision_id),
        )
