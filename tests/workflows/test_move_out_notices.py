"""転入通知 about who leaves: early, late, twice, never, and about who did not leave."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.residents import Presence
from tests.moving import Family, struck

if TYPE_CHECKING:
    from tests.moving import Movers


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
