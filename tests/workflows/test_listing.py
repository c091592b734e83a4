"""What lists of the engine may be narrowed by: CaseStatus and Waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.service import RPCError, RPCStatusCode

from domain.cases import CaseState, Verb
from tests.eventually import eventually
from tests.frontier import DAY
from tests.moving import Family
from tests.newcomers import Person, waits
from workflows.listing import STATUS, WAITING

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Case, Town
    from tests.moving import Movers


async def lists(case: Case, status: str | None, waiting: str | None = None) -> None:
    """Wait until the engine lists a case so, by its newest run."""
    await _lists(case, {(status, waiting)})


async def lists_as_over(case: Case) -> None:
    """Wait until the engine lists a case as standing nowhere.

    A run that began anew and never stood still has told nothing, which says the same.
    """
    await _lists(case, {("open", None), (None, None)})


async def _lists(case: Case, wanted: set[tuple[str | None, str | None]]) -> None:
    handle = case.town.house.client.get_workflow_handle(case.workflow_id)

    async def shown() -> bool:
        try:
            told = (await handle.describe()).typed_search_attributes
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False  # the relay has not started it yet
        return (told.get(STATUS), told.get(WAITING)) in wanted

    await eventually(shown)


async def test_a_healthy_birth_tells_nothing_and_costs_nothing(town: Town) -> None:
    """No event beyond its steps.  Red: tell `open` of every case that begins."""
    case = await town.report_birth()
    await case.closes()

    await lists(case, None)
    history = await town.house.client.get_workflow_handle(case.workflow_id).fetch_history()
    kinds = {event.WhichOneof("attributes") for event in history.events}
    assert "upsert_workflow_search_attributes_event_attributes" not in kinds


async def test_a_case_that_is_parked_is_listed_as_parked(town: Town) -> None:
    """While staff must decide, and no longer; a case taken back says how it ended."""
    await town.fault("jlis", "REFUSE", message="CS-04", times=2)
    case = await town.report_birth()
    incident = await case.parks()
    await lists(case, "parked", "staff")

    await case.decide(Verb.RETRY, incident=incident["incident_id"])
    await case.parks()
    await lists(case, "parked", "staff")
    incident = await case.parks()
    await case.decide(Verb.RETRY, incident=incident["incident_id"])
    await case.closes()
    await lists_as_over(case)

    await town.fault("jlis", "REFUSE", message="CS-12")
    other = await town.report_birth("田中　遙")
    await other.parks()
    await other.decide(Verb.WITHDRAW)
    await other.closes(CaseState.WITHDRAWN)
    await lists(other, "withdrawn")


async def test_a_move_out_is_listed_by_what_it_waits_for(movers: Movers) -> None:
    """The day, then the 転入通知; a fresh run at the wait keeps what its predecessor said."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await lists(case, "waiting", "departure_day")

    await movers.frontier.on(day, 9)
    await lists(case, "waiting", "move_in_notice")
    await movers.tell(family, day)
    await case.closes()
    await lists_as_over(case)


async def test_an_expired_case_is_listed_as_expired(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Nobody came: seen on the list without opening the case."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    case = await frontier.case_of(destination)
    await waits(case, "来庁を待つ")
    await lists(case, "waiting", "visit")

    await frontier.on(DAY + timedelta(days=31), hour=0)
    await case.closes(CaseState.EXPIRED)

    await lists(case, "expired")
