"""転出受理, from the 届出 to the last office told, with the clock moved and not slept."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domain.cases import CaseState, Procedure
from domain.opening_hours import OpeningCalendar
from domain.residents import Presence
from tests.moving import Crowd, Family, at_rest, corrected, struck

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


async def test_a_withdrawn_move_out_leaves_nobody_gone(movers: Movers) -> None:
    """転出取消 before the day and after: residents as before, here and at J-LIS."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(10)
    early = await movers.leave(family, day)
    await early.waits_for("departure_day")
    assert (await movers.withdraw(early))[0] == 202
    await early.closes(CaseState.WITHDRAWN)
    assert await family.presence() is Presence.RESIDENT

    late = await movers.leave(family, day)
    await movers.frontier.on(day, 9)
    await late.waits_for("move_in_notice")
    assert not (await family.at_jlis())["live"]
    assert (await movers.withdraw(late))[0] == 202
    await late.closes(CaseState.WITHDRAWN)
    assert await family.presence() is Presence.RESIDENT
    assert (await family.at_jlis())["live"]
    assert (await family.person()).entry.leaving is None


async def test_a_notice_before_the_day_strikes_on_the_day_of_the_move_in(movers: Movers) -> None:
    """除票 date is the earlier of 転出予定日 and 転入日; the planned values stay beside."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(10)
    case = await movers.leave(family, day)
    await case.waits_for("departure_day")
    moved_in = await movers.in_days(3)
    await movers.frontier.on(moved_in)
    await movers.tell(family, moved_in)

    await case.closes()
    assert await family.presence() is Presence.STRUCK
    person = await family.person()
    assert person.entry.leaving is not None
    assert person.entry.left is not None
    assert (person.presence_since, person.entry.leaving.planned_on) == (moved_in, day)


async def test_a_notice_after_the_day_may_say_an_earlier_one(movers: Movers) -> None:
    """A 転入日 before the planned day restates since when they are 除票."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(10)
    case = await movers.leave(family, day)
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")
    await movers.tell(family, day - timedelta(days=2))

    await case.closes()
    assert (await family.person()).presence_since == day - timedelta(days=2)


async def test_a_newer_notice_wins_and_an_older_late_one_is_ignored(movers: Movers) -> None:
    """標準仕様書 4.1.3.1.2: of several the newest, in whatever order they come."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await movers.frontier.on(day + timedelta(days=4))
    await case.waits_for("move_in_notice")
    await movers.tell(family, day + timedelta(days=1), notified_on=day + timedelta(days=1))
    await case.closes()

    await movers.tell(family, day + timedelta(days=2), notified_on=day + timedelta(days=2))
    (newer,) = await movers.recorded(movers.origin)
    await newer.closes()
    left = (await family.person()).entry.left
    assert left is not None
    assert left.moved_in_on == day + timedelta(days=2)

    late = await movers.tell(family, day, notified_on=day)
    assert await movers.taken(movers.origin, late) == "merged"
    assert len(await movers.recorded(movers.origin)) == 1
    assert (await family.person()).entry.left == left


async def test_whom_nobody_follows_is_listed_and_waits_on(movers: Movers) -> None:
    """未着: listed from the municipality's limit on, and never failed; late news is welcome."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await movers.frontier.on(day)
    await case.waits_for("move_in_notice")
    listed = await movers.frontier.get(movers.origin, "/v1/cases?overdue=true")
    assert listed["cases"] == []

    await movers.frontier.on(day + timedelta(days=400))
    listed = await movers.frontier.get(movers.origin, "/v1/cases?overdue=true")
    assert [one["case_number"] for one in listed["cases"]] == [case.ref.case_number]
    waiting = (await movers.show(case))["waiting_for"]
    assert {one["kind"] for one in waiting} == {"move_in_notice"}
    assert all(one["overdue"] and one["then_ja"] and one["may_ja"] for one in waiting)

    await movers.tell(family, day)
    await case.closes()


async def test_the_one_who_stays_becomes_head(movers: Movers) -> None:
    """Of one person who stays there is nothing to report (令25条): head ex officio on the day."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day, 0, 1)
    await case.waits_for("departure_day", people=2)
    assert (await family.person(2)).entry.relationship == "子"

    await movers.frontier.on(day, 1)
    await case.settles("世帯主を引き継ぐ", people=2)
    assert (await family.person(2)).entry.relationship == "世帯主"
    assert (await family.history(2))[-1] == "世帯主変更"

    await movers.withdraw(case)
    await case.closes(CaseState.WITHDRAWN)
    assert (await family.person(2)).entry.relationship == "子"
    assert await family.presence(0) is Presence.RESIDENT


async def test_who_heads_those_who_stay_must_be_said(movers: Movers) -> None:
    """Two or more stay without a head: 409 names the article, and what to write (法25条)."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    status, refused = await movers.file(family, day, 0)
    assert (status, refused["code"]) == (409, "HEAD_TO_BE_NAMED")
    assert "25条" in refused["detail"]
    assert "new_head" in refused["next"]

    wife, child = (str(family.people[one]) for one in (1, 2))
    kinship = [{"resident_id": child, "relationship": "子"}]
    case = await movers.leave(family, day, 0, new_head=wife, relationships=kinship)
    await movers.frontier.on(day, 1)
    await case.settles("世帯主を引き継ぐ")
    assert (await family.person(1)).entry.relationship == "世帯主"
    assert (await family.person(2)).entry.relationship == "子"


async def test_a_household_may_be_left_without_a_head(movers: Movers) -> None:
    """世帯主未設定 is legal (標準仕様書 1.1.10): nobody is entered as head."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day, 0, head_left_open=True)
    await movers.frontier.on(day, 1)
    await case.settles("世帯主を引き継ぐ")
    assert [(await family.person(one)).entry.relationship for one in (1, 2)] == ["妻", "子"]


async def test_who_is_not_named_stays(movers: Movers) -> None:
    """一部転出: the others neither leave nor are told about."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day, 2)
    await movers.frontier.on(day, 1)
    await case.waits_for("move_in_notice", people=1)
    assert [await family.presence(one) for one in range(3)] == [
        Presence.RESIDENT,
        Presence.RESIDENT,
        Presence.STRUCK,
    ]
    assert (await family.history(0)) == ["移行"]


async def test_a_family_may_be_followed_one_by_one(movers: Movers) -> None:
    """A 転入通知 about one of them concludes for that one; nobody waits for the others."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")

    await movers.tell(family, day, 1)
    await case.settles("他業務へ異動を知らせる", people=1)
    assert await case.state() == "open"
    await movers.tell(family, day, 0, 2)
    await case.closes()


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


async def test_an_amended_day_is_the_one_that_counts(movers: Movers) -> None:
    """The timer follows, the history strikes on the new day alone, CS-05 is sent anew."""
    family = await Family.of(movers.origin)
    day, later = await movers.in_days(5), await movers.in_days(20)
    case = await movers.leave(family, day)
    await case.waits_for("departure_day")
    status, answer = await movers.amend(case, planned_on=later.isoformat())
    assert status == 202, answer
    await case.settles("前の転出証明書情報を無効にする")
    assert await case.sent("転出証明書情報を送る") == ["delivered"] * 2
    assert await case.sent("前の転出証明書情報を無効にする") == ["delivered"]

    await movers.frontier.on(day + timedelta(days=1))
    assert await family.presence() is Presence.RESIDENT
    path = f"/v1/residents/{family.people[0]}/history?effective_on={day}"
    shown = await movers.frontier.get(movers.origin, path)
    assert shown["as_of"]["presence"] == "現存"
    await movers.frontier.on(later, 0)
    assert await family.presence() is Presence.STRUCK
    await case.waits_for("move_in_notice")
    assert len((await family.at_jlis())["entries"]) == 1


async def test_an_amended_destination_is_told_there_and_taken_back_here(movers: Movers) -> None:
    """CS-05 goes to the new place and is voided at the old one."""
    family = await Family.of(movers.origin)
    case = await movers.leave(family, await movers.in_days(5))
    await case.waits_for("departure_day")
    elsewhere = await movers.house.open_town()
    status, answer = await movers.amend(case, destination={"municipality": elsewhere.code})
    assert status == 202, answer
    await case.settles("前の転出証明書情報を無効にする")

    person = await family.person()
    assert person.entry.leaving is not None
    assert person.entry.leaving.destination.municipality == elsewhere.code
    assert await movers.received(elsewhere, "CS-05") == 1
    assert await movers.received(movers.destination, "CS-05") == 2
    decided = (await movers.show(case))["decisions"][-1]
    assert (decided["verb"], decided["state"]) == ("amend", "worked")


async def test_after_its_day_the_date_stands(movers: Movers) -> None:
    """Amending the day of who is 除票 is refused, with the way out named; the place may change."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")
    later = (day + timedelta(days=9)).isoformat()
    status, refused = await movers.amend(case, planned_on=later)
    assert (status, refused["code"]) == (409, "ALREADY_DEPARTED")
    assert "転出取消" in refused["next"]
    elsewhere = await movers.house.open_town()
    status, _ = await movers.amend(case, destination={"municipality": elsewhere.code})
    assert status == 202


async def test_after_the_notice_nothing_is_withdrawn_or_amended(movers: Movers) -> None:
    """Who lives elsewhere has left: refused with the article and the next step (法9条1項, 22条)."""
    family = await Family.of(movers.origin)
    case = await movers.leave(family, await movers.in_days(5))
    await case.waits_for("departure_day")
    await movers.tell(family, await movers.frontier.today(), 1)
    for status, refused in (
        await movers.withdraw(case),
        await movers.amend(case, destination={"municipality": "011002"}),
    ):
        assert (status, refused["code"]) == (409, "MOVED_IN_ELSEWHERE")
        assert "9条1項" in refused["detail"]


async def test_withdrawal_and_notice_meet_under_one_lock(movers: Movers) -> None:
    """Whichever has the case first decides; the other is refused, or listed for staff."""
    town = await movers.house.open_town()
    outcomes: set[tuple[int, str]] = set()
    for household in range(2):
        family = await Family.of(town, household)
        case = await movers.leave(family, await movers.in_days(5))
        await case.waits_for("departure_day")
        told, (status, _) = await asyncio.gather(
            movers.tell(family, await movers.frontier.today()), movers.withdraw(case)
        )
        placed = await movers.taken(town, told)
        outcomes.add((status, placed))
        await case.closes(CaseState.WITHDRAWN if status == 202 else CaseState.COMPLETED)
    assert outcomes <= {(202, "unclaimed"), (409, "attached")}


async def test_a_cancelled_move_in_opens_the_way_back(movers: Movers) -> None:
    """転入取消 takes the 転入通知 back: the case waits again, and may be withdrawn."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")
    await movers.tell(family, day, 0)
    await case.settles("他業務へ異動を知らせる")
    assert (await movers.withdraw(case))[0] == 409

    await movers.tell(family, day, 0, version=2, withdrawn=True)
    await case.waits_for("move_in_notice", people=3)
    assert (await family.person()).entry.left is None
    assert (await movers.withdraw(case))[0] == 202
    await case.closes(CaseState.WITHDRAWN)
    assert await family.presence() is Presence.RESIDENT


async def test_a_name_changed_meanwhile_stays_when_the_move_is_withdrawn(movers: Movers) -> None:
    """取下げ takes back what its case changed, and nothing else."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(20)
    case = await movers.leave(family, day)
    await case.waits_for("departure_day")
    await corrected(family, name="北海　花子")
    await movers.withdraw(case)
    await case.closes(CaseState.WITHDRAWN)

    person = await family.person()
    assert (person.entry.name, person.entry.leaving) == ("北海　花子", None)
    assert await family.presence() is Presence.RESIDENT
    assert (await family.history())[-3:] == ["転出", "職権修正", "異動の取消し（増）"]


async def test_a_later_case_on_the_same_field_stands_in_the_way(movers: Movers) -> None:
    """世帯主 changed again since: the withdrawal names the later case and what to do."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day, 0, 1)
    await movers.frontier.on(day, 1)
    await case.settles("世帯主を引き継ぐ", people=2)
    await corrected(family, who=2, relationship="子")
    status, refused = await movers.withdraw(case)
    assert (status, refused["code"]) == (409, "LATER_CASE_STANDS")


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


async def test_news_of_somebody_struck_before_is_recorded(movers: Movers) -> None:
    """CS-07 for who is 除票 without a case: recorded beside, CS-08 sent (標準仕様書 4.1.3.1.1)."""
    family = await Family.of(movers.origin)
    today = await movers.frontier.today()
    await struck(family, who=1, day=today - timedelta(days=90))
    await movers.tell(family, today, 1)
    (case,) = await movers.recorded(movers.origin)
    await case.closes()
    person = await family.person(1)
    assert person.entry.left is not None
    assert person.presence_since == today - timedelta(days=90)
    assert set((await case.lines()).values()) == {"done"}


async def test_news_of_a_resident_is_listed_for_staff(movers: Movers) -> None:
    """Nobody reported a 転出: staff decide, nothing is struck."""
    family = await Family.of(movers.origin)
    told = await movers.tell(family, await movers.frontier.today(), 1)
    assert await movers.taken(movers.origin, told) == "unclaimed"
    assert await family.presence(1) is Presence.RESIDENT


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
    async with asyncio.timeout(10):
        while len(await case.asked()) > 4:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_a_thousand_leave_at_one_midnight(movers: Movers) -> None:
    """Presence turns for everybody at 00:00, whenever the steps get round to it; none is lost."""
    day = await movers.in_days(5)
    crowd = await Crowd.leaving(movers, 1000, day)
    await movers.frontier.on(day - timedelta(days=1), 23, 59)
    assert await crowd.present() == 1000

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


async def test_the_citizen_may_take_it_back(movers: Movers) -> None:
    """OS-01 取消 withdraws the case, as 転出取消 at the counter does."""
    family = await Family.of(movers.origin)
    application = await movers.file_online(family, await movers.in_days(5))
    case = await movers.filed(family)
    await case.waits_for("departure_day")
    path = f"mynaportal/applications/{application['id']}/withdrawals"
    await movers.house.world.control("POST", path, {"kind": "OS-01"})
    await case.closes(CaseState.WITHDRAWN)
    assert await family.presence() is Presence.RESIDENT


async def test_a_refused_certificate_is_amended_and_goes_out(movers: Movers) -> None:
    """An amendment answers what stands refused: it is tried again with the amended 届出."""
    family = await Family.of(movers.origin)
    await movers.origin.fault("jlis", "REFUSE", message="CS-05", code="UNKNOWN_MUNICIPALITY")
    case = await movers.leave(family, await movers.in_days(5))
    incident = await case.parks()
    shown = (await movers.show(case))["incidents"][0]
    assert {one["verb"] for one in shown["allowed"]} == {"retry", "done_by_hand", "withdraw"}

    later = (await movers.in_days(6)).isoformat()
    assert (await movers.amend(case, planned_on=later))[0] == 202
    await case.waits_for("departure_day")
    assert await case.sent(incident["step"]) == ["refused", "delivered"]


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


async def test_two_moves_of_one_household_are_entered_in_turn(movers: Movers) -> None:
    """Both at once: each enters its own people; neither overwrites the other."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    first, second = await asyncio.gather(movers.leave(family, day, 1), movers.leave(family, day, 2))
    await first.waits_for("departure_day", people=1)
    await second.waits_for("departure_day", people=1)
    await movers.frontier.on(day, 0)
    assert [await family.presence(one) for one in range(3)] == [
        Presence.RESIDENT,
        Presence.STRUCK,
        Presence.STRUCK,
    ]
    told = await movers.tell(family, day, 1, 2)
    assert await movers.taken(movers.origin, told) == "attached"
    await first.closes()
    await second.closes()
