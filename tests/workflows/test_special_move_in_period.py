"""Until when a 特例転入 is one, and what is kept of whoever never comes."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.cases import CaseState, Procedure
from tests.frontier import DAY
from tests.newcomers import Person, entries, waits

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

EXPECTED = "来庁を待つ"


async def test_of_whoever_never_comes_nothing_is_kept(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """On day 転出予定日+30 the data is still here; when it has ended, the keys are destroyed."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    await frontier.file(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    await frontier.on(DAY + timedelta(days=30), hour=23, minute=59)
    await waits(case, EXPECTED)
    assert await frontier.bodies(case) == 2
    await frontier.on(DAY + timedelta(days=31), hour=0)

    await case.closes(CaseState.EXPIRED)
    assert await frontier.bodies(case) == 0
    assert await frontier.erasures(case) == 2
    status, problem = await frontier.visit(destination, person, case)
    assert (status, problem["code"]) == (409, "CASE_CLOSED")


async def test_whoever_never_came_is_told_that_the_plan_has_lapsed(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """OS-03 期限切れ names the paper way, to everybody who announced a visit; then it is erased.

    While マイナポータル is away the certificate is erased all the same, and the case waits for it.
    Red: leave out `though_over` in the story, and the citizen reads 受付 for ever.
    """
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    filed = [await frontier.file(origin, destination, person) for _ in range(2)]
    await frontier.inbox_settles(destination, attached=3)
    case = await frontier.case_of(destination)
    for each in filed:
        await frontier.sees(each, "受付")
    await waits(case, EXPECTED)

    await destination.fault("mynaportal", "UNAVAILABLE", message="OS-03")
    await frontier.on(DAY + timedelta(days=31), hour=0)

    await case.closes(CaseState.EXPIRED)
    for each in filed:
        seen = await frontier.seen(each)
        assert seen["state"] == "期限切れ"
        assert "紙の転出証明書" in seen["words"]
    assert await frontier.bodies(case) == 0
    assert await frontier.erasures(case) == 3


async def test_a_move_after_the_period_is_never_a_special_one(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """転出予定日+30 lies before the move: by then the data is gone, and paper is needed."""
    person = Person()
    await frontier.on(date(2026, 4, 1))
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    await frontier.on(date(2026, 5, 10))
    await case.closes(CaseState.EXPIRED)

    status, receipt = await frontier.visit(destination, person)

    assert status == 202
    again = await frontier.case_numbered(destination, receipt["case_number"])
    assert (await again.parks())["code"] == "SPECIAL_MOVE_IN_EXPIRED"


async def test_a_visit_of_the_very_midnight_is_refused_or_the_case_goes_on(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Timer and visit in one instant: whoever is first, nothing is half done."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    moved_in_on = (DAY + timedelta(days=20)).isoformat()
    await frontier.on(DAY + timedelta(days=30), hour=23, minute=59)

    (status, _), _ = await asyncio.gather(
        frontier.visit(destination, person, case, moved_in_on=moved_in_on),
        frontier.on(DAY + timedelta(days=31), hour=0),
    )

    if status == 202:
        await case.closes()
        assert len(await entries(case)) == 1
    else:
        await case.closes(CaseState.EXPIRED)
        assert await frontier.bodies(case) == 0


async def test_a_certificate_racing_the_end_of_the_wait_finds_a_case_that_waits(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """It either keeps the old case waiting or opens a new one; it is never lost in a closed one."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    await waits(await frontier.case_of(destination), EXPECTED)
    later = DAY + timedelta(days=31)

    await asyncio.gather(
        frontier.on(later, hour=0),
        frontier.certify(origin, destination, person, planned_on=later),
    )

    await frontier.inbox_settles(destination, attached=2)
    cases = await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN)
    states = [await case.state() for case in cases]
    while states not in (["open"], ["expired", "open"]):
        await asyncio.sleep(0.05)
        states = [await case.state() for case in cases]
    await waits(cases[-1], EXPECTED)
    assert await frontier.bodies(cases[-1]) >= 1


async def test_a_refusal_for_its_day_names_the_article_and_the_paper_way(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    await frontier.on(DAY + timedelta(days=15))

    status, problem = await frontier.visit(destination, person, moved_in_on=DAY.isoformat())

    assert (status, problem["code"]) == (409, "SPECIAL_MOVE_IN_EXPIRED")
    assert "施行令24条の2" in problem["detail"]
    assert "紙の転出証明書" in problem["next"]
