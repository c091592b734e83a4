"""特例転入: who comes is checked, entered, and everybody is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.cases import Procedure, Verb
from tests.frontier import DAY
from tests.newcomers import Person, addressee_numbers, entries, strike, waits

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

EXPECTED = "来庁を待つ"
FETCHING = "最初の転入届を通知し転出証明書情報を受け取る"
ENTRY = "住民票を記載する"


async def test_who_was_announced_comes_and_is_entered(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Code and number are inherited, nothing is drawn or generated, and everybody is told."""
    head, child = Person(), Person(name="佐藤　太郎", relationship="子")
    await frontier.settle(origin, head, child)
    await frontier.certify(origin, destination, head, child)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    status, receipt = await frontier.visit(destination, head, case)

    assert (status, receipt["case_number"]) == (202, case.ref.case_number)
    assert receipt["due_on"] == (DAY + timedelta(days=14)).isoformat()
    await case.closes()
    assert set((await case.lines()).values()) == {"done"}
    entered = [(one.name, one.relationship, one.resident_since) for one in await entries(case)]
    assert [each[:2] for each in entered] == [("佐藤　花子", "世帯主"), ("佐藤　太郎", "子")]
    assert await frontier.told(case, "jlis") == {"CS-04": 2, "CS-07": 1, "CS-13": 2, "CS-14": 2}
    assert await frontier.holder(destination, head) == destination.code
    notice = await frontier.notice_at(origin)
    assert notice == {"attached", "unclaimed", "merged"} & notice


async def test_somebody_whose_certificate_is_not_here_yet_waits_for_it(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """They come before the 転出地 has sent it: the case says so, and goes on by itself."""
    person = Person()
    await frontier.settle(origin, person)

    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)
    await waits(case, FETCHING)
    waiting = (await frontier.get(destination, f"/v1/cases/{case.ref.case_number}"))["waiting_for"]
    assert [one["kind"] for one in waiting] == ["certificate"]

    await frontier.certify(origin, destination, person)
    await case.closes()


async def test_who_comes_to_a_third_municipality_is_received_there(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """What was sent ahead went elsewhere; the town they come to fetches it (CS-06)."""
    third = await frontier.open_town()
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    expected = await frontier.case_of(destination)

    await frontier.visit(third, person)
    case = await frontier.case_of(third)
    await case.closes()

    assert await frontier.holder(third, person) == third.code
    await waits(expected, EXPECTED)


async def test_a_child_born_after_the_move_out_moves_in_with_the_others(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """事由 転入; a code from the pool and CS-02 for the child alone, of whom CS-07 says nothing."""
    mother = Person()
    await frontier.settle(origin, mother)
    await frontier.certify(origin, destination, mother)
    baby = {"name": "佐藤　遥", "sex": "女", "born_on": "2026-11-28"}

    await frontier.visit(destination, mother, newborns=[baby])
    case = await frontier.case_of(destination)
    await case.closes()

    assert [one.name for one in await entries(case)] == ["佐藤　花子", "佐藤　遥"]
    told = await frontier.told(case, "jlis")
    assert (told["CS-02"], told["CS-04"], told["CS-12"]) == (1, 2, 1)
    assert await frontier.codes_in_notice(case) == [mother.code]


async def test_part_of_a_household_moves_and_joins_a_household_here(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Of those the certificate names one has come, to live with somebody who lives here."""
    parent, child = Person(), Person(name="佐藤　太郎", relationship="子")
    await frontier.settle(origin, parent, child)
    await frontier.certify(origin, destination, child, parent)

    status, problem = await frontier.visit(
        destination,
        child,
        household_id=str(destination.households[0]),
        address=None,
        persons=[{"code": child.code, "relationship": "縁故者"}],
    )
    assert status == 202, problem
    case = await frontier.case_of(destination)
    await case.closes()

    [entered] = await entries(case)
    assert (entered.relationship, entered.household_id) == ("縁故者", destination.households[0])
    assert await frontier.codes_in_notice(case) == [child.code]


async def test_who_returns_keeps_the_addressee_number_and_the_name_of_the_register(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """再転入 is recognised by the code; received data take priority except 氏名."""
    person = Person(name="佐藤　花子")
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    await frontier.visit(destination, person)
    first = await frontier.case_of(destination)
    await first.closes()
    before = await addressee_numbers(first)
    await strike(frontier, first)
    await frontier.settle_again(origin, person)

    again = Person(ordinal=person.ordinal, name="佐藤　華子")
    await frontier.certify(origin, destination, again)
    await frontier.visit(destination, again)
    second = (await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN))[-1]
    await second.closes()

    assert await addressee_numbers(second) == before
    assert [one.name for one in await entries(second)] == ["佐藤　花子"]


async def test_somebody_with_the_same_three_items_is_held_until_staff_have_looked(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """氏名, 生年月日 and 性別 alone say nothing for certain: staff decide, and may go on."""
    first, namesake = Person(), Person()
    await frontier.settle(origin, first, namesake)
    for person in (first, namesake):
        await frontier.certify(origin, destination, person)
    await frontier.visit(destination, first)
    await (await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN))[0].closes()

    status, receipt = await frontier.visit(destination, namesake)
    assert status == 202
    case = await frontier.case_numbered(destination, receipt["case_number"])
    incident = await case.parks()
    assert (incident["step"], incident["code"]) == (ENTRY, "SAME_THREE_ITEMS")
    await case.decide(Verb.RETRY, incident=incident["incident_id"])

    await case.closes()


async def test_a_card_that_is_somebody_elses_or_not_verified_is_refused(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Nothing is stored, and each refusal says what can be done."""
    person, other = Person(), Person()
    await frontier.settle(origin, person, other)
    await frontier.certify(origin, destination, person)
    case = await frontier.case_of(destination)

    _, problem = await frontier.visit(destination, other, case)
    assert problem["code"] == "WRONG_PERSON"
    _, problem = await frontier.visit(destination, person, case, pin="locked")
    assert problem["code"] == "CARD_NOT_VERIFIED"
    assert "24条の2" in problem["detail"]
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    _, problem = await frontier.visit(destination, person, case, moved_in_on=tomorrow)
    assert problem["errors"][0]["code"] == "FUTURE_DATE"
    await waits(case, EXPECTED)
