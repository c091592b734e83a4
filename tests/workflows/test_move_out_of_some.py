"""一部転出: who leaves, who stays, and who heads those who stay."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.cases import CaseState
from domain.residents import Presence
from tests.moving import Family

if TYPE_CHECKING:
    from tests.moving import Movers


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
