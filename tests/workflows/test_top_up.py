"""住民票コード補充: one at a time per municipality, all or nothing, and births wait for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.cases import CaseRef, CaseState, Procedure, Verb
from register import cases, code_pool, outbox
from runtime.database import pool
from tests.agreement import agrees

if TYPE_CHECKING:
    from tests.house import Case, House, Town


async def test_births_wait_for_stock_and_do_not_fail(house: House) -> None:
    """An empty pool orders more; the births it kept waiting complete when the codes are there."""
    town = await house.open_town(low_water=2)
    await town.fault("jlis", "UNAVAILABLE", message="CS-01", times=6)
    births = [await town.report_birth(household=place) for place in range(2)]

    for birth in births:
        await birth.waits("code_stock")
    for birth in births:
        await birth.closes()
    assert await _batches(town) == 1
    await agrees(town)


async def test_however_many_notice_one_batch_is_ordered(house: House) -> None:
    """Two workers' births, the schedule and somebody's hand at once: one 補充, one batch.

    Red: drop the unique index `case_file_one_top_up` and the advisory lock.
    """
    town = await house.open_town(low_water=5)
    await town.fault("jlis", "UNAVAILABLE", message="CS-01", on="any", times=None)
    relay_url = house.place["database_urls"]["juki_relay"]
    async with pool(relay_url, application="schedule", largest=5) as relay:
        ordered = await asyncio.gather(
            *(_by_hand(town) for _ in range(5)),
            *(outbox.order_top_ups(relay) for _ in range(5)),
            *(town.report_birth(household=place) for place in range(2)),
        )
    del ordered
    await house.world.control("DELETE", f"faults?municipality={town.code}")

    for birth in await _cases(town, Procedure.BIRTH):
        await birth.closes()
    assert len(await _cases(town, Procedure.CODE_TOP_UP)) == await _batches(town) == 1


async def test_a_batch_with_one_wrong_check_digit_inserts_none(house: House) -> None:
    """The whole list is doubtful; asked again, J-LIS gives the same list, whole."""
    town = await house.open_town()
    await town.fault("jlis", "MALFORMED", message="CS-01", form="CHECK_DIGIT")
    top_up = await _ordered(town)

    incident = await top_up.parks()
    assert (incident["kind"], incident["code"]) == ("contract_broken", "WRONG_CODE_IN_BATCH")
    assert await _stock(town) == 0

    await top_up.decide(Verb.RETRY, incident=incident["incident_id"])
    await top_up.closes()
    assert await _stock(town) == 20


async def test_a_failed_top_up_does_not_stand_in_the_way_of_the_next(house: House) -> None:
    """Withdrawn after a refusal, it makes room: the next one fills the stock without a restart."""
    town = await house.open_town()
    await town.fault("jlis", "REFUSE", message="CS-01")
    failed = await _ordered(town)
    incident = await failed.parks()
    await failed.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await failed.closes(CaseState.WITHDRAWN)

    await town.stock()

    assert await _stock(town) == 20


async def _ordered(town: Town) -> Case:
    case = await _by_hand(town)
    assert case is not None
    return town.case(case, Procedure.CODE_TOP_UP)


async def _by_hand(town: Town) -> CaseRef | None:
    async with town.transaction() as tx:
        return await cases.order_top_up(tx, town.code, "counter")


async def _cases(town: Town, procedure: Procedure) -> list[Case]:
    async with town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT municipality, case_id, case_number FROM case_file WHERE procedure = $1",
            procedure,
        )
    return [town.case(CaseRef.model_validate(dict(row)), procedure) for row in rows]


async def _batches(town: Town) -> int:
    """How often J-LIS was asked for codes, and answered."""
    messages = (await town.ledger("jlis"))["messages"]
    return len([m for m in messages if m["kind"] == "CS-01" and m["status"] == 200])


async def _stock(town: Town) -> int:
    async with town.transaction() as tx:
        return await code_pool.stock(tx, town.code)
