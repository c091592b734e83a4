"""Scenarios about people who arrive: in time, too late, unannounced, back again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.cases import CaseState, Procedure, Verb
from domain.residents import Presence, Reason
from local.scenario.whereabouts import Where
from tests.acceptance import deeds
from tests.acceptance.received import Received
from tests.agreement import agrees, present_once
from tests.eventually import eventually
from tests.moving import Family, Movers
from tests.newcomers import Person

CHILD = 2


@pytest.mark.parametrize(
    ("planned_on", "moved_in_on", "last"),
    [
        (date(2025, 4, 1), date(2025, 4, 3), date(2025, 4, 17)),
        (date(2026, 3, 28), date(2026, 3, 30), date(2026, 4, 13)),
        (date(2026, 4, 1), date(2026, 5, 10), date(2026, 5, 1)),
        (date(2025, 4, 1), date(2025, 4, 17), date(2025, 5, 1)),
        (date(2026, 12, 1), date(2026, 12, 20), date(2026, 12, 31)),
    ],
)
async def test_9_08_the_last_day_of_the_special_way_is_valid_and_the_next_is_not(
    movers: Movers, planned_on: date, moved_in_on: date, last: date
) -> None:
    """Last valid day vs next day of 特例: accepted / refused, vectors 3.0.5.

    Red: count from the planned day alone.
    """
    frontier, destination = movers.frontier, movers.destination
    people = Person(), Person(name="鈴木　花子")
    await frontier.on(planned_on)
    for person in people:
        await frontier.settle(movers.origin, person)
        await frontier.certify(movers.origin, destination, person, planned_on=planned_on)
    await frontier.inbox_settles(destination, attached=2)

    came: list[tuple[int, dict[str, Any]]] = []
    for person, day in zip(people, (last, last + timedelta(days=1)), strict=True):
        await frontier.on(day)
        said = min(moved_in_on, day).isoformat()
        came.append(await frontier.visit(destination, person, moved_in_on=said))

    assert came[0][0] == 202
    status, refusal = came[1]
    if status == 202:  # the plan had lapsed by then: a case of the visit's own asks J-LIS
        case = await frontier.case_numbered(destination, refusal["case_number"])
        assert (await case.parks())["code"] == "SPECIAL_MOVE_IN_EXPIRED"
        return
    assert refusal["code"] == "SPECIAL_MOVE_IN_EXPIRED"
    assert "紙の転出証明書" in refusal["next"]


async def test_9_10_who_moves_in_before_any_move_out_was_reported_ends_in_one_place(
    movers: Movers,
) -> None:
    """転入 before 転出届 (no certificate): paper path or 未届; the former town then strikes.

    Red: list no notice about somebody who still lives here.
    """
    family = await Family.of(movers.origin)
    between = await movers.house.open_town()
    today = await movers.frontier.today()
    said = {"source": "未届", "unreported_in": between.code}

    await (await deeds.moves_in(movers, family, CHILD, **said)).closes()

    for town in (movers.origin, between):
        assert await movers.frontier.notice_at(town)
    listed = await _listed(movers, "STILL_RESIDENT")
    leaving = await movers.leave(family, today, CHILD, with_card=False)
    await leaving.waits_for("move_in_notice", 1)
    path = f"/v1/inbox/{listed['message_id']}/decisions"
    decision = {"verb": "take_again", "reason": "転入地に照会した。"}
    assert (await movers.frontier.post(movers.origin, path, decision))[0] == 202
    await leaving.closes()

    assert await family.presence(CHILD) is Presence.STRUCK
    assert (await family.at_jlis(CHILD))["holder"] == movers.destination.code
    assert (await _whereabouts(movers)).keys() == {Where.HERE}


async def test_9_11_a_child_born_on_the_way_moves_in(movers: Movers) -> None:
    """転入 + 出生 together: reason 転入 for the newborn, who alone is numbered.

    Red: enter who moves in as born here.
    """
    await movers.destination.stock()
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.frontier.today())
    await leaving.waits_for("move_in_notice")
    born_on = (await movers.frontier.today()).isoformat()
    seen = await Received.from_now(movers.frontier, movers.destination)

    baby = {"name": "佐藤　遥", "sex": "女", "born_on": born_on}
    arrived = await deeds.comes(movers, family, newborns=[baby])
    await arrived.closes()
    await leaving.closes()

    there = await deeds.people_of(arrived)
    assert [await there.history(who) for who in range(4)] == [[Reason.MOVE_IN]] * 4
    assert there.codes[:3] == family.codes
    assert await seen.reasons() == ["転入等"] * 4
    told = await seen.counted()
    assert (told["CS-02"], told["CS-12"], told["CS-07"]) == (1, 1, 1)
    assert await movers.frontier.codes_in_notice(arrived) == family.codes
    await agrees(movers.destination)


async def test_9_12_who_returns_has_the_former_number_and_a_namesake_is_asked_about(
    movers: Movers,
) -> None:
    """再転入: old 宛名番号, alert on 3情報 only.

    Red: recognise nobody by code or number.
    """
    await movers.origin.stock()
    family = await Family.of(movers.origin)
    before = [await deeds.addressee_number_of(family, who) for who in range(3)]
    there = await _move(movers, family)
    back = Movers(movers.frontier, movers.destination, movers.origin)

    again = await _move(back, there)

    assert [await deeds.addressee_number_of(again, who) for who in range(3)] == before
    assert again.people == family.people
    namesake = Person(name=(await family.person()).entry.name)
    entry = (await family.person()).entry
    form = {
        "source": "国外",
        "moved_in_on": (await movers.frontier.today()).isoformat(),
        "address": deeds.HOME,
        "persons": [
            {
                "name": namesake.name,
                "sex": str(entry.sex),
                "born_on": entry.born_on.day.isoformat(),
                "relationship": "世帯主",
            }
        ],
    }
    here = deeds.at(movers, movers.origin)
    case = await here.accepted(Procedure.MOVE_IN, "/v1/move-ins", form)
    incident = await case.parks()
    assert incident["code"] == "SAME_THREE_ITEMS"
    await case.decide(Verb.RETRY, incident=incident["incident_id"])
    await case.closes()
    stranger = await deeds.people_of(case)
    assert await deeds.addressee_number_of(stranger) not in before


async def test_9_25_a_move_in_cancelled_after_its_notice_is_corrected_in_order(
    movers: Movers,
) -> None:
    """Cancel 転入 after CS-07 sent: correction messages in order, and the former town knows.

    Red: tell the former town nothing.
    """
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.frontier.today())
    await leaving.waits_for("move_in_notice")
    arrived = await deeds.comes(movers, family)
    await arrived.closes()
    await leaving.closes()
    seen = await Received.from_now(movers.frontier, movers.destination)

    cancelled = await deeds.cancels(deeds.at(movers, movers.destination), arrived)
    await cancelled.closes()

    order = [one["kind"] for one in await seen.messages() if one["kind"].startswith("CS")]
    assert order == ["CS-04"] * 3 + ["CS-07"]
    there = await deeds.people_of(arrived)
    assert [await there.presence(who) for who in range(3)] == [Presence.STRUCK] * 3

    async def forgotten() -> bool:
        return (await family.person()).entry.left is None

    assert await eventually(forgotten)
    await agrees(movers.destination)
    assert (await _whereabouts(movers))[Where.LEFT] == 3


async def test_9_39_an_application_that_comes_after_the_visit_is_merged(movers: Movers) -> None:
    """OSS data arrives after the visit: merged, not duplicated; the citizen reads 完了.

    Red: look for no case that has just ended.
    """
    family = await Family.of(movers.origin)
    serial = (await deeds.certified(movers.frontier, family, CHILD))["authentication"]
    day = await movers.frontier.today()
    leaving = await movers.leave(family, day, CHILD)
    await leaving.waits_for("move_in_notice", 1)
    arrived = await deeds.comes(movers, family, CHILD)
    await arrived.closes()
    await leaving.closes()

    filed = await deeds.files_online(movers, family, day, CHILD, serial)

    await movers.frontier.sees(filed, "完了")
    frontier, town = movers.frontier, movers.destination
    assert await frontier.inbox_of(town) == ["attached", "merged"]
    assert await frontier.cases_of(town, Procedure.SPECIAL_MOVE_IN) == [arrived]
    assert len((await deeds.people_of(arrived)).people) == 1
    assert (await arrived.state()) == CaseState.COMPLETED


async def _move(movers: Movers, family: Family) -> Family:
    """A whole family moves with a card; as the other town has it."""
    day = await movers.frontier.today()
    leaving = await movers.leave(family, day)
    await leaving.waits_for("move_in_notice")
    arrived = await deeds.comes(movers, family)
    await arrived.closes()
    await leaving.closes()
    return await deeds.people_of(arrived)


async def _listed(movers: Movers, flaw: str) -> dict[str, Any]:
    """The message the former town lists with this flaw, once it does."""

    async def found() -> dict[str, Any] | None:
        messages = (await movers.frontier.get(movers.origin, "/v1/inbox"))["messages"]
        return next((one for one in messages if one["flaw"] == flaw), None)

    message = await eventually(found)
    assert message is not None
    return message


async def _whereabouts(movers: Movers) -> dict[Where, int]:
    """Where everybody of both towns is; everybody once."""
    return dict((await present_once(movers.origin, movers.destination)).counts)
