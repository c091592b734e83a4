"""職権記載: somebody lives here whom no register has, or whom nobody has reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.cases import CaseState, Procedure, Verb
from domain.residents import HEAD, Presence
from runtime.settings import TokenRole
from tests.agreement import agrees
from tests.changing import NEW_HOME
from tests.newcomers import Person, entries
from tests.numbers import my_number

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case, Town

NOBODY = {"name": "山田　一", "sex": "男", "born_on": "2001-04-01", "relationship": HEAD}


async def test_somebody_no_register_has_gets_code_and_number(here: Locals) -> None:
    """就籍: a code from the pool, a number for the first time, and everybody told (令12条).

    There is no 届出日, and no 転入通知 because there is nobody to tell.
    """
    await here.town.stock()

    case = await _entered(here)

    await case.closes()
    assert set((await case.lines()).values()) == {"done"}
    [entry] = await entries(case)
    assert (entry.name, entry.relationship) == ("山田　一", HEAD)
    assert await _rows(case) == [("職権記載", None)]
    assert await here.frontier.told(case, "jlis") == {
        "CS-02": 1,
        "CS-04": 1,
        "CS-12": 1,
        "CS-13": 1,
        "CS-14": 1,
    }
    assert await here.frontier.told(case, "unified_addressee") == {"AT-01": 1, "AT-03": 1}
    assert await _reasons(here.town) == ["職権記載等"]
    assert await _events(case) == ["resident.changed"]
    await agrees(here.town)


async def test_somebody_registered_elsewhere_keeps_code_and_number(
    here: Locals, origin: Town
) -> None:
    """未届転入: nothing is drawn or generated, and the 転出地 hears of it (法9条1項).

    Red: without the 異動事由詳細 住基ネット says that they live elsewhere.
    """
    person = Person()
    await here.frontier.settle(origin, person)
    known = {
        "code": person.code,
        "number": my_number(person.ordinal),
        "born_on": person.born_on.isoformat(),
    }

    case = await _entered(
        here, cause="未届転入", basis="実態調査", origin=origin.code, persons=[NOBODY | known]
    )

    await case.closes()
    assert await here.frontier.told(case, "jlis") == {
        "CS-04": 1,
        "CS-07": 1,
        "CS-13": 1,
        "CS-14": 1,
    }
    assert await here.frontier.holder(here.town, person) == here.town.code
    assert await here.frontier.notice_at(origin)
    assert await _rows(case) == [("職権記載", None)]


async def test_whoever_was_here_before_keeps_the_addressee_number(here: Locals) -> None:
    """消除 after 実態調査, and found again: the same person, the same 宛名番号, code and number."""
    family = await here.family()
    struck = {
        "kind": "職権消除",
        "basis": "実態調査",
        "evidence": "実態調査-44",
        "household_id": str(family.household_id),
        "residents": [str(family.people[2])],
        "happened_on": (await here.today()).isoformat(),
    }
    await (await here.accepted(Procedure.CORRECTION, "/v1/corrections", struck)).closes()
    born_on = (await family.person(2)).entry.born_on.day.isoformat()
    again = NOBODY | {"code": family.codes[2], "relationship": "子", "born_on": born_on}

    case = await _entered(
        here,
        cause="住所設定",
        basis="実態調査",
        household_id=str(family.household_id),
        address=None,
        persons=[again],
    )

    await case.closes()
    assert await family.presence(2) is Presence.RESIDENT
    assert (await family.history(2))[-2:] == ["職権消除", "職権記載"]
    assert "CS-02" not in await here.frontier.told(case, "jlis")
    await agrees(here.town)


async def test_an_entry_can_be_cancelled(here: Locals) -> None:
    """異動の取消し（減）: 除票, the number stays the person's, the code is nobody else's."""
    await here.town.stock()
    case = await _entered(here)
    await case.closes()

    form = {"case_number": case.ref.case_number}
    await (await here.accepted(Procedure.CANCELLATION, "/v1/cancellations", form)).closes()

    assert [row[0] for row in await _rows(case)] == ["職権記載", "異動の取消し（減）"]
    assert not await entries(case)
    assert await _reasons(here.town) == ["職権記載等", "職権消除等"]
    await agrees(here.town)


async def test_an_entry_registered_elsewhere_that_is_cancelled_is_told_there(
    here: Locals, origin: Town
) -> None:
    """CS-07 取消 to whoever was told.  Red: leave 職権記載 out of what moves people in."""
    person = Person()
    await here.frontier.settle(origin, person)
    known = {"code": person.code, "number": my_number(person.ordinal)}
    case = await _entered(here, origin=origin.code, persons=[NOBODY | known])
    await case.closes()

    form = {"case_number": case.ref.case_number}
    cancellation = await here.accepted(Procedure.CANCELLATION, "/v1/cancellations", form)
    await cancellation.closes()

    assert (await here.frontier.told(cancellation, "jlis"))["CS-07"] == 1


async def test_a_refused_entry_is_withdrawn_without_a_trace(here: Locals) -> None:
    """取下げ: 除票 again, and nobody outside holds them as living here."""
    await here.town.stock()
    await here.town.fault("unified_addressee", "REFUSE", message="AT-03")
    case = await _entered(here)
    incident = await case.parks()

    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])

    await case.closes(CaseState.WITHDRAWN)
    assert not await entries(case)
    await agrees(here.town)


async def test_who_looks_like_a_resident_is_looked_at_first(here: Locals) -> None:
    """氏名・生年月日・性別 of somebody who is here: staff decide whether it is the same person."""
    await here.town.stock()
    family = await here.family()
    twin = (await family.person(1)).entry
    alike = {
        "name": twin.name,
        "sex": twin.sex,
        "born_on": twin.born_on.day.isoformat(),
        "relationship": HEAD,
    }

    case = await _entered(here, persons=[alike])

    assert (await case.parks())["code"] == "SAME_THREE_ITEMS"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"happened_on": "2099-01-01"}, "happened_on", "FUTURE_DATE"),
        ({"evidence": ""}, "evidence", "BLANK"),
        ({"cause": "転入"}, "cause", "NOT_A_CHOICE"),
        ({"address": None}, "address", "MISSING"),
        ({"origin": "011002"}, "persons.0.code", "MISSING"),
        ({"persons": [NOBODY, NOBODY]}, "persons", "HEAD_NEEDED"),
        ({"residents": []}, "residents", "UNKNOWN_FIELD"),
    ],
)
async def test_a_form_that_does_not_hold_together_is_refused(
    here: Locals, changes: dict[str, Any], field: str, code: str
) -> None:
    """The field is named, and nothing is stored."""
    form = {key: part for key, part in (await _form(here) | changes).items() if part is not None}

    status, problem = await here.post("/v1/corrections", form)

    assert (status, problem["code"]) == (422, "INVALID_INPUT")
    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == (field, code)
    assert not await here.frontier.cases_of(here.town, Procedure.ENTRY)


async def test_a_resident_is_not_entered_again_and_the_counter_enters_nobody(
    here: Locals,
) -> None:
    """Who lives here already is corrected; 職権 is for 審査 and 責任者."""
    family = await here.family()
    form = await _form(here, persons=[NOBODY | {"code": family.codes[0]}])
    assert (await here.post("/v1/corrections", form))[1]["code"] == "ALREADY_RESIDENT"

    status, problem = await here.post("/v1/corrections", await _form(here), TokenRole.COUNTER)
    assert (status, problem["code"]) == (403, "ROLE_NOT_ALLOWED")


async def _form(here: Locals, **said: Any) -> dict[str, Any]:
    usual = {
        "kind": "職権記載",
        "cause": "就籍",
        "basis": "裁判",
        "evidence": "就籍許可審判-12",
        "happened_on": (await here.today()).isoformat(),
        "address": NEW_HOME,
        "persons": [NOBODY],
    }
    return {name: part for name, part in (usual | said).items() if part is not None}


async def _entered(here: Locals, **said: Any) -> Case:
    return await here.accepted(Procedure.ENTRY, "/v1/corrections", await _form(here, **said))


async def _rows(case: Case) -> list[tuple[str, object]]:
    """異動事由 and 届出日 of the first person of a case, in order."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT reason, notified_on FROM resident_history JOIN case_person p USING"
            " (municipality, resident_id) WHERE p.case_id = $1 AND subject = 1 ORDER BY history_no",
            case.ref.case_id,
        )
    return [(row["reason"], row["notified_on"]) for row in rows]


async def _reasons(town: Town) -> list[str]:
    """異動事由 of all that J-LIS was told of the one who was entered."""
    people = (await town.ledger("jlis"))["people"]
    told = [[entry["reason"] for entry in one["entries"]] for one in people]
    return next(reasons for reasons in told if "職権記載等" in reasons)


async def _events(case: Case) -> list[str]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT kind FROM feed_event WHERE case_id = $1 ORDER BY log_id", case.ref.case_id
        )
    return [row["kind"] for row in rows]
