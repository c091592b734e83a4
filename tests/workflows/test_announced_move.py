"""転居予約: a 転居 announced online waits for the visit, and is one case with its 転居届."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.cases import CaseState, Procedure
from domain.opening_hours import OpeningCalendar
from domain.residents import HEAD
from register.municipalities import Parameters
from tests.agreement import agrees
from tests.announcing import (
    EXPECTED,
    announces,
    comes,
    form,
    waiting,
)
from tests.changing import NEW_HOME, Locals
from tests.frontier import DAY
from tests.moving import Family
from tests.newcomers import waits

if TYPE_CHECKING:
    from tests.frontier import Frontier


async def test_who_announced_a_move_comes_and_is_entered(here: Locals) -> None:
    """本人特定, then 来庁待ち; the 転居届 gives address and household; the citizen hears 完了."""
    family = await here.family()
    filed = await announces(here, family)
    case = await waiting(here)
    assert (await here.frontier.seen(filed))["state"] == "受付"
    assert "転居予約" in (await here.frontier.seen(filed))["words"]

    status, receipt = await comes(here, case, family)

    assert (status, receipt["case_number"], receipt["late"]) == (202, case.ref.case_number, False)
    await case.closes()
    assert (await family.person()).entry.address.line == NEW_HOME["line"]
    await here.frontier.sees(filed, "完了")
    assert set((await case.lines()).values()) == {"done"}
    await agrees(here.town)


async def test_a_report_without_case_number_finds_the_case(here: Locals) -> None:
    """By the code of anybody who moves: the applicant need not be named first."""
    family = await here.family()
    filed = await announces(here, family, who=1)
    case = await waiting(here)

    found = await here.move(family)

    assert found == case
    await case.closes()
    await here.frontier.sees(filed, "完了")
    assert await here.frontier.cases_of(here.town, Procedure.ADDRESS_CHANGE) == [case]


async def test_part_of_a_household_may_announce_that_it_moves(here: Locals) -> None:
    """一全: who announced it founds a household of their own; the others stay as they are."""
    family = await here.family()
    filed = await announces(here, family, who=2)
    case = await waiting(here)

    assert (await comes(here, case, family, 2))[0] == 202

    await case.closes()
    assert (await family.person(2)).entry.relationship == HEAD
    assert await family.history(0) == ["移行"]
    await here.frontier.sees(filed, "完了")
    await agrees(here.town)


async def test_an_announcement_of_the_night_finds_its_person_in_the_morning(
    frontier: Frontier,
) -> None:
    """住基ネット is closed: 本人特定中 until CS-14 can be asked."""
    town = await frontier.open_town(opening=OpeningCalendar())
    await frontier.keep_hours(town)
    here = Locals(frontier, town)
    family = await here.family()
    await frontier.on(DAY, hour=21)

    await announces(here, family)
    await frontier.inbox_settles(town, identifying=1)
    assert not await frontier.cases_of(town, Procedure.ADDRESS_CHANGE)

    await frontier.on(DAY + timedelta(days=1), hour=9)
    await waiting(here)


async def test_whoever_never_comes_is_told_and_forgotten(here: Locals) -> None:
    """30 days after the planned day 期限切れ: the plan is erased, and nothing was entered.

    Red: leave out `though_over` in the story, and the citizen reads 受付 for ever.
    """
    family = await here.family()
    day = await here.today()
    filed = await announces(here, family)
    case = await waiting(here)

    await here.frontier.on(day + timedelta(days=30), hour=23, minute=59)
    await waits(case, EXPECTED)
    await here.frontier.on(day + timedelta(days=31), hour=0)

    await case.closes(CaseState.EXPIRED)
    seen = await here.frontier.seen(filed)
    assert seen["state"] == "期限切れ"
    assert "転居届" in seen["words"]
    assert await here.frontier.bodies(case) == 0
    assert await here.frontier.erasures(case) == 1
    assert await family.history() == ["移行"]
    status, problem = await comes(here, case, family)
    assert (status, problem["code"]) == (409, "CASE_CLOSED")
    await (await here.move(family)).closes()


async def test_the_citizen_may_take_it_back(here: Locals) -> None:
    """OS-02 取消 before the visit: the case is withdrawn, and a move later is a case of its own."""
    family = await here.family()
    filed = await announces(here, family)
    case = await waiting(here)

    await here.frontier.house.world.control(
        "POST", f"mynaportal/applications/{filed['id']}/withdrawals", {"kind": "OS-02"}
    )

    await case.closes(CaseState.WITHDRAWN)
    assert await here.move(family) != case


async def test_who_does_not_live_here_cannot_announce_a_move_here(
    here: Locals, frontier: Frontier
) -> None:
    """除票 or unknown: listed for staff with the reason, and nobody is waited for."""
    family = await here.family()
    other = Locals(frontier, await frontier.open_town())
    await announces(here, await Family.of(other.town))

    await here.frontier.inbox_settles(here.town, unclaimed=1)

    [listed] = (await here.frontier.get(here.town, "/v1/inbox"))["messages"]
    assert listed["flaw"] == "NOT_RESIDENT"
    assert "住民ではありません" in listed["advice_ja"]
    assert not await here.frontier.cases_of(here.town, Procedure.ADDRESS_CHANGE)
    await (await here.move(family)).closes()


async def test_a_visit_that_does_not_fit_is_refused(here: Locals) -> None:
    """Somebody else's 転居届, one of another form, one of nobody waited for, and a second one."""
    family, other = await here.family(0), await here.family(1)
    await announces(here, family)
    case = await waiting(here)

    assert (await comes(here, case, other))[1]["code"] == "WRONG_PERSON"
    path = f"/v1/cases/{case.ref.case_number}/visit"
    status, problem = await here.post(path, {"code": family.codes[0]})
    assert (status, problem["code"]) == (422, "INVALID_INPUT")
    status, problem = await here.post(path, await form(here, family, moved_on="2026-13-01"))
    assert problem["errors"][0]["field"] == "moved_on"

    assert (await comes(here, case, family))[0] == 202
    assert (await comes(here, case, family))[1]["code"] in {"ALREADY_REPORTED", "CASE_CLOSED"}
    await case.closes()


async def test_a_birth_waits_for_nobody(here: Locals) -> None:
    """来庁 is for cases that wait for people."""
    await here.town.stock()
    birth = await here.town.report_birth()
    family = await here.family()

    status, problem = await comes(here, birth, family)

    assert (status, problem["code"]) == (409, "NO_VISIT_AWAITED")


async def test_a_second_person_approves_the_report_made_at_the_visit(frontier: Frontier) -> None:
    """決裁 comes after the visit, and is about what was said there (四つの目)."""
    asked = Parameters(approval=(Procedure.ADDRESS_CHANGE,))
    here = Locals(frontier, await frontier.open_town(parameters=asked))
    family = await here.family()
    await announces(here, family)
    case = await waiting(here)
    await comes(here, case, family)
    await waits(case, "決裁を待つ")
    assert await family.history() == ["移行"]

    status, _ = await here.approve(case, version=1)

    assert status == 202
    await case.closes()
    assert await family.history() == ["移行", "転居"]
