"""転入 with a paper 転出証明書, from abroad, and after an unreported stay."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.cases import CaseState, Procedure, Verb
from tests.frontier import DAY, HOME
from tests.newcomers import Person, addressee_numbers, entries, strike
from tests.numbers import my_number

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Case, Town


def a_form(origin: Town | None, *people: Person, **changes: Any) -> dict[str, Any]:
    """A 転入届 about people with a paper 転出証明書."""
    persons = [
        {
            "code": person.code,
            "number": my_number(person.ordinal),
            "name": person.name,
            "name_kana": "サトウ　ハナコ",
            "sex": "女",
            "born_on": person.born_on.isoformat(),
            "relationship": person.relationship,
            "domicile": "東京都千代田区丸の内一丁目1番",
        }
        for person in people
    ]
    usual = {
        "origin": origin.code if origin else None,
        "moved_in_on": (DAY - timedelta(days=3)).isoformat(),
        "address": {"line": HOME.line},
        "persons": persons,
    }
    return {name: part for name, part in (usual | changes).items() if part is not None}


async def moved_in(frontier: Frontier, town: Town, form: dict[str, Any]) -> Case:
    """The case of a 転入届 that was accepted."""
    status, receipt = await frontier.post(town, "/v1/move-ins", form)
    assert status == 202, receipt
    cases = await frontier.cases_of(town, Procedure.MOVE_IN)
    return next(case for case in cases if case.ref.case_number == receipt["case_number"])


async def test_a_family_with_a_paper_certificate_is_entered(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Code and number are inherited; the 転出地 is told, nobody else asked for anything."""
    head, child = Person(), Person(name="佐藤　太郎", relationship="子")
    await frontier.settle(origin, head, child)

    case = await moved_in(frontier, destination, a_form(origin, head, child))
    await case.closes()

    assert [one.relationship for one in await entries(case)] == ["世帯主", "子"]
    told = await frontier.told(case, "jlis")
    assert told == {"CS-04": 2, "CS-07": 1, "CS-13": 2, "CS-14": 2}
    assert await frontier.codes_in_notice(case) == [head.code, child.code]
    assert await frontier.holder(destination, head) == destination.code


async def test_a_late_report_is_accepted_and_noted(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """14 days, the day of the move not counted (法22条); a closed last day rolls on."""
    person = Person()
    await frontier.settle(origin, person)
    form = a_form(origin, person, moved_in_on=(DAY - timedelta(days=40)).isoformat())

    status, receipt = await frontier.post(destination, "/v1/move-ins", form)

    assert (status, receipt["late"]) == (202, True)
    assert receipt["due_on"] == (DAY - timedelta(days=26)).isoformat()


async def test_somebody_from_abroad_who_never_had_a_number_gets_code_and_number(
    frontier: Frontier, destination: Town
) -> None:
    """国外転入: a code from the pool, CS-02, the letter – and no 転出地 to tell."""
    person = Person()
    form = a_form(None, person, source="国外")
    for item in ("code", "number"):
        del form["persons"][0][item]

    case = await moved_in(frontier, destination, form)
    await case.closes()

    told = await frontier.told(case, "jlis")
    assert told == {"CS-02": 1, "CS-04": 1, "CS-12": 1, "CS-13": 1, "CS-14": 1}


async def test_somebody_from_abroad_keeps_the_numbers_they_had(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Code and number are for life; nothing is requested again."""
    person = Person()
    await frontier.settle(origin, person)

    case = await moved_in(frontier, destination, a_form(None, person, source="国外"))
    await case.closes()

    assert await frontier.told(case, "jlis") == {"CS-04": 1, "CS-13": 1, "CS-14": 1}


async def test_after_an_unreported_stay_both_municipalities_are_told(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """未届転入: the 転入通知 goes to where they were registered and to where they lived."""
    between, person = await frontier.open_town(), Person()
    await frontier.settle(origin, person)
    form = a_form(origin, person, source="未届", unreported_in=between.code)

    case = await moved_in(frontier, destination, form)
    await case.closes()

    assert await frontier.notice_at(origin)
    assert await frontier.notice_at(between)


async def test_who_returns_is_recognised_by_the_number_alone(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """再転入, though the code has been changed meanwhile: the 宛名番号 is the old one."""
    person, renumbered = Person(), Person()
    await frontier.settle(origin, person, renumbered)
    first = await moved_in(frontier, destination, a_form(origin, person))
    await first.closes()
    await strike(frontier, first)

    form = a_form(origin, renumbered)
    form["persons"][0]["number"] = my_number(person.ordinal)
    status, receipt = await frontier.post(destination, "/v1/move-ins", form)
    assert status == 202, receipt
    second = (await frontier.cases_of(destination, Procedure.MOVE_IN))[-1]

    assert await addressee_numbers(second) == await addressee_numbers(first)


async def test_somebody_who_lives_here_already_does_not_move_in(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """By code or number; the refusal names who, the standard, and what to do instead."""
    person = Person()
    await frontier.settle(origin, person)
    await (await moved_in(frontier, destination, a_form(origin, person))).closes()

    status, problem = await frontier.post(destination, "/v1/move-ins", a_form(origin, person))

    assert (status, problem["code"], problem["persons"]) == (409, "ALREADY_RESIDENT", [1])
    assert "4.1.1.2" in problem["detail"]
    assert "転居" in problem["next"]


async def test_code_and_number_of_two_people_are_held_back(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Neither can be trusted before somebody has asked the 転出地."""
    one, other = Person(), Person(name="鈴木　花子")
    await frontier.settle(origin, one, other)
    for person in (one, other):
        await (await moved_in(frontier, destination, a_form(origin, person))).closes()
    form = a_form(origin, one)
    form["persons"][0]["number"] = my_number(other.ordinal)

    status, problem = await frontier.post(destination, "/v1/move-ins", form)

    assert (status, problem["code"]) == (409, "NUMBERS_DIFFER")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"origin": None}, "origin", "MISSING"),
        ({"moved_in_on": (DAY + timedelta(days=1)).isoformat()}, "moved_in_on", "FUTURE_DATE"),
        ({"source": "未届"}, "unreported_in", "MISSING"),
        ({"source": "国外"}, "origin", "NOT_FOR_THIS_SOURCE"),
        ({"address": None}, "address", "MISSING"),
    ],
)
async def test_a_form_that_does_not_hold_together_is_refused(
    frontier: Frontier,
    origin: Town,
    destination: Town,
    changes: dict[str, Any],
    field: str,
    code: str,
) -> None:
    form = a_form(origin, Person()) | changes
    form = {name: part for name, part in form.items() if part is not None}

    status, problem = await frontier.post(destination, "/v1/move-ins", form)

    assert status == 422
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]


async def test_a_refused_notice_is_amended_and_then_everything_is_withdrawn(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """誤記修正 follows into the entry; 取下げ takes everything back, and the 転出地 hears of it."""
    person = Person()
    await frontier.settle(origin, person)
    await destination.fault("jlis", "REFUSE", message="CS-04", code="BAD_CHARACTER")
    case = await moved_in(frontier, destination, a_form(origin, person))
    incident = await case.parks()
    await destination.fault("unified_addressee", "REFUSE", message="AT-01")
    await case.decide(Verb.AMEND, incident=incident["incident_id"], changes={"name": "佐藤　華子"})

    incident = await case.parks()
    assert incident["step"] == "団体内統合宛名番号の付番を要求する"
    assert [one.name for one in await entries(case)] == ["佐藤　華子"]
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])

    await case.closes(CaseState.WITHDRAWN)
    assert await entries(case) == []
    assert (await frontier.told(case, "jlis"))["CS-07"] == 2
