"""A town whose people every other system holds as the register does, and how to spoil that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg

from activities.comparing import copy_of
from clients import jlis_comparison, unified_addressee
from domain.pages import Span
from register import comparing
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from uuid import UUID

    from tests.frontier import Frontier
    from tests.house import Town

ONE = "SELECT code, number FROM people WHERE holder = $1 ORDER BY code LIMIT 1"


async def comparable(frontier: Frontier, **settled: Any) -> Town:
    """Six people of two families, entered everywhere in the form each system has them in."""
    town = await frontier.house.open_town(**settled)
    await frontier.house.world.control("POST", f"reset?municipality={town.code}")
    known = [await _known(town, one) for one in await _people(town)]
    await frontier.house.world.control(
        "POST", "people", {"municipality": town.code, "people": known}
    )
    await town.stock()
    return town


async def outside(town: Town, system: str, statement: str, *values: object) -> None:
    """Change what another system holds behind everybody's back."""
    connection = await asyncpg.connect(town.house.place["outside_url"])
    try:
        await connection.execute(f"SET search_path = {system}")
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def inside(town: Town, statement: str, *values: object) -> None:
    """Change the register behind everybody's back."""
    async with town.transaction() as tx:
        await tx.execute(statement, *values)


async def first(town: Town) -> comparing.Ours:
    """The person every test of a difference is about."""
    return (await _people(town))[0]


async def code_of(town: Town, resident_id: UUID) -> str:
    """A person's 住民票コード."""
    async with town.transaction() as tx:
        return await tx.fetchval(
            "SELECT code FROM resident_present WHERE resident_id = $1", resident_id
        )


async def _people(town: Town) -> list[comparing.Ours]:
    async with town.transaction() as tx:
        return await comparing.people(tx, town.code, comparing.BY_ADDRESSEE, Span("", None))


async def _known(town: Town, one: comparing.Ours) -> dict[str, Any]:
    async with town.transaction() as tx:
        number = await town.house.vault.reveal(
            tx, town.acting(), one.resident_id, MY_NUMBER, None, "試験"
        )
    return {
        "code": await code_of(town, one.resident_id),
        "number": number,
        "addressee_number": one.key,
        "contents": jlis_comparison.contents_of(one.entry),
        "addressee": unified_addressee.contents_of(one.entry),
        "copy_facts": unified_addressee.facts_of(copy_of(one)),
    }
