"""転居: whole or part of a household, into a place of its own or into another household."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import CaseState, Verb
from domain.residents import HEAD, Presence
from tests.agreement import agrees
from tests.changing import NEW_HOME

if TYPE_CHECKING:
    from tests.changing import Locals


async def test_a_whole_household_takes_its_number_along(here: Locals) -> None:
    """全全: the same household at another address, everybody told (法23条)."""
    family = await here.family()

    case = await here.move(family)
    await case.closes()

    people = [await family.person(one) for one in range(3)]
    assert {one.entry.household_id for one in people} == {family.household_id}
    assert {one.entry.address.line for one in people} == {NEW_HOME["line"]}
    seen = await here.frontier.get(here.town, f"/v1/households/{family.household_id}")
    assert seen["address"]["line"] == NEW_HOME["line"]
    await agrees(here.town)


async def test_part_of_a_household_founds_one_of_its_own(here: Locals) -> None:
    """一全: who leaves is head of a new household; the others keep theirs."""
    family = await here.family()

    case = await here.move(family, 2)
    await case.closes()

    moved, stayed = await family.person(2), await family.person(0)
    assert moved.entry.household_id != family.household_id
    assert moved.entry.relationship == HEAD
    assert stayed.entry.household_id == family.household_id
    await agrees(here.town)


async def test_who_joins_a_household_lives_where_it_does(here: Locals) -> None:
    """一一: the address is the household's, the 続柄 what the 届出 says."""
    family, other = await here.family(0), await here.family(1)

    case = await here.move(
        family,
        2,
        address=None,
        into=str(other.household_id),
        relationships=[{"resident_id": str(family.people[2]), "relationship": "子の妻"}],
    )
    await case.closes()

    moved, host = await family.person(2), await other.person(0)
    assert (moved.entry.household_id, moved.entry.address) == (
        other.household_id,
        host.entry.address,
    )
    assert moved.entry.relationship == "子の妻"
    await agrees(here.town)


async def test_the_last_who_stays_becomes_head(here: Locals) -> None:
    """標準仕様書 4.0.4: of one who stays there is nothing to decide (令25条)."""
    family = await here.family()

    case = await here.move(family, 0, 1, relationships=_spouse(family.people[1]))
    await case.closes()

    assert (await family.person(2)).entry.relationship == HEAD
    await agrees(here.town)


async def test_two_who_stay_must_say_who_heads_them(here: Locals) -> None:
    """標準仕様書 4.0.4: the 届出 names the head, or the office leaves it open."""
    family = await here.family()
    said = {
        "household_id": str(family.household_id),
        "residents": [str(family.people[0])],
        "moved_on": (await here.today()).isoformat(),
        "address": NEW_HOME,
    }

    status, problem = await here.post("/v1/address-changes", said)

    assert (status, problem["code"]) == (409, "HEAD_TO_BE_NAMED")


async def test_a_withdrawn_move_leaves_everybody_where_they_were(here: Locals) -> None:
    """取下げ: counter-rows, and every system as before."""
    family = await here.family()
    before = (await family.person(0)).entry
    await here.town.fault("unified_addressee", "REFUSE", message="AT-03")

    case = await here.move(family)
    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await case.closes(CaseState.WITHDRAWN)

    assert (await family.person(0)).entry == before
    assert await family.presence() is Presence.RESIDENT
    seen = await here.frontier.get(here.town, f"/v1/households/{family.household_id}")
    assert seen["address"]["line"] == before.address.line
    await agrees(here.town)


def _spouse(resident_id: object) -> list[dict[str, str]]:
    return [{"resident_id": str(resident_id), "relationship": "妻"}]
