"""Scenarios about what breaks: order, processes, agreement, and 住基ネット for days."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from clients.wire import Wire
from domain.cases import Procedure
from domain.errors import Refused
from domain.numbers import MyNumber
from domain.residents import Presence
from register.outbox import Due
from relay.engine import Engine
from tests.acceptance import deeds
from tests.acceptance.matrix import Expected
from tests.acceptance.received import Received
from tests.agreement import agrees
from tests.comparable import comparable, first, outside
from tests.simulators.office import Office, a_notice
from workflows.rehearsal import lines_of

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.frontier import Frontier
    from tests.house import Case, Town
    from tests.moving import Family, Movers
    from tests.workflows.sabotage import Saboteur

WIFE, CHILD = 1, 2
ANNOUNCING = "本人確認情報を送信する"


async def test_9_33_telegrams_of_one_person_arrive_in_the_order_of_the_history(
    here: Locals,
) -> None:
    """Order inversion of CS-04: server rejects or reorders; converge.

    Red: let nobody stand in front in a lane.
    """
    family = await here.family()
    await here.town.fault("jlis", "UNAVAILABLE", message="CS-04", on="any", times=None)
    readings = ["イチ", "ニ", "サン"]
    cases: list[Case] = []
    for reading in readings:
        cases.append(await deeds.corrects(here, family, CHILD, name_kana=reading))
        await _queues(cases)
    await deeds.well_again(here.town)
    for case in cases:
        await case.closes()

    # Each tells who the person is by now, in the place its case has in the history.
    entries = (await family.at_jlis(CHILD))["entries"]
    assert [one["update_number"] for one in entries] == [1, 2, 3]
    assert _told_by(entries) == await _sent_by(cases)
    assert entries[-1]["contents"]["ふりがな氏名"] == readings[-1]
    await agrees(here.town)
    with pytest.raises(Refused, match="ORDER"):
        await _tell_out_of_turn(here, family)


async def test_9_34_a_case_that_is_torn_away_at_every_step_takes_effect_once(
    here: Locals, saboteur: Saboteur
) -> None:
    """Worker crash at every step: exactly-once effect.

    At each line the run is ended before it acts and begun anew, and the report of what it did is
    lost as well.  Processes killed by SIGKILL are told of in tests/crash, all procedures in
    tests/workflows/test_every_step.py.

    Red: ask anew instead of asking after what was sent.
    """
    seen = await Received.from_now(here.frontier, here.town)
    steps = [line.step for line in lines_of(Procedure.BIRTH)]
    birth = await deeds.reports_birth(here, await here.family())
    holds = [saboteur.hold(birth.ref, step) for step in steps]
    saboteur.losses |= {(birth.ref.case_id, step, 1) for step in steps}
    for hold in holds:
        async with asyncio.timeout(30):
            await hold.reached.wait()
        await _torn_away(birth)
        hold.released.set()

    await birth.closes()

    row = Expected("出生", ("出生",), frozenset())
    assert await seen.counted() == row.counts()
    assert await seen.reasons() == ["出生"]
    await agrees(here.town)


async def test_9_36_a_difference_becomes_work_and_is_put_right(frontier: Frontier) -> None:
    """整合性確認 finds a difference: task + 訂正; the next one finds nothing.

    Red: compare no 宛名情報.
    """
    town = await comparable(frontier)
    number = (await first(town)).key
    await outside(
        town,
        "unified_addressee",
        "UPDATE addressees SET contents = jsonb_set(contents, '{name}', '\"違う　人\"')"
        " WHERE municipality = $1 AND addressee_number = $2",
        town.code,
        number,
    )

    (task,) = await _reconciled(frontier, town)

    assert (task["kind"], bool(task["repair"])) == ("ADDRESSEE_CONTENTS", True)
    status, receipt = await frontier.post(
        town,
        f"/v1/differences/{task['difference_id']}/decisions",
        {"verb": "repair", "reason": "登録内容の誤りを確認した。"},
    )
    assert status == 202, receipt
    (repair,) = await frontier.cases_of(town, Procedure.REPAIR)
    await repair.closes()
    assert await _reconciled(frontier, town) == []


async def test_9_40_after_three_days_without_juki_net_everything_is_told_in_order(
    movers: Movers,
) -> None:
    """Outage of 住基ネット for 3 days then flood: backlog drains in order, no timeouts lost.

    Red: let nobody stand in front in a lane.
    """
    here = deeds.at(movers, movers.origin)
    await here.town.stock()
    family, other = await here.family(0), await here.family(1)
    day = await movers.in_days(2)
    leaving = await movers.leave(other, day, CHILD)
    await leaving.waits_for("departure_day", 1)
    await here.town.fault("jlis", "UNAVAILABLE", on="any", times=None)
    births: list[Case] = []
    corrections: list[Case] = []
    for reading in "アイウ":
        births.append(await deeds.reports_birth(here, family))
        await births[-1].fails("個人番号を要求して登録する")
        corrections.append(await deeds.corrects(here, other, WIFE, name_kana=reading))
        await _queues(corrections)
        await movers.frontier.on(await movers.in_days(1), 9)
    assert await other.presence(CHILD) is Presence.STRUCK
    await leaving.fails(ANNOUNCING)

    await deeds.well_again(here.town)
    for case in (*births, *corrections):
        await case.closes()
    await leaving.waits_for("move_in_notice", 1)

    entries = (await other.at_jlis(WIFE))["entries"]
    assert _told_by(entries) == await _sent_by(corrections)
    assert entries[-1]["contents"]["ふりがな氏名"] == "ウ"
    (struck,) = (await other.at_jlis(CHILD))["entries"]
    assert struck["effective_on"] == day.isoformat()
    for case in (*births, *corrections, leaving):
        assert (await here.show(case))["incidents"] == []
    await agrees(here.town)


async def _queues(corrections: list[Case]) -> None:
    """Wait until the newest stands behind the first, which tries again and again."""
    first_one, newest = corrections[0], corrections[-1]
    if newest is first_one:
        await newest.fails(ANNOUNCING)
    else:
        # Once J-LIS has kept silent for long enough, all of them stand at its gate.
        assert await newest.waits("lane", "gate") in {first_one.ref.case_number, ""}


def _told_by(entries: list[dict[str, Any]]) -> list[str]:
    """The telegrams of somebody's entries at J-LIS, in their order."""
    return [one["message_id"] for one in sorted(entries, key=lambda one: one["update_number"])]


async def _sent_by(cases: list[Case]) -> list[str]:
    """The CS-04 of these cases, one each, in the order of the cases."""
    sent: list[str] = []
    for case in cases:
        async with case.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT telegram_id FROM telegram_state WHERE case_id = $1 AND step = $2",
                case.ref.case_id,
                ANNOUNCING,
            )
        sent += [str(row["telegram_id"]) for row in rows]
    return sent


async def _tell_out_of_turn(here: Locals, family: Family) -> None:
    """Send J-LIS the entry after the next of somebody."""
    frontier = here.frontier
    office = Office(
        here.town.code, frontier.house.world.url, lambda url: Wire(frontier.session, url, 5)
    )
    number = MyNumber(await deeds.number_of(family, CHILD))
    notice = a_notice(family.codes[CHILD], number)
    await office.tell(
        notice.model_copy(update={"change": "修正", "reason": "職権修正等", "update_number": 5})
    )


async def _torn_away(case: Case) -> None:
    """End the engine's run, and have the case started again."""
    await case.terminate()
    house = case.town.house
    engine = Engine(house.client, house.settings.temporal_task_queue)
    await engine.start(Due(case.ref, case.procedure))


async def _reconciled(frontier: Frontier, town: Town) -> list[dict[str, Any]]:
    """The differences a 突合 of now leaves for staff."""
    assert (await frontier.post(town, "/v1/reconciliations", {}))[0] == 202
    case = (await frontier.cases_of(town, Procedure.RECONCILIATION))[-1]
    await case.closes()
    return (await frontier.get(town, "/v1/differences"))["differences"]
