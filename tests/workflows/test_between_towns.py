"""Whatever people do between towns, they are 現存 in one of them, and the systems agree."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure
from local.scenario.whereabouts import Where
from tests.agreement import agrees, present_once, whereabouts
from tests.moving import Family, corrected, struck

if TYPE_CHECKING:
    from tests.house import Case, Town
    from tests.moving import Movers


async def come(movers: Movers, family: Family, town: Town, **said: Any) -> Case:
    """A family whose certificate came ahead reports its 転入; the case."""
    case = await movers.frontier.case_of(town, Procedure.SPECIAL_MOVE_IN)
    visit = {
        "code": family.codes[0],
        "visitor": "本人",
        "card": "verified",
        "pin": "matched",
        "moved_in_on": (await movers.frontier.today()).isoformat(),
        "address": {"line": "北海道函館市五稜郭町１番"},
    }
    path = f"/v1/cases/{case.ref.case_number}/visit"
    status, answer = await movers.frontier.post(town, path, visit | said)
    assert status == 202, answer
    return case


async def both_agree(movers: Movers) -> dict[Where, int]:
    """Require that both towns agree with everybody, and everybody lives once; where they are."""
    towns = movers.origin, movers.destination
    for town in towns:
        await agrees(town)
    return dict((await present_once(*towns)).counts)


async def test_a_move_is_followed_from_town_to_town(movers: Movers) -> None:
    """予定, 転出済み, then 現存 there; at no point in neither or in both."""
    family = await Family.of(movers.origin)
    day = await movers.in_days(2)
    case = await movers.leave(family, day)
    await case.waits_for("departure_day")
    others = len(movers.origin.households + movers.destination.households) * 3 - 3
    assert await both_agree(movers) == {Where.HERE: others, Where.TO_LEAVE: 3}

    await movers.frontier.on(day, 0)
    await case.waits_for("move_in_notice")
    assert await both_agree(movers) == {Where.HERE: others, Where.LEFT: 3}

    arrival = await come(movers, family, movers.destination)
    await arrival.closes()
    await case.closes()
    assert await both_agree(movers) == {Where.HERE: others + 3}
    steps = (await movers.show(case))["steps"]
    assert {one["state"] for step in steps for one in step["persons"]} == {"done"}


async def test_between_the_entry_there_and_the_notice_here_they_count_as_followed(
    movers: Movers,
) -> None:
    """転入通知 is yet to leave: 現存 in both registers before the day, and that is explained."""
    family = await Family.of(movers.origin)
    case = await movers.leave(family, await movers.in_days(5))
    await case.waits_for("departure_day")
    await movers.destination.fault("jlis", "UNAVAILABLE", message="CS-07", times=None)

    arrival = await come(movers, family, movers.destination)
    await arrival.fails("転入通知を送る")

    found = await whereabouts(movers.origin, movers.destination)
    assert (found.differences, found.counts[Where.FOLLOWED]) == ([], 3)
    await agrees(movers.origin)
    await agrees(movers.destination)
    await movers.house.world.control("DELETE", f"faults?municipality={movers.destination.code}")
    await arrival.closes()
    await case.closes()
    assert (await both_agree(movers)).get(Where.FOLLOWED) is None


async def test_who_comes_back_counts_once(movers: Movers) -> None:
    """再転入: both registers know them, the first has them again."""
    family = await Family.of(movers.origin)
    case = await movers.leave(family, await movers.frontier.today())
    await case.waits_for("move_in_notice")
    await (await come(movers, family, movers.destination)).closes()
    await case.closes()

    there = await _same_people(family, movers.destination)
    back = await movers.leave(
        there, await movers.frontier.today(), destination={"municipality": movers.origin.code}
    )
    await back.waits_for("move_in_notice")
    await (await come(movers, family, movers.origin)).closes()
    await back.closes()

    assert Where.LEFT not in await both_agree(movers)


async def test_a_move_taken_back_leaves_them_once_where_they_were(movers: Movers) -> None:
    """転出取消 after the day, with a name corrected meanwhile."""
    family = await Family.of(movers.origin)
    case = await movers.leave(family, await movers.frontier.today())
    await case.waits_for("move_in_notice")
    await corrected(family, who=1, name="北海　花子")
    assert (await both_agree(movers))[Where.LEFT] == 3
    await movers.withdraw(case)
    await case.closes(CaseState.WITHDRAWN)

    assert set(await both_agree(movers)) == {Where.HERE}


async def test_who_is_struck_at_a_desk_alone_is_listed_and_found_missing_elsewhere(
    movers: Movers,
) -> None:
    """職権消除 explains that somebody is nowhere; that 住基ネット was not told is a difference."""
    family = await Family.of(movers.origin)
    await struck(family, who=2, day=await movers.frontier.today() - timedelta(days=1))

    found = await whereabouts(movers.origin, movers.destination)

    assert (found.differences, found.counts[Where.STRUCK]) == ([], 1)


async def _same_people(family: Family, town: Town) -> Family:
    """The family as the town they moved to has it."""
    async with town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT resident_id, household_id, code FROM resident_present"
            " WHERE code = ANY($1) ORDER BY array_position($1, code)",
            [str(code) for code in family.codes],
        )
    people = [row["resident_id"] for row in rows]
    return Family(town, rows[0]["household_id"], people, list(family.codes))
