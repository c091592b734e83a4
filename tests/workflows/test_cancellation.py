"""異動取消: a finished case is taken back, and what others changed since stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cases import Procedure
from domain.residents import HEAD, Presence
from tests.agreement import agrees
from tests.changing import NEW_HOME, Locals
from tests.moving import corrected

if TYPE_CHECKING:
    from tests.house import Case


async def test_a_cancelled_move_puts_everybody_back(here: Locals) -> None:
    """修正: former address and household; both rows stay in the history (4.6.0.1)."""
    family = await here.family()
    before = (await family.person()).entry
    moved = await here.move(family)
    await moved.closes()

    await (await _cancel(here, moved)).closes()

    assert (await family.person()).entry == before
    assert (await family.history())[-2:] == ["転居", "異動の取消し（修正）"]
    await agrees(here.town)


async def test_what_another_case_changed_since_stays(here: Locals) -> None:
    """Only the cancelled case's own diff goes.  Red: restore the whole row before it."""
    family = await here.family()
    moved = await here.move(family)
    await moved.closes()
    await corrected(family, name_kana="アタラシイ　ナマエ")

    await (await _cancel(here, moved)).closes()

    person = await family.person()
    assert person.entry.address.line != NEW_HOME["line"]
    assert person.entry.name_kana == "アタラシイ　ナマエ"


async def test_a_later_case_on_the_same_field_must_go_first(here: Locals) -> None:
    """The refusal names it; in reverse order both can be cancelled, their telegrams in order."""
    family = await here.family()
    before = (await family.person()).entry
    first = await here.move(family)
    await first.closes()
    second = await here.move(family, address={"line": "東京都千代田区麹町一丁目1番1号"})
    await second.closes()

    status, problem = await _ask(here, first)
    assert (status, problem["code"]) == (409, "LATER_CASE_STANDS")
    assert problem["case_numbers"] == [second.ref.case_number]

    await (await _cancel(here, second)).closes()
    await (await _cancel(here, first)).closes()
    assert (await family.person()).entry == before
    await agrees(here.town)


async def test_an_emptied_household_is_founded_anew_at_its_address(here: Locals) -> None:
    """標準仕様書 4.6.0.1: back to the former address, in a household of its own if it emptied."""
    family, other = await here.family(0), await here.family(1)
    before = [(await family.person(one)).entry for one in range(3)]
    joined = await here.move(
        family,
        address=None,
        into=str(other.household_id),
        relationships=[
            {"resident_id": str(one), "relationship": "同居人"} for one in family.people
        ],
    )
    await joined.closes()

    await (await _cancel(here, joined)).closes()

    people = [await family.person(one) for one in range(3)]
    assert [one.entry.address for one in people] == [one.address for one in before]
    homes = {one.entry.household_id for one in people}
    assert len(homes) == 1
    assert homes.isdisjoint({family.household_id, other.household_id})
    assert people[0].entry.relationship == HEAD
    await agrees(here.town)


async def test_a_cancelled_birth_leaves_nobody(here: Locals) -> None:
    """減: the child is 除票, the number stays bound, the code retired."""
    birth = await here.town.report_birth("田中　遥")
    await birth.closes()

    cancellation = await _cancel(here, birth)
    await cancellation.closes()

    async with here.town.transaction() as tx:
        presence = await tx.fetchval(
            "SELECT presence FROM resident_present JOIN case_person USING"
            " (municipality, resident_id) WHERE case_id = $1",
            birth.ref.case_id,
        )
    assert presence == Presence.STRUCK
    await agrees(here.town)


async def test_one_of_several_may_be_cancelled(here: Locals) -> None:
    """Whole or part of the household may be chosen (4.6.0.1)."""
    family = await here.family()
    moved = await here.move(family, 1, 2, relationships=_child(family.people[2]))
    await moved.closes()

    await (await _cancel(here, moved, residents=[str(family.people[2])])).closes()

    assert (await family.person(2)).entry.household_id == family.household_id
    assert (await family.person(1)).entry.household_id != family.household_id
    await agrees(here.town)


async def test_what_is_cancelled_cannot_be_cancelled_again(here: Locals) -> None:
    """Nor can an open case, or a cancellation."""
    family = await here.family()
    moved = await here.move(family)
    await moved.closes()
    cancellation = await _cancel(here, moved)
    await cancellation.closes()

    assert (await _ask(here, moved))[1]["code"] == "NOTHING_TO_CANCEL"
    assert (await _ask(here, cancellation))[1]["code"] == "NOT_CANCELLABLE"


async def _cancel(here: Locals, case: Case, **said: Any) -> Case:
    form = {"case_number": case.ref.case_number} | said
    return await here.accepted(Procedure.CANCELLATION, "/v1/cancellations", form)


async def _ask(here: Locals, case: Case) -> tuple[int, dict[str, Any]]:
    return await here.post("/v1/cancellations", {"case_number": case.ref.case_number})


def _child(resident_id: object) -> list[dict[str, str]]:
    return [{"resident_id": str(resident_id), "relationship": "子"}]
