"""Who lives where, as J-LIS has it: a move goes from holder to holder, and nobody has two."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from domain.errors import Refused
from tests.simulators.moving import (
    arrival_cancelled,
    moved_in,
    moved_out,
    taken_back,
)

if TYPE_CHECKING:
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_a_move_goes_from_holder_to_holder(
    world: World, office: Office, new_home: Office
) -> None:
    """転出 on the day, then 転入等 with code and number inherited: 現存 in one place at a time."""
    person = await office.newborn()

    await office.tell(moved_out(person))
    assert await _holder(world, office, person.code) == (office.municipality, False)
    await new_home.tell(moved_in(person))

    assert await _holder(world, office, person.code) == (new_home.municipality, True)


async def test_a_late_move_out_changes_nothing(
    world: World, office: Office, new_home: Office
) -> None:
    """Who moved in before the planned day is 現存 there already; each place keeps its sequence."""
    person = await office.newborn()
    await new_home.tell(moved_in(person))

    await office.tell(moved_out(person))

    assert await _holder(world, office, person.code) == (new_home.municipality, True)


async def test_nobody_is_taken_from_where_they_live_but_by_moving_in(
    office: Office, new_home: Office
) -> None:
    """A 転出取消 after the 転入 elsewhere is refused, and so is any other 記載."""
    person = await office.newborn()
    left = await office.tell(moved_out(person))
    await new_home.tell(moved_in(person))

    with pytest.raises(Refused, match="LIVE_ELSEWHERE"):
        await office.tell(taken_back(person, 3, left))
    with pytest.raises(Refused, match="ALREADY_LIVE"):
        await new_home.tell(moved_in(person, 2))


async def test_a_move_out_can_be_taken_back_while_nobody_else_holds_the_person(
    world: World, office: Office
) -> None:
    person = await office.newborn()
    left = await office.tell(moved_out(person))

    await office.tell(taken_back(person, 3, left))

    assert await _holder(world, office, person.code) == (office.municipality, True)


async def test_taking_back_and_moving_in_at_once_leave_one_holder(
    world: World, office: Office, new_home: Office
) -> None:
    """転出取消 racing 転入等: whoever comes second is refused, or takes over; never two."""
    person = await office.newborn()
    left = await office.tell(moved_out(person))

    outcomes = await asyncio.gather(
        office.tell(taken_back(person, 3, left)),
        new_home.tell(moved_in(person)),
        return_exceptions=True,
    )

    refusals = [str(each) for each in outcomes if isinstance(each, BaseException)]
    assert refusals in ([], ["LIVE_ELSEWHERE"])
    assert await _holder(world, office, person.code) == (new_home.municipality, True)


async def test_a_cancelled_move_in_gives_the_person_back(
    world: World, office: Office, new_home: Office
) -> None:
    """The origin, whose 転出 is still to come, has the person as 現存 again."""
    person = await office.newborn()
    arrived = await new_home.tell(moved_in(person))

    await new_home.tell(arrival_cancelled(person, 2, arrived))

    assert await _holder(world, office, person.code) == (office.municipality, True)
    await office.tell(moved_out(person))


async def test_a_cancelled_move_in_does_not_revive_who_has_moved_out(
    world: World, office: Office, new_home: Office
) -> None:
    """The 転出 that came late still counts; the origin may take it back."""
    person = await office.newborn()
    arrived = await new_home.tell(moved_in(person))
    left = await office.tell(moved_out(person))

    await new_home.tell(arrival_cancelled(person, 2, arrived))

    assert await _holder(world, office, person.code) == (office.municipality, False)
    await office.tell(taken_back(person, 3, left))
    assert await _holder(world, office, person.code) == (office.municipality, True)


async def _holder(world: World, office: Office, code: str) -> tuple[str, bool]:
    people = (await world.ledger("jlis", office.municipality))["people"]
    [person] = [each for each in people if each["code"] == code]
    return person["holder"], person["live"]
