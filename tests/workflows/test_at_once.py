"""Many at the same instant: twins, double reports, one household, thirty births."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.cases import CaseState, Verb
from domain.dates import RegisterDate
from tests.agreement import agrees

if TYPE_CHECKING:
    from tests.house import House, Town
    from tests.workflows.sabotage import Saboteur


async def test_of_two_reports_of_one_child_one_waits_for_staff(town: Town) -> None:
    """Accepted at the same instant, they meet under the household's lock: one child is numbered.

    Red: look for the same child without that lock.
    """
    both = await asyncio.gather(town.report_birth(), town.report_birth())

    parked = [asyncio.create_task(case.parks()) for case in both]
    done, waiting = await asyncio.wait(parked, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    incident = done.pop().result()
    double, other = sorted(both, key=lambda case: case.ref.case_id != incident["case_id"])

    assert incident["code"] == "POSSIBLE_DUPLICATE"
    await other.closes()
    await double.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await double.closes(CaseState.WITHDRAWN)
    await agrees(town)


@pytest.mark.parametrize("held", [0, 1])
async def test_twins_reported_as_such_are_both_entered(
    town: Town, saboteur: Saboteur, held: int
) -> None:
    """`not_the_same_as` names the other case: staff have looked, whichever is entered first."""
    first = await town.report_birth("田中　遥")
    second = await town.report_birth("田中　翼", twin_of=first.ref.case_number)
    twins = (first, second)
    hold = saboteur.hold(twins[held].ref, "住民票を記載し住民票コードを割り当てる")

    await twins[1 - held].closes()
    hold.released.set()
    await twins[held].closes()
    await agrees(town)


async def test_two_births_enter_one_household_at_once(town: Town) -> None:
    """Different days, so different children: the household's lock puts one behind the other."""
    days = [RegisterDate.on(date(2026, 11, day)) for day in (19, 20)]
    both = await asyncio.gather(*(town.report_birth(born_on=day) for day in days))

    await asyncio.gather(*(case.closes() for case in both))
    await agrees(town)


async def test_thirty_births_at_once(house: House) -> None:
    """Each child gets one code, one number and one place everywhere."""
    town = await house.open_town(target_stock=40)
    await town.stock()
    days = [RegisterDate.on(date(2026, 11, day)) for day in range(1, 16)]
    births = await asyncio.gather(
        *(town.report_birth(household=place, born_on=day) for day in days for place in range(2))
    )

    await asyncio.gather(*(birth.closes() for birth in births))
    await agrees(town)
    numbers = [p["number"] for p in (await town.ledger("jlis"))["people"]]
    assert len(numbers) == len(set(numbers))
