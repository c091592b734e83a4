"""Scenarios about people who stay: corrected, divided, dead, and seen while it is decided."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure, Verb
from domain.opening_hours import OpeningCalendar
from domain.residents import HEAD, Presence
from register.municipalities import Parameters
from tests.acceptance import deeds
from tests.acceptance.deeds import BOTH
from tests.acceptance.received import Received
from tests.agreement import agrees
from tests.changing import NEW_HOME, Locals
from tests.comparable import comparable
from tests.moving import Family, at_rest
from tests.newcomers import waits

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.moving import Movers

WIFE, CHILD = 1, 2


async def test_9_14_a_cancelled_merger_restores_the_household_or_founds_one(here: Locals) -> None:
    """世帯分離→合併→取消: household restored, or new household if emptied.

    Red: put people back into the household that has emptied.
    """
    family = await here.family()
    pair = {"relationships": [{"resident_id": str(family.people[CHILD]), "relationship": "子"}]}
    await (
        await deeds.changes_household(here, family, WIFE, CHILD, kind="世帯分離", **pair)
    ).closes()
    apart = await _household(family, CHILD)

    back = {
        "kind": "世帯変更",
        "household_id": str(apart),
        "into": str(family.household_id),
        **pair,
    }
    joined = await deeds.changes_household(here, family, CHILD, **back)
    await joined.closes()
    assert await _household(family, CHILD) == family.household_id
    await (await deeds.cancels(here, joined)).closes()
    assert await _household(family, CHILD) == apart

    kinship = [
        {"resident_id": str(family.people[who]), "relationship": said}
        for who, said in ((WIFE, "妻"), (CHILD, "子"))
    ]
    whole = back | {"kind": "世帯合併", "relationships": kinship}
    merged = await deeds.changes_household(here, family, WIFE, CHILD, **whole)
    await merged.closes()
    await (await deeds.cancels(here, merged)).closes()
    founded = {await _household(family, who) for who in (WIFE, CHILD)}
    assert len(founded) == 1
    assert founded.isdisjoint({apart, family.household_id})
    assert (await family.person(WIFE)).entry.relationship == HEAD
    await agrees(here.town)


async def test_9_15_who_dies_before_leaving_does_not_leave(movers: Movers) -> None:
    """死亡 of a 転出予定者: death wins, CS-05 void, and the other town expects nobody.

    Red: let an open 転出 not give way.
    """
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.in_days(20), CHILD)
    await leaving.waits_for("departure_day", 1)
    expected = await movers.frontier.case_of(movers.destination)
    await waits(expected, "来庁を待つ")

    await (await deeds.dies(deeds.at(movers, movers.origin), family, CHILD)).closes()
    await leaving.closes(CaseState.WITHDRAWN)
    await expected.closes(CaseState.WITHDRAWN)

    assert await family.presence(CHILD) is Presence.STRUCK
    assert (await family.at_jlis(CHILD))["entries"][-1]["reason"] == "死亡"
    (certificate,) = (await movers.origin.ledger("jlis"))["certificates"]
    assert certificate["voided_by"] is not None
    for town in (movers.origin, movers.destination):
        await agrees(town)


async def test_9_16_a_glyph_put_right_is_a_minor_correction(frontier: Frontier) -> None:
    """外字 fix: 軽微な修正, cert not revoked; J-LIS gets a substitute, the register the glyph.

    Red: tell it as 職権修正等.
    """
    here = Locals(frontier, await comparable(frontier))
    family, name = await here.family(), "葛\U000e0101城　花子"
    serials = await deeds.certified(frontier, family, WIFE)

    said = {"kind": "軽微な修正", "minor": "文字の同定", "basis": "誤り又は記載漏れ"}
    await (await deeds.corrects(here, family, WIFE, name=name, **said)).closes()

    held = await family.at_jlis(WIFE)
    assert held["entries"][-1]["reason"] == "軽微な修正"
    assert held["contents"]["漢字氏名"]["外字数"] == 1
    assert (await deeds.resident(here, family, WIFE))["name"] == name
    assert await deeds.valid(here.town, serials) == BOTH
    await agrees(here.town)


async def test_9_17_a_name_changed_by_marriage_ends_the_signature_alone(
    frontier: Frontier,
) -> None:
    """Name change by marriage: 職権修正等, 署名用 revoked, 利用者証明用 valid (法30条の8).

    Red: count names for none of the 本人確認情報.
    """
    here = Locals(frontier, await comparable(frontier))
    family = await here.family()
    serials = await deeds.certified(frontier, family, WIFE)

    await (await deeds.corrects(here, family, WIFE, name="田中　花子")).closes()

    assert (await family.at_jlis(WIFE))["entries"][-1]["reason"] == "職権修正等"
    assert (await deeds.resident(here, family, WIFE))["name"] == "田中　花子"
    assert await deeds.valid(here.town, serials) == {"authentication"}
    await agrees(here.town)


async def test_9_23_until_it_is_approved_everybody_reads_what_stood(frontier: Frontier) -> None:
    """Certificate during 仮登録: old data printed.

    Certificates themselves are not built; whoever reads sees what one would print.

    Red: let the entry wait for nobody.
    """
    here = await _strict(frontier)
    family = await here.family()
    before = [await _as_read(here, family), await deeds.history(here, family)]
    seen = await Received.from_now(frontier, here.town)

    case = await here.move(family)
    await case.waits("approval")

    assert [await _as_read(here, family), await deeds.history(here, family)] == before
    assert await seen.counted() == {}
    assert (await here.approve(case))[0] == 202
    await case.closes()
    after = await _as_read(here, family)
    assert after != before[0]
    assert after["address"]["line"] == NEW_HOME["line"]
    await at_rest(here.town)


async def test_9_24_of_two_clerks_the_second_looks_again_before_anything_is_entered(
    frontier: Frontier,
) -> None:
    """Two clerks, one resident: second is view-only.

    No lock is held while people think (law 13): the second report is entered only after somebody
    has looked at what the first has changed meanwhile, and then on top of it.

    Red: enter whatever has happened since the case was examined.
    """
    here = await _strict(frontier)
    family = await here.family()
    first = await deeds.corrects(here, family, WIFE, name_kana="タナカ　ハナ")
    second = await deeds.corrects(here, family, WIFE, domicile="東京都千代田区麹町一丁目1番")
    for case in (first, second):
        await case.waits("approval")

    assert (await here.approve(first))[0] == 202
    await first.closes()
    assert (await here.approve(second))[0] == 202
    incident = await second.parks()

    assert incident["code"] == "RESIDENT_CHANGED"
    assert len(await family.history(WIFE)) == 2
    await second.decide(Verb.RETRY, incident=incident["incident_id"])
    await second.closes()
    entry = (await family.person(WIFE)).entry
    assert (entry.name_kana, entry.domicile) == ("タナカ　ハナ", "東京都千代田区麹町一丁目1番")
    await agrees(here.town)
    await at_rest(here.town)


async def test_9_37_a_period_that_ends_on_a_holiday_ends_on_the_next_open_day(
    frontier: Frontier,
) -> None:
    """14-day deadline ends on a holiday: rolled (2025-05-05→05-07).

    Red: let a period end on the day the calendar says.
    """
    here = Locals(frontier, await frontier.open_town(opening=OpeningCalendar()))
    moved_on = {"moved_on": "2025-04-21"}

    receipts: list[dict[str, Any]] = []
    for household, day in enumerate((date(2025, 5, 7), date(2025, 5, 8))):
        await frontier.on(day, 9)
        family = await here.family(household)
        case = await here.move(family, **moved_on)
        receipts.append(await here.show(case))
        await case.closes()

    assert [(one["due_on"], one["late"]) for one in receipts] == [
        ("2025-05-07", False),
        ("2025-05-07", True),
    ]


async def _strict(frontier: Frontier) -> Locals:
    """A town where a second person approves every 届出."""
    approval = Parameters(approval=tuple(Procedure))
    return Locals(frontier, await frontier.open_town(parameters=approval))


async def _household(family: Family, who: int) -> object:
    return (await family.person(who)).entry.household_id


async def _as_read(here: Locals, family: Family) -> dict[str, Any]:
    """The head of a family in every way of reading."""
    person = await deeds.resident(here, family)
    household = await here.frontier.get(here.town, f"/v1/households/{family.household_id}")
    status, found = await here.post("/v1/residents/search", {"name": person["name"]})
    assert status == 200
    return person | {"household": household, "found": found}
