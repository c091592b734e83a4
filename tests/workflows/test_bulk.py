"""一括処理: a frozen list is worked off item by item, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.bulk import BulkEvent, BulkState, ItemState
from domain.cases import CaseState, Verb
from domain.gates import GateEvent
from domain.telegrams import Peer
from register import bulk_repairs, gates
from register.gates import Change
from register.municipalities import Parameters
from tests.bulk_repairs.begun import FAST, ONE_A_MINUTE, confirmed, drafted, refused_births, settle

if TYPE_CHECKING:
    from typing import Any

    from tests.bulk_repairs.begun import Bulk
    from tests.frontier import Frontier
    from tests.house import Case, Town

SLOW = Parameters(bulk_per_minute=ONE_A_MINUTE)
S = ItemState


async def test_a_list_is_worked_off_and_each_item_has_an_outcome_of_its_own(
    frontier: Frontier,
) -> None:
    """What came later is left alone, what was repaired meanwhile passed over; what fails says so.

    Paused, it holds before the next item; resumed, it goes on there.

    Red: judge the list once instead of item by item; count a decision as its outcome.
    """
    town = await frontier.open_town(parameters=SLOW)
    first, second, third = await refused_births(town, 3)
    bulk = await drafted(town)
    later = await _refused_later(town)
    await bulk.say(BulkEvent.CONFIRMED)
    await bulk.stands(S.WORKED, S.WAITING, S.WAITING)
    await first.closes()

    await bulk.say(BulkEvent.PAUSED)
    await (await bulk.case()).waits("resumption")
    await second.decide(Verb.RETRY, incident=(await second.parks())["incident_id"])
    await second.closes()
    await town.fault("jlis", "REFUSE", message="CS-04", code="BAD_CHARACTER")
    await settle(town, bulk_per_minute=FAST)
    await bulk.say(BulkEvent.RESUMED)

    await bulk.stands(S.WORKED, S.SUPERSEDED, S.FAILED_AGAIN)
    await (await bulk.case()).closes()
    assert [(item.told, item.again) for item in await bulk.items()] == [
        ("", None),
        ("CASE_CLOSED", None),
        ("", "BAD_CHARACTER"),
    ]
    assert await _state(bulk) == BulkState.OVER
    assert (await later.parks())["state"] == (await third.parks())["state"] == "open"
    await _decided_as_confirmed(bulk, first, third)


async def test_it_ends_when_every_outcome_is_known(frontier: Frontier) -> None:
    """Not when every decision is made: here J-LIS is held, and the birth waits.

    Red: let the second step settle at once.
    """
    town = await frontier.open_town()
    (birth,) = await refused_births(town, 1)
    async with town.transaction() as tx:
        held = Change(GateEvent.HELD, "chief", "回線工事")
        await gates.hold(tx, town.code, Peer.JLIS, held)
    bulk = await confirmed(town)
    case = await bulk.case()
    await birth.waits("gate")

    await case.waits("outcomes")
    assert await bulk.states() == [S.DECIDED]
    async with town.transaction() as tx:
        assert await gates.release(tx, town.code, Peer.JLIS, "chief", "復旧")

    await case.closes()
    assert await bulk.states() == [S.WORKED]


async def test_what_is_stopped_leaves_the_rest_alone(frontier: Frontier) -> None:
    """For good; what was decided goes on in its own case."""
    town = await frontier.open_town(parameters=SLOW)
    cases, bulk = await _begun(town)

    await bulk.say(BulkEvent.STOPPED)

    await (await bulk.case()).closes()
    await _first_alone(bulk, *cases)


async def test_a_list_that_is_withdrawn_leaves_the_rest_alone(frontier: Frontier) -> None:
    """取下げ of the case that works it off takes no decision back."""
    town = await frontier.open_town(parameters=SLOW)
    cases, bulk = await _begun(town)
    case = await bulk.case()

    await case.decide(Verb.WITHDRAW)

    await case.closes(CaseState.WITHDRAWN)
    await _first_alone(bulk, *cases)


async def _begun(town: Town) -> tuple[list[Case], Bulk]:
    """A list of two, of which the first was decided."""
    cases = await refused_births(town, 2)
    bulk = await confirmed(town)
    await bulk.stands(S.WORKED, S.WAITING)
    return cases, bulk


async def _first_alone(bulk: Bulk, first: Case, second: Case) -> None:
    await first.closes()
    assert await bulk.states() == [S.WORKED, S.STOPPED]
    assert await _state(bulk) == BulkState.STOPPED
    assert (await second.parks())["state"] == "open"


async def _refused_later(town: Town) -> Case:
    """One that is refused after the list was frozen."""
    await town.fault("jlis", "REFUSE", message="CS-04")
    case = await town.report_birth(household=1)
    await case.parks()
    return case


async def _decided_as_confirmed(bulk: Bulk, *cases: Case) -> None:
    """By whoever confirmed it, for the reason it was drafted for, each on its own incident."""
    number = (await bulk.case()).ref.case_number
    for case in cases:
        (row,) = await _decisions(case)
        assert row["evidence"] == f"一括処理 {number}"
        assert (row["author"], row["role"], row["verb"]) == ("chief-01", "chief", "retry")
        assert row["reason"] == "直ったと連絡があった。"
        assert row["of_case"] == case.ref.case_id


async def _decisions(case: Case) -> list[dict[str, Any]]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT d.*, i.case_id AS of_case FROM decision d JOIN incident i"
            " USING (municipality, incident_id) WHERE d.case_id = $1",
            case.ref.case_id,
        )
    return [dict(row) for row in rows]


async def _state(bulk: Bulk) -> BulkState:
    async with bulk.town.transaction() as tx:
        found = await bulk_repairs.find(tx, bulk.bulk_id)
    assert found is not None
    return found.state
