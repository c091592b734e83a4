"""Households: chosen, shown and locked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from domain.errors import Unavailable
from domain.identifiers import new_id
from register import households
from tests.people import a_family, families

if TYPE_CHECKING:
    from uuid import UUID

    from tests.towns import Town


async def homes(town: Town) -> list[UUID]:
    async with town.open() as tx:
        rows = await tx.fetch("SELECT household_id FROM household ORDER BY household_number")
    return [row[0] for row in rows]


async def test_a_household_shows_its_head_and_members(town: Town) -> None:
    family = a_family()
    await town.take_over(family)
    (home,) = await homes(town)

    async with town.open() as tx:
        shown = await households.view(tx, home)
        head = await households.head_of(tx, home)

    assert shown is not None
    assert shown.head is not None
    assert shown.head.resident_id == head
    assert [member.name for member in shown.members] == [one["氏名"] for one in family]
    assert shown.address.line.startswith("東京都千代田区")


async def test_whoever_was_struck_is_no_member(town: Town) -> None:
    """除票: a household without its head has none, and the others are still shown."""
    await town.take_over(a_family())
    (home,) = await homes(town)

    async with town.open() as tx:
        await tx.execute(
            "UPDATE resident_present SET presence = '除票' WHERE resident_id = $1",
            await households.head_of(tx, home),
        )
        shown = await households.view(tx, home)
        head = await households.head_of(tx, home)

    assert shown is not None
    assert (shown.head, head) == (None, None)
    assert [member.relationship for member in shown.members] == ["妻", "子"]


async def test_a_household_of_nobody_here_is_unknown(town: Town, other_town: Town) -> None:
    """Another town's household is as unknown as one that never was."""
    await other_town.take_over(a_family())
    (elsewhere,) = await homes(other_town)

    async with town.open() as tx:
        for household_id in (elsewhere, new_id()):
            assert await households.view(tx, household_id) is None
            assert await households.head_of(tx, household_id) is None
            assert await households.lock(tx, [household_id]) == set()


async def test_a_locked_household_is_nobody_elses_until_the_end(town: Town) -> None:
    await town.take_over(families(2))
    first, second = await homes(town)

    async with town.open() as mine:
        assert await households.lock(mine, [second, first]) == {first, second}
        with pytest.raises(Unavailable, match="LOCKNOTAVAILABLE"):
            await _locked_without_waiting(town, first)

    await _locked_without_waiting(town, first)


async def test_two_who_lock_the_same_households_in_other_orders_both_get_them(
    town: Town,
) -> None:
    """Locks are taken in id order, whatever order was asked for: no deadlock."""
    await town.take_over(families(2))
    one, other = await homes(town)

    async def lock_often(asked: list[UUID]) -> None:
        for _ in range(30):
            async with town.open() as tx:
                await households.lock(tx, asked)

    await asyncio.gather(lock_often([one, other]), lock_often([other, one]))


async def test_a_number_is_given_once_to_many_at_the_same_instant(town: Town) -> None:
    async def give() -> str:
        async with town.open() as tx:
            return await households.next_addressee_number(tx)

    given = await asyncio.gather(*(give() for _ in range(40)))

    assert len(set(given)) == 40


async def _locked_without_waiting(town: Town, household_id: UUID) -> None:
    async with town.open() as tx:
        await tx.execute("SET LOCAL lock_timeout = '50ms'")
        await households.lock(tx, [household_id])
