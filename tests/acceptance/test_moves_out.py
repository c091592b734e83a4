"""Scenarios about people who leave: planned, followed, overtaken, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.cases import CaseState
from domain.residents import HEAD, Presence, Reason
from local.scenario.whereabouts import Where
from register.municipalities import Parameters
from tests.acceptance import deeds
from tests.agreement import agrees, present_once
from tests.moving import Family, Movers, at_rest
from tests.newcomers import waits

if TYPE_CHECKING:
    from tests.frontier import Frontier

EXPECTED = "来庁を待つ"
CHILD = 2


async def test_9_04_a_move_filed_online_ends_with_both_sides_confirmed(movers: Movers) -> None:
    """転出(特例)→OSS予約→来庁→CS-07: 除票 確定 beside 予定 values.

    Red: leave out what the 転入通知 confirmed.
    """
    family = await Family.of(movers.origin)
    day = await movers.in_days(3)
    filed = await movers.file_online(family, day)
    leaving = await movers.filed(family)
    await leaving.waits_for("departure_day")
    expected = await movers.frontier.case_of(movers.destination)
    await waits(expected, EXPECTED)

    await movers.frontier.on(day, 10)
    await leaving.waits_for("move_in_notice")
    arrived = await deeds.comes(movers, family)
    await arrived.closes()
    await leaving.closes()

    assert arrived == expected
    assert (await movers.told(filed))["state"] == "完了"
    await movers.frontier.sees(filed, "完了")
    for who in range(3):
        entry = (await family.person(who)).entry
        assert entry.leaving is not None
        assert entry.left is not None
        assert entry.leaving.planned_on == entry.left.left_on == day
        assert entry.leaving.destination.municipality == movers.destination.code
        assert (entry.left.municipality, entry.left.address.line) == (
            movers.destination.code,
            deeds.HOME["line"],
        )
    await _agree(movers)


async def test_9_05_who_arrives_before_the_planned_day_left_on_the_day_of_arrival(
    movers: Movers,
) -> None:
    """CS-07 before 転出予定日: 除票 on 転入日.

    Red: let the planned day stand whatever the notice says.
    """
    family = await Family.of(movers.origin)
    planned_on = await movers.in_days(10)
    leaving = await movers.leave(family, planned_on)
    await leaving.waits_for("departure_day")
    arrived_on = await movers.in_days(4)
    await movers.frontier.on(arrived_on)

    await (await deeds.comes(movers, family)).closes()
    await leaving.closes()

    person = await family.person()
    assert (await family.presence(), person.presence_since) == (Presence.STRUCK, arrived_on)
    assert person.entry.leaving is not None
    assert person.entry.leaving.planned_on == planned_on
    await _agree(movers)


async def test_9_06_of_two_notices_the_newer_is_kept_and_nothing_is_written_twice(
    movers: Movers,
) -> None:
    """CS-07 twice, newer second: newest kept, no duplicate history.

    Red: take every notice for news.
    """
    family = await Family.of(movers.origin)
    day = await movers.in_days(1)
    leaving = await movers.leave(family, day)
    await movers.frontier.on(day + timedelta(days=4))
    await leaving.waits_for("move_in_notice")

    await movers.tell(family, day, notified_on=day)
    await leaving.closes()
    newer = day + timedelta(days=2)
    await movers.tell(family, newer, notified_on=newer)
    (recorded,) = await movers.recorded(movers.origin)
    await recorded.closes()
    told = await family.history()
    for notified_on in (day, newer):
        again = await movers.tell(family, day, notified_on=notified_on)
        assert await movers.taken(movers.origin, again) == "merged"

    left = (await family.person()).entry.left
    assert left is not None
    assert (left.moved_in_on, left.notified_on) == (newer, newer)
    assert await family.history() == told
    assert told == [Reason.MIGRATED, Reason.MOVE_OUT, *[Reason.MOVE_IN_NOTICE] * 2]
    assert len(await movers.recorded(movers.origin)) == 1


async def test_9_07_whom_nobody_follows_is_listed_from_the_municipalitys_day_on(
    frontier: Frontier,
) -> None:
    """転出 never followed: 未着 list at parameter date; the case waits on and is never failed.

    Red: count from another day than the municipality has set.
    """
    month = Parameters(move_in_notice_limit=timedelta(days=30))
    towns = await frontier.open_town(parameters=month), await frontier.open_town()
    movers = Movers(frontier, *towns)
    family = await Family.of(movers.origin)
    day = await movers.in_days(0)
    leaving = await movers.leave(family, day)
    await leaving.waits_for("move_in_notice")

    await frontier.on(day + timedelta(days=29), 23, 59)
    assert await _overdue(movers) == []
    await frontier.on(day + timedelta(days=30), 0)
    assert await _overdue(movers) == [leaving.ref.case_number]
    shown = await movers.show(leaving)
    assert shown["state"] == CaseState.OPEN
    assert all(one["overdue"] and one["then_ja"] and one["may_ja"] for one in shown["waiting_for"])

    await movers.tell(family, day)
    await leaving.closes()
    assert await _overdue(movers) == []
    for town in towns:
        await at_rest(town)


async def test_9_09_a_move_taken_back_is_taken_back_at_the_receivers_too(movers: Movers) -> None:
    """転出取消 while CS-05 delivered: receiver discards, and nobody can move in with it.

    Red: void no CS-05.
    """
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.in_days(5))
    await leaving.waits_for("departure_day")
    expected = await movers.frontier.case_of(movers.destination)
    await waits(expected, EXPECTED)

    assert (await movers.withdraw(leaving))[0] == 202
    await leaving.closes(CaseState.WITHDRAWN)
    await expected.closes(CaseState.WITHDRAWN)

    assert (await movers.show(leaving))["state"] == "withdrawn"
    status, problem = await movers.frontier.post(
        movers.destination,
        f"/v1/cases/{expected.ref.case_number}/visit",
        await deeds.visit_form(movers, family),
    )
    assert (status, problem["code"]) == (409, "CASE_CLOSED")
    assert (await _agree(movers)).keys() == {Where.HERE}


async def test_9_13_of_one_who_stays_nothing_is_asked_and_of_two_who_heads_them(
    movers: Movers,
) -> None:
    """世帯主転出, 1 / ≥2 remain: auto head / alert (令25条, 法25条).

    Red: enter nobody as head who is not named.
    """
    one_stays, two_stay = [await Family.of(movers.origin, place) for place in range(2)]
    day = await movers.in_days(0)

    first = await movers.leave(one_stays, day, 0, 1)
    status, problem = await movers.file(two_stay, day, 0)
    assert (status, problem["code"]) == (409, "HEAD_TO_BE_NAMED")
    assert "new_head" in problem["next"]
    kinship = [{"resident_id": str(two_stay.people[CHILD]), "relationship": "子"}]
    named = {"new_head": str(two_stay.people[1]), "relationships": kinship}
    second = await movers.leave(two_stay, day, 0, **named)

    await first.settles("世帯主を引き継ぐ", people=2)
    await second.settles("世帯主を引き継ぐ")
    assert (await one_stays.person(CHILD)).entry.relationship == HEAD
    assert [(await two_stay.person(who)).entry.relationship for who in (1, CHILD)] == [HEAD, "子"]
    assert (await one_stays.history(CHILD))[-1] == Reason.HEAD_CHANGE


async def test_9_38_a_move_reported_fifteen_days_late_is_entered_ex_officio(
    movers: Movers,
) -> None:
    """転出届 15 days late: 職権, 準ずる証明書; on the fourteenth day it still is a 届出.

    Red: take it for a 届出.
    """
    in_time, late = [await Family.of(movers.origin, place) for place in range(2)]

    status, fourteenth = await movers.file(in_time, await movers.in_days(-14))
    assert (status, fourteenth["ex_officio"]) == (202, False)
    status, fifteenth = await movers.file(late, await movers.in_days(-15))

    assert (status, fifteenth["ex_officio"]) == (202, True)
    assert fifteenth["papers"] == "転出証明書に準ずる証明書"
    case = await movers.case(late, fifteenth["case_number"])
    await case.waits_for("move_in_notice")
    assert (await late.history())[-1] == Reason.MOVE_OUT_EX_OFFICIO
    assert (await late.at_jlis())["entries"][-1]["reason"] == "職権消除等"
    sent = (await movers.origin.ledger("jlis"))["certificates"]
    assert {one["applicant"] for one in sent} <= {*in_time.codes}


async def _overdue(movers: Movers) -> list[str]:
    listed = await movers.frontier.get(movers.origin, "/v1/cases?overdue=true")
    return [one["case_number"] for one in listed["cases"]]


async def _agree(movers: Movers) -> dict[Where, int]:
    """Both towns agree with everybody, and everybody lives in one place; where they are."""
    towns = movers.origin, movers.destination
    for town in towns:
        await agrees(town)
    return dict((await present_once(*towns)).counts)
