"""転出取消: until the 転入通知 has come everybody may stay, and stays as before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.cases import CaseState
from domain.residents import Presence
from tests.moving import Family, corrected

if TYPE_CHECKING:
    from tests.moving import Movers


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
