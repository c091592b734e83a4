"""What staff decide reaches the case, and ends with an outcome."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Verb
from tests.agreement import agrees
from tests.eventually import SETTLED, eventually
from tests.workflows.kind import AMENDED

if TYPE_CHECKING:
    from uuid import UUID

    from tests.house import Case, Town
    from tests.workflows.sabotage import Saboteur

_ANNOUNCE = "本人確認情報を送信する"


async def test_ten_failed_retries_in_a_row_leave_the_case_open(town: Town) -> None:
    """A case never fails by itself: each retry has an outcome of its own, and the last worked."""
    await town.fault("jlis", "REFUSE", message="CS-04", times=11)
    case = await town.report_birth()
    decisions: list[UUID] = []

    for _ in range(11):
        incident = await case.parks()
        decisions.append(await case.decide(Verb.RETRY, incident=incident["incident_id"]))
    await case.closes()

    outcomes = [(await _events(case, decision))[-1] for decision in decisions]
    assert outcomes == ["failed_again"] * 10 + ["worked"]


async def test_a_decision_is_accepted_then_executing_then_worked(town: Town) -> None:
    """Staff see how far their decision has come."""
    await town.fault("jlis", "REFUSE", message="CS-12")
    case = await town.report_birth()
    incident = await case.parks()

    decision = await case.decide(Verb.RETRY, incident=incident["incident_id"])
    await case.closes()

    assert await _events(case, decision) == ["accepted", "executing", "worked"]


async def test_a_decision_made_before_the_run_looks_is_not_overtaken(
    town: Town, saboteur: Saboteur
) -> None:
    """Staff may be quicker than the run that parked: it goes on only when it has taken the word.

    Red: count an incident as decided from the acceptance of the decision.
    """
    await town.fault("jlis", "REFUSE", message="CS-04")
    case = await town.report_birth()
    looking, taking = (
        saboteur.hold(case.ref, name, 0) for name in ("現況を読む", "起床を受け取る")
    )
    looking.released.set()
    await looking.reached.wait()
    looking = saboteur.hold(case.ref, "現況を読む", 0)

    incident = await case.parks()
    await case.decide(Verb.AMEND, incident=incident["incident_id"], changes=AMENDED)
    looking.released.set()
    await taking.reached.wait()
    assert (await case.lines())[_ANNOUNCE] == "begun"
    taking.released.set()
    await case.closes()
    await agrees(town)
    notices = [m for m in (await town.ledger("jlis"))["messages"] if m["kind"] == "CS-04"]
    assert [notice["status"] for notice in notices] == [422, 200]


async def test_a_withdrawal_does_not_wait_for_a_back_off(town: Town) -> None:
    """A step that would try again in five minutes lets go at once."""
    await town.fault("jlis", "UNAVAILABLE", message="CS-02", times=None, retry_after="300")
    case = await town.report_birth()
    await case.fails("個人番号を要求して登録する")

    await case.decide(Verb.WITHDRAW)

    async with asyncio.timeout(SETTLED):
        await case.closes(CaseState.WITHDRAWN)
    await agrees(town)


async def _events(case: Case, decision: UUID) -> list[str]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT event FROM decision_event WHERE decision_id = $1 ORDER BY at", decision
        )
    return [row["event"] for row in rows]


async def test_what_staff_told_by_hand_they_correct_by_hand(town: Town) -> None:
    """An amendment after a step done by hand asks staff for that step again, before it goes on.

    Red when `ledger.reopen` passes over what was done by hand: the other side keeps the old data.
    """
    await town.fault("jlis", "REFUSE", message="CS-12")
    await town.fault("unified_addressee", "REFUSE", message="AT-01")
    case = await town.report_birth()
    mailing = await case.parks()
    await _by_hand(case, mailing["incident_id"])
    addressee = await _parks_at(case, "団体内統合宛名番号の付番を要求する")

    await case.decide(Verb.AMEND, incident=addressee["incident_id"], changes=AMENDED)
    again = await _parks_at(case, mailing["step"])
    assert again["code"] == "AMENDED_SINCE_BY_HAND"
    await _by_hand(case, again["incident_id"])

    await case.closes()


async def _by_hand(case: Case, incident: UUID) -> None:
    await case.decide(Verb.DONE_BY_HAND, incident=incident, evidence="証跡一")


async def _parks_at(case: Case, step: str) -> dict[str, Any]:
    """The open incident of one step, once there is one."""

    async def there() -> dict[str, Any]:
        incident = await case.parks()
        return incident if incident["step"] == step else {}

    return await eventually(there)
