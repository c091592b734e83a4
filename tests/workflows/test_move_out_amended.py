"""A 転出届 amended while its case waits: timers and 転出証明書情報 follow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.residents import Presence
from tests.moving import Family

if TYPE_CHECKING:
    from tests.moving import Movers


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
