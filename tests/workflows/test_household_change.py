"""世帯変更: who is whose household, at the same address; 住基ネット hears nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure, Verb
from domain.residents import HEAD
from tests.agreement import agrees

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case
    from tests.moving import Family


async def test_part_of_a_household_becomes_one_of_its_own(here: Locals) -> None:
    """世帯分離: same address, another household; no CS-04, but 副本 and feed (3.19)."""
    family = await here.family()
    heard = len((await family.at_jlis(2))["entries"])

    case = await _changes(here, family, 2, kind="世帯分離")
    await case.closes()

    apart, stayed = await family.person(2), await family.person(0)
    assert apart.entry.relationship == HEAD
    assert apart.entry.household_id != stayed.entry.household_id
    assert apart.entry.address == stayed.entry.address
    assert len((await family.at_jlis(2))["entries"]) == heard
    assert await here.frontier.told(case, "jlis") == {}
    assert await here.frontier.told(case, "unified_addressee") == {"AT-03": 1}
    await agrees(here.town)


async def test_another_head_means_another_relationship_for_everybody(here: Locals) -> None:
    """世帯主変更: every 続柄 is stated (4.1.4.2)."""
    family = await here.family()

    status, problem = await here.post(
        "/v1/household-changes", await _form(here, family, 1, kind="世帯主変更")
    )
    assert (status, problem["code"]) == (422, "RELATIONSHIP_MISSING")

    case = await _changes(
        here,
        family,
        1,
        kind="世帯主変更",
        relationships=[
            {"resident_id": str(family.people[0]), "relationship": "夫"},
            {"resident_id": str(family.people[2]), "relationship": "子"},
        ],
    )
    await case.closes()

    assert [(await family.person(one)).entry.relationship for one in range(3)] == [
        "夫",
        HEAD,
        "子",
    ]
    await agrees(here.town)


async def test_a_household_elsewhere_is_joined_by_moving(here: Locals) -> None:
    """The address cannot change by a 世帯変更: 転居 is the way (法23条)."""
    family, other = await here.family(0), await here.family(1)

    status, problem = await here.post(
        "/v1/household-changes",
        await _form(
            here,
            family,
            2,
            kind="世帯変更",
            into=str(other.household_id),
            relationships=[{"resident_id": str(family.people[2]), "relationship": "同居人"}],
        ),
    )

    assert (status, problem["code"]) == (409, "OTHER_ADDRESS")


async def test_a_withdrawn_change_leaves_one_household(here: Locals) -> None:
    """取下げ."""
    family = await here.family()
    await here.town.fault("unified_addressee", "REFUSE", message="AT-03")

    case = await _changes(here, family, 2, kind="世帯分離")
    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await case.closes(CaseState.WITHDRAWN)

    assert (await family.person(2)).entry.household_id == family.household_id
    await agrees(here.town)


async def _form(here: Locals, family: Family, *who: int, **said: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "household_id": str(family.household_id),
        "residents": [str(family.people[one]) for one in who],
        "changed_on": (await here.today()).isoformat(),
    }
    return usual | said


async def _changes(here: Locals, family: Family, *who: int, **said: Any) -> Case:
    form = await _form(here, family, *who, **said)
    return await here.accepted(Procedure.HOUSEHOLD_CHANGE, "/v1/household-changes", form)
