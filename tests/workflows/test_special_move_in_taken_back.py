"""転出証明書情報 that is voided, and a 特例転入 that is withdrawn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.cases import CaseState, Procedure, Verb
from tests.eventually import SETTLED
from tests.newcomers import Person, entries, waits

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

EXPECTED = "来庁を待つ"


async def test_a_certificate_taken_back_while_somebody_stands_at_the_counter(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """転出取消 racing the visit: entered and told to staff, or not entered; never both."""
    person = Person()
    await frontier.settle(origin, person)
    certificate = await frontier.certify(origin, destination, person)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    await asyncio.gather(
        frontier.visit(destination, person, case), frontier.void(origin, certificate)
    )
    async with asyncio.timeout(SETTLED):
        while not (outcome := await frontier.outcome(case)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    entered = len(await entries(case))
    assert (outcome, entered) in {
        ("withdrawn", 0),
        ("CERTIFICATE_VOID", 0),
        ("completed", 1),
    }


async def test_a_certificate_taken_back_closes_the_case_that_waits(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """転出取消 before the visit: the case is withdrawn, and the citizen is told."""
    person = Person()
    await frontier.settle(origin, person)
    certificate = await frontier.certify(origin, destination, person)
    filed = await frontier.file(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    await frontier.void(origin, certificate)

    await case.closes(CaseState.WITHDRAWN)
    await frontier.sees(filed, "取消")


async def test_a_certificate_taken_back_after_the_visit_is_told_to_staff(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """The entry stands; the message is listed with its case and the reason."""
    person = Person()
    await frontier.settle(origin, person)
    certificate = await frontier.certify(origin, destination, person)
    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)
    await case.closes()

    await frontier.void(origin, certificate)
    await frontier.inbox_settles(destination, unclaimed=1)

    [listed] = (await frontier.get(destination, "/v1/inbox"))["messages"]
    assert (listed["flaw"], listed["case_number"]) == ("CERTIFICATE_USED", case.ref.case_number)
    assert len(await entries(case)) == 1


async def test_a_certificate_that_comes_after_its_own_cancellation_opens_nothing(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Messages come in any order."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.delay("jlis", "CS-05", destination, 2)
    certificate = await frontier.certify(origin, destination, person)
    await frontier.delay("jlis", "CS-05", destination, 0)
    await frontier.void(origin, certificate)

    await frontier.inbox_settles(destination, merged=2)

    assert not await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN)


async def test_a_finished_move_in_may_be_withdrawn_and_everybody_is_told(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """異動の取消し（減）: nobody is left behind anywhere, and the 転出地 hears of it."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    filed = await frontier.file(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    await destination.fault("unified_addressee", "REFUSE", message="AT-03")
    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)

    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])

    await case.closes(CaseState.WITHDRAWN)
    assert await entries(case) == []
    assert (await frontier.told(case, "jlis"))["CS-07"] == 2
    await frontier.sees(filed, "取消")
