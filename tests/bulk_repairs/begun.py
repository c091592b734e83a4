"""Lists of incidents as tests of 一括処理 need them: refused births, drafted and confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.bulk import BulkEvent, ItemState, Wanted
from domain.cases import CaseRef, Procedure, Verb
from domain.dates import RegisterDate
from register import bulk_drafts, bulk_items, bulk_repairs, case_views, clock, municipalities
from register.bulk_drafts import Draft
from register.bulk_repairs import Said
from runtime.database import prepare
from tests.eventually import eventually

if TYPE_CHECKING:
    from uuid import UUID

    from register.bulk_items import Item
    from tests.house import Case, Town

ANNOUNCE = "本人確認情報を送信する"
FAST, ONE_A_MINUTE = 60_000, 1
"""Items per minute: as good as at once; and the first, then none for as long as a test lasts."""


@dataclass
class Bulk:
    """A 一括処理 of a town, and the cases its items stand for, in their order."""

    town: Town
    bulk_id: UUID

    async def say(self, event: BulkEvent, author: str = "chief-01") -> None:
        """Say something of it, as whoever has checked that they may."""
        async with self.town.transaction() as tx:
            bulk = await bulk_repairs.lock(tx, self.bulk_id)
            assert bulk is not None
            said = Said(
                event=event, author=author, role="chief", reason="試験", at=await clock.now(tx)
            )
            await bulk_repairs.say(tx, self.town.code, bulk, said)

    async def case(self) -> Case:
        """The case that carries it out."""
        async with self.town.transaction() as tx:
            bulk = await bulk_repairs.find(tx, self.bulk_id)
            assert bulk is not None
            file = await case_views.find(tx, bulk.case_number or "")
        assert file is not None
        return self.town.case(CaseRef.model_validate(dict(file.ref)), Procedure.BULK)

    async def items(self) -> list[Item]:
        """What has become of each item."""
        async with self.town.transaction() as tx:
            return await bulk_items.page(tx, self.bulk_id, 0, 1000)

    async def states(self) -> list[ItemState]:
        """The same in one word each."""
        return [item.state for item in await self.items()]

    async def stands(self, *states: ItemState) -> None:
        """Wait until its items stand so."""

        async def stand() -> bool:
            return await self.states() == list(states)

        try:
            await eventually(stand)
        except TimeoutError:
            raise AssertionError([*await self.items()]) from None


async def refused_births(town: Town, count: int) -> list[Case]:
    """So many births, each refused once at the same step, in the order of a list of them."""
    await town.fault("jlis", "REFUSE", message="CS-04", times=count)
    return [await _refused(town, day) for day in range(count)]


async def _refused(town: Town, day: int) -> Case:
    born_on = RegisterDate.on(date(2026, 11, 20 - day))
    case = await town.report_birth("田中　遥", born_on=born_on)
    await case.parks()
    return case


async def drafted(town: Town, author: str = "chief-01", alone_up_to: int = 50) -> Bulk:
    """The list of everything that is refused at that step."""
    async with town.transaction() as tx:
        wanted = Wanted(step=ANNOUNCE)
        items = await bulk_drafts.matching(tx, wanted, Verb.RETRY)
        draft = Draft(Verb.RETRY, wanted, alone_up_to, author, "chief", "直ったと連絡があった。")
        return Bulk(town, await bulk_drafts.freeze(tx, town.code, draft, items))


async def confirmed(town: Town) -> Bulk:
    """The same, begun."""
    bulk = await drafted(town)
    await bulk.say(BulkEvent.CONFIRMED)
    return bulk


async def settle(town: Town, **parameters: Any) -> None:
    """Set parameters of a town while it works."""
    owner = await asyncpg.connect(town.house.place["database_urls"]["juki_owner"])
    await prepare(owner)
    try:
        await municipalities.set_parameters(owner, town.code, parameters)
    finally:
        await owner.close()
