"""A head leaves: whoever is something else to somebody now is told of, each of them once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure, Verb
from domain.residents import HEAD
from tests.agreement import agrees
from tests.eventually import eventually
from tests.moving import Family, at_rest

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case
    from tests.moving import Movers

COPIED = "残る世帯員の副本を合わせる"


async def test_the_copies_of_those_who_stay_follow_the_day_the_head_leaves(
    movers: Movers,
) -> None:
    """世帯情報 of the new head and of whoever is something else to them: AT-03 on the day itself.

    Not weeks later, when the 転入通知 comes; and not twice, though two have left.  Red: leave out
    the line, and 中間サーバー answers for the child as before.
    """
    family = await Family.of(movers.origin)
    case = await _leave_on_the_day(movers, family, 0, 1)

    await _copied(family, 2, HEAD)
    assert await movers.frontier.told(case, "unified_addressee") == {"AT-03": 1}
    assert await _events(case, family, 2) == ["resident.changed"]
    await at_rest(movers.origin)


async def test_several_who_stay_are_told_of_one_by_one(movers: Movers) -> None:
    """Whose 続柄 is the same to the new head as to the old one keeps the copy they have."""
    family = await Family.of(movers.origin)
    wife, child = (str(family.people[one]) for one in (1, 2))
    kinship = [{"resident_id": child, "relationship": "長男"}]
    case = await _leave_on_the_day(movers, family, 0, new_head=wife, relationships=kinship)

    await _copied(family, 1, HEAD)
    await _copied(family, 2, "長男")
    assert await movers.frontier.told(case, "unified_addressee") == {"AT-03": 2}
    assert [await _events(case, family, one) for one in (1, 2)] == [["resident.changed"]] * 2
    await at_rest(movers.origin)


async def test_a_move_taken_back_takes_the_headship_back_once(movers: Movers) -> None:
    """転出取消: the copy says again what it said, and the offices hear of each person once."""
    family = await Family.of(movers.origin)
    case = await _leave_on_the_day(movers, family, 0, 1)

    await movers.withdraw(case)
    await case.closes(CaseState.WITHDRAWN)

    await _copied(family, 2, "子")
    assert await movers.frontier.told(case, "unified_addressee") == {"AT-03": 2}
    assert await _events(case, family, 2) == ["resident.changed", "resident.withdrawn"]
    await agrees(movers.origin)


async def test_whoever_has_left_since_gets_no_copy_again(movers: Movers) -> None:
    """Staff repair a refused copy after the last one has left as well, whose own case deletes it.

    Red: tell of everybody whom the case has changed, whether they are here or not.
    """
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    first = await movers.leave(family, day, 0, 1)
    second = await movers.leave(family, day + timedelta(days=1), 2)
    await first.waits_for("departure_day", people=2)
    await second.waits_for("departure_day", people=1)
    await movers.origin.fault("unified_addressee", "REFUSE", message="AT-03")
    await movers.frontier.on(day, 1)
    incident = await first.parks()

    await movers.frontier.on(day + timedelta(days=1), 1)
    await second.waits_for("move_in_notice", people=1)
    await first.decide(Verb.RETRY, incident=incident["incident_id"])

    await first.settles(COPIED, people=2)
    assert await movers.frontier.told(first, "unified_addressee") == {}
    await at_rest(movers.origin)


async def test_a_death_tells_of_the_next_head_once(here: Locals) -> None:
    """死亡: the one who stays is a person of the case, so every line is about them too."""
    family = await here.family()
    case = await here.accepted(Procedure.DEATH, "/v1/deaths", await _death(here, family, 0, 1))
    await case.closes()

    await _copied(family, 2, HEAD)
    assert await _events(case, family, 2) == ["resident.changed"]
    await agrees(here.town)


async def test_another_head_named_afterwards_is_the_only_one(here: Locals) -> None:
    """訂正 of who heads those who stay, after the entry: each is what the 届出 says now.

    Red: correct only those who were written before, and the first who was named heads them too.
    """
    family = await here.family()
    wife, child = (str(family.people[one]) for one in (1, 2))
    await here.town.fault("unified_addressee", "REFUSE", message="AT-01")
    stays: dict[str, Any] = {"new_head": wife}
    form = await _death(here, family, 0) | {"stays": stays}
    case = await here.accepted(Procedure.DEATH, "/v1/deaths", form)
    incident = await case.parks()

    changes = {"stays": {"new_head": child}}
    await case.decide(Verb.AMEND, incident=incident["incident_id"], changes=changes)
    await case.closes()

    assert [(await family.person(one)).entry.relationship for one in (1, 2)] == ["妻", HEAD]
    await _copied(family, 2, HEAD)
    assert len(await _events(case, family, 2)) == 1
    await agrees(here.town)


async def _death(here: Locals, family: Family, *who: int) -> dict[str, Any]:
    return {
        "household_id": str(family.household_id),
        "residents": [str(family.people[one]) for one in who],
        "died_on": (await here.today()).isoformat(),
    }


async def _leave_on_the_day(movers: Movers, family: Family, *who: int, **said: Any) -> Case:
    """A 転出 whose day has come, and of which everything is said that is due on it."""
    day = await movers.in_days(5)
    case = await movers.leave(family, day, *who, **said)
    await case.waits_for("departure_day", people=len(who))
    await movers.frontier.on(day, 1)
    await case.waits_for("move_in_notice", people=len(who))
    return case


async def _copied(family: Family, who: int, relationship: str) -> None:
    """Wait until 中間サーバー answers with this 続柄 about somebody: 統合宛名 passes copies on."""
    async with family.town.transaction() as tx:
        number = await tx.fetchval(
            "SELECT addressee_number FROM resident WHERE resident_id = $1", family.people[who]
        )
    known = (await family.town.ledger("unified_addressee"))["addressees"]
    theirs = next(one for one in known if one["addressee_number"] == number)["unified_number"]

    async def passed_on() -> bool:
        copies = (await family.town.ledger("intermediate_server"))["copies"]
        held = [one for one in copies if one["unified_number"] == theirs]
        return [one["facts"]["relationship"] for one in held] == [relationship]

    await eventually(passed_on)


async def _events(case: Case, family: Family, who: int) -> list[str]:
    """What the other offices were told of somebody by a case."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT kind FROM feed_event WHERE case_id = $1 AND resident_id = $2 ORDER BY log_id",
            case.ref.case_id,
            family.people[who],
        )
    return [row["kind"] for row in rows]
