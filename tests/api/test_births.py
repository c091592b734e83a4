"""Reporting births over HTTP."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from register import births

if TYPE_CHECKING:
    from tests.api.desk import Desk


async def test_an_accepted_birth_becomes_a_case(desk: Desk) -> None:
    """202 names the case, and the case is there with its nine steps, not begun."""
    accepted = await desk.client.post("/v1/births", desk.birth() | {"reference": "戸籍-815"})
    assert accepted.status == 202, accepted.text
    number = accepted.json["case_number"]
    assert accepted.headers["Location"] == f"/v1/cases/{number}"
    shown = (await desk.client.get(f"/v1/cases/{number}")).json
    assert (shown["state"], shown["procedure"]) == ("open", "出生付番")
    assert shown["reference"] == "戸籍-815"
    assert {step["persons"][0]["state"] for step in shown["steps"]} == {"not_begun"}
    assert len(shown["steps"]) == 9
    assert [waiting["kind"] for waiting in shown["waiting_for"]] == ["start"]


@pytest.mark.parametrize(
    "name", ["髙橋　遥", "𠮷野家　遥", "葛\U000e0100城　遥", "", "か\u3099く", "渡邉\ufe00"]
)
async def test_a_name_is_kept_code_point_by_code_point(desk: Desk, name: str) -> None:
    """No normalising between the wire and the register; a blank is legal for a newborn."""
    answer = await desk.client.post("/v1/births", desk.birth(name=name))
    if answer.status == 422:
        assert ("child.name", "STRAY_MARK") in answer.fields
        return
    async with desk.town.open() as tx:
        kept = await births.notification(tx, await desk.ref(answer.json["case_number"]))
    assert kept.child(1).name == name


async def test_a_late_report_is_accepted_and_noted(desk: Desk) -> None:
    """Fourteen days counted with the day of birth; one more is late."""
    in_time = await desk.client.post("/v1/births", desk.birth(days_ago=13))
    assert (in_time.status, in_time.json["late"]) == (202, False)
    late = await desk.client.post("/v1/births", desk.birth(days_ago=60, household=1))
    assert (late.status, late.json["late"]) == (202, True)
    born_on = desk.today - timedelta(days=60)
    assert date.fromisoformat(late.json["due_on"]) >= born_on + timedelta(days=13)


async def test_an_uncertain_birthday_keeps_its_words(desk: Desk) -> None:
    """年月上旬 is a birthday: words for people, a plain day for machines."""
    words = {"notation": f"{desk.today.year}年1月上旬"}
    number = await desk.report(born_on=words)
    async with desk.town.open() as tx:
        kept = await births.notification(tx, await desk.ref(number))
    assert kept.child(1).born_on.notation == words["notation"]
    assert kept.child(1).born_on.day == date(desk.today.year, 1, 1)


async def test_the_same_child_is_held_back(desk: Desk) -> None:
    """Same household, same day: 409 with the other case, and nothing is stored."""
    first = await desk.report()
    again = await desk.client.post("/v1/births", desk.birth(name="髙橋　咲"))
    assert (again.status, again.code) == (409, "POSSIBLE_DUPLICATE")
    assert again.json["case_numbers"] == [first]
    assert len((await desk.client.get("/v1/cases")).json["cases"]) == 1


async def test_a_twin_is_accepted_with_a_reason(desk: Desk) -> None:
    """Who says that it is another child names the case and says why."""
    first = await desk.report()
    twin = desk.birth(name="髙橋　咲") | {"not_the_same_as": [first]}
    unexplained = await desk.client.post("/v1/births", twin)
    assert ("not_the_same_reason", "MISSING") in unexplained.fields
    explained = twin | {"not_the_same_reason": "双子の第二子"}
    assert (await desk.client.post("/v1/births", explained)).status == 202


async def test_other_children_are_not_held_back(desk: Desk) -> None:
    """Another day, or another household, is another child."""
    await desk.report()
    await desk.report(days_ago=400)
    await desk.report(household=1)


async def test_two_reports_at_the_same_instant_are_one_child(desk: Desk) -> None:
    """The household's lock lets one through; the others are told its number."""
    await desk.crowd()
    answers = await asyncio.gather(
        *(desk.client.post("/v1/births", desk.birth()) for _ in range(10))
    )
    accepted = [answer for answer in answers if answer.status == 202]
    held = [answer for answer in answers if answer.status != 202]
    assert len(accepted) == 1
    assert {answer.code for answer in held} == {"POSSIBLE_DUPLICATE"}
    numbers = {number for answer in held for number in answer.json["case_numbers"]}
    assert numbers == {accepted[0].json["case_number"]}


async def test_two_births_into_one_household_at_once_are_both_accepted(desk: Desk) -> None:
    """Different days: both pass, one after the other."""
    answers = await asyncio.gather(
        *(desk.client.post("/v1/births", desk.birth(days_ago=400 * n)) for n in range(1, 6))
    )
    assert {answer.status for answer in answers} == {202}


async def test_the_head_is_noted_as_examined(desk: Desk) -> None:
    """The case knows on which row of the head's history it relies."""
    number = await desk.report()
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        examined = await tx.fetchval(
            "SELECT examined FROM case_person WHERE case_id = $1 AND subject = 1", ref.case_id
        )
    assert list(examined.values()) == [1]
