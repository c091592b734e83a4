"""What a case stands at when it is decided: what is over, turned back or past is not decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from domain.cases import CaseState, Direction, Verb
from register import cases, decisions, wakeups
from register.case_views import find
from register.decisions import Habits

if TYPE_CHECKING:
    from tests.api.counter import Answer
    from tests.api.desk import Desk


async def test_a_stale_incident_names_the_open_one(desk: Desk) -> None:
    """An answer to what was is refused, and what stands now is told."""
    number = await desk.report()
    stale = await desk.park(number)
    await desk.decide(number, "retry", stale)
    fresh = await desk.park(number)
    answer = await desk.decide(number, "retry", stale)
    assert (answer.status, answer.code) == (409, "STALE_INCIDENT")
    assert answer.json["open_incidents"] == [str(fresh)]
    shown = (await desk.client.get(f"/v1/cases/{number}")).json
    assert [one["state"] for one in shown["decisions"]] == ["failed_again"]


async def test_a_closed_case_cannot_be_decided(desk: Desk) -> None:
    """What is over is changed by 異動取消 or 職権修正, not by its case."""
    number = await desk.report()
    async with desk.town.open() as tx:
        assert await cases.close(tx, (await _file(desk, number)).ref, Direction.FORWARD)
    answer = await desk.decide(number, "withdraw")
    assert (answer.status, answer.code) == (409, "CASE_CLOSED")


@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_case_is_withdrawn_once(desk: Desk, *, carried_out: bool) -> None:
    """From the moment a withdrawal is accepted, nothing else is decided going forward."""
    number = await desk.report()
    incident = await desk.park(number)
    first = await desk.decide(number, "withdraw")
    if carried_out:
        await _carry_out(desk, number, first)
    again = await desk.decide(number, "withdraw")
    assert (again.status, again.code) == (409, "ALREADY_WITHDRAWING")
    assert again.json["decision_id"] == first.json["decision_id"]
    late = await desk.decide(number, "retry", incident)
    expected = "STALE_INCIDENT" if carried_out else "ALREADY_WITHDRAWING"
    assert (late.status, late.code) == (409, expected)


async def test_a_parked_undo_may_be_decided(desk: Desk) -> None:
    """A withdrawal's own incidents are answered as any other."""
    number = await desk.report()
    await _carry_out(desk, number, await desk.decide(number, "withdraw"))
    incident = await desk.park(
        number, step="取消の本人確認情報を送信する", verbs=(Verb.RETRY, Verb.DONE_BY_HAND)
    )
    assert (await desk.decide(number, "retry", incident)).status == 202


async def test_a_case_turned_back_is_not_closed_by_a_run_that_told_it_forward(desk: Desk) -> None:
    """Such a run has taken nothing back: it reads where the case stands, and tells it again.

    Red: close the case as its direction says, whichever way its story was told.
    """
    number = await desk.report()
    await _carry_out(desk, number, await desk.decide(number, "withdraw"))
    case = (await _file(desk, number)).ref
    async with desk.town.open() as tx:
        await wakeups.take(tx, case.municipality, case.case_id)
        assert not await cases.close(tx, case, Direction.FORWARD)
        assert (await _file(desk, number)).state == CaseState.OPEN
        assert await cases.close(tx, case, Direction.WITHDRAWING)


async def _file(desk: Desk, number: str) -> Any:
    async with desk.town.open() as tx:
        return await find(tx, number)


async def _carry_out(desk: Desk, number: str, decided: Answer) -> None:
    case = (await _file(desk, number)).ref
    async with desk.town.open() as tx:
        await decisions.carry_out(tx, case, UUID(decided.json["decision_id"]), Habits((), (), {}))
