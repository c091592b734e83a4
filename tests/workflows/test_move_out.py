"""転出受理, from the 届出 to the last office told, with the clock moved and not slept."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.cases import CaseState, Procedure
from domain.opening_hours import OpeningCalendar
from domain.residents import Presence
from tests.crowd import Crowd
from tests.eventually import SETTLED
from tests.moving import Family, at_rest

if TYPE_CHECKING:
    from tests.moving import Movers


async def test_a_move_out_completes(movers: Movers) -> None:
    """Every line is done, once its day and the 転入通知 have come."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(10)
    case = await movers.leave(family, day)

    await case.waits_for("departure_day")
    assert await family.presence() is Presence.RESIDENT
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")
    assert await family.presence() is Presence.STRUCK
    await movers.tell(family, day)

    await case.closes()
    assert set((await case.lines()).values()) == {"done"}
    person = await family.person()
    assert person.entry.leaving is not None
    assert person.entry.left is not None
    assert person.entry.leaving.planned_on == day
    assert (person.entry.left.left_on, person.entry.left.municipality) == (
        day,
        movers.destination.code,
    )
    assert not (await family.at_jlis())["live"]


async def test_the_day_begins_at_midnight_in_japan(movers: Movers) -> None:
    """転出予定日の0時から除票: a rule over dates, whether or not a step has run."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(10)
    case = await movers.leave(family, day)
    await case.waits_for("departure_day")

    await movers.frontier.on(day - timedelta(days=1), 23, 59)
    assert await family.presence() is Presence.RESIDENT
    await movers.frontier.on(day, 0)
    assert await family.presence() is Presence.STRUCK


async def test_a_late_move_out_is_entered_ex_officio(movers: Movers) -> None:
    """More than 14 days after the move: no 届出, no 転出証明書情報, 職権消除等 upstream."""
    family = await Family.of(movers.origin)
    last = await movers.in_days(-14)
    status, in_time = await movers.file(await Family.of(movers.origin, 1), last)
    assert (status, in_time["ex_officio"]) == (202, False)

    moved = await movers.in_days(-15)
    status, answer = await movers.file(family, moved)
    assert (status, answer["ex_officio"]) == (202, True)
    assert answer["papers"] == "転出証明書に準ずる証明書"
    case = await movers.case(family, answer["case_number"])
    await case.waits_for("move_in_notice")
    assert await family.presence() is Presence.STRUCK
    assert await case.sent("転出証明書情報を送る") == []
    assert (await family.history())[-1] == "転出（職権）"
    assert (await family.at_jlis())["entries"][-1]["reason"] == "職権消除等"


async def test_abroad_there_is_nobody_to_tell(movers: Movers) -> None:
    """国外転出: no 転出証明書情報 (令24条1項), no 転入通知 to wait for."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    abroad = {"destination": {"country": "フランス共和国"}, "with_card": False}
    case = await movers.leave(family, day, **abroad)
    await case.waits_for("departure_day")
    assert await case.sent("転出証明書情報を送る") == []

    await movers.frontier.on(day, 9)
    await case.closes()
    assert not (await family.at_jlis())["live"]
    assert (await family.person()).entry.left is None


async def test_nobody_leaves_twice(movers: Movers) -> None:
    """One 転出 at a time: refused with the case that stands, at the same instant too."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    answers = await asyncio.gather(*(movers.file(family, day) for _ in range(4)))
    accepted = [answer for status, answer in answers if status == 202]
    refused = [answer for status, answer in answers if status != 202]
    assert len(accepted) == 1
    assert {one["code"] for one in refused} == {"ALREADY_LEAVING"}
    assert {one["case_numbers"][0] for one in refused} == {accepted[0]["case_number"]}


async def test_a_run_ended_at_a_wait_is_taken_up_there(movers: Movers) -> None:
    """Terminated, or its engine lost: a new run reads the ledger and stands at the same wait."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await case.waits_for("departure_day")
    await case.terminate()
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")
    await case.terminate()
    await movers.tell(family, day)
    await case.closes()
    assert await case.sent("転出証明書情報を送る") == ["delivered"]


async def test_a_waiting_run_is_short_however_often_it_is_woken(movers: Movers) -> None:
    """A long wait begins with a fresh run that stands at the wait at once, for every person."""
    family = await Family.of(movers.origin)
    case = await movers.leave(family, await movers.in_days(90))
    await case.waits_for("departure_day")
    for days in range(1, 8):
        await movers.frontier.on(await movers.in_days(1), days)
        await asyncio.sleep(0.3)
    async with asyncio.timeout(SETTLED):
        while len(await case.asked()) > 4:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_crowd_leaves_at_one_midnight(movers: Movers, leavers: int) -> None:
    """Presence turns for everybody at 00:00, whenever the steps get round to it; none is lost."""
    day = await movers.in_days(5)
    crowd = await Crowd.leaving(movers, leavers, day)
    await movers.frontier.on(day - timedelta(days=1), 23, 59)
    assert await crowd.present() == leavers

    await movers.frontier.on(day, 0)
    assert await crowd.present() == 0
    await crowd.all_told()
    await at_rest(crowd.town)


async def test_a_move_out_filed_online_is_told_of(movers: Movers) -> None:
    """OS-01: the person is known by CS-14, the case runs, the citizen reads 完了."""
    family = await Family.of(movers.origin)
    application = await movers.file_online(family, await movers.in_days(5), 0, 1)
    case = await movers.filed(family)
    await case.waits_for("departure_day", people=2)
    assert (await movers.told(application))["state"] == "完了"
    assert await case.sent("転出証明書情報を送る") == ["delivered"]

    await movers.withdraw(case)
    await case.closes(CaseState.WITHDRAWN)
    assert (await movers.told(application))["state"] == "取消"


async def test_an_application_sent_twice_is_one_case(movers: Movers) -> None:
    """The same message again, and the same move filed again, join the case that stands."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    application = await movers.file_online(family, day, 0)
    case = await movers.filed(family)
    path = f"mynaportal/applications/{application['id']}/again"
    await movers.house.world.control("POST", path, {"kind": "OS-01"})
    await movers.file_online(family, day, 0)
    await movers.frontier.inbox_settles(movers.origin, attached=1, merged=1)
    cases = await movers.frontier.cases_of(movers.origin, Procedure.MOVE_OUT)
    assert [one.ref for one in cases] == [case.ref]


async def test_while_juki_net_is_closed_telegrams_wait(movers: Movers) -> None:
    """A day that comes on a Saturday strikes on Saturday; 住基ネット is told on Monday."""
    calendar = OpeningCalendar()
    town = await movers.house.open_town(opening=calendar)
    family = await Family.of(town)
    saturday = date(2026, 12, 5)
    case = await movers.leave(family, saturday)
    await case.waits_for("departure_day")
    await movers.frontier.on(saturday, 0)
    await case.waits_for("opening")
    assert await family.presence() is Presence.STRUCK
    waiting = (await movers.show(case))["waiting_for"][0]
    assert waiting["until"].startswith("2026-12-06T23:30")
    await movers.frontier.on(date(2026, 12, 7), 9)
    await case.waits_for("move_in_notice")
