"""``python -m tests.record_histories``: play a few cases and keep their histories for replay.

Recorded anew only when a change of a procedure is meant to part with older runs.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.cases import CaseRef, CaseState, Procedure, Verb
from domain.differences import Repair
from register import cases
from register.cases import Acceptance
from register.municipalities import Parameters
from tests.house import House, a_house
from tests.server import Server
from tests.workflows.kind import AMENDED

if TYPE_CHECKING:
    from tests.house import Case, Town

HISTORIES = Path(__file__).parent / "histories"


async def happy(house: House) -> Case:
    """A birth in which nothing fails."""
    case = await (await _stocked(house)).report_birth()
    await case.closes()
    return case


async def amended(house: House) -> Case:
    """A birth refused at CS-04, amended, completed."""
    case = await _refused(await _stocked(house))
    incident = await case.parks()
    await case.decide(Verb.AMEND, incident=incident["incident_id"], changes=AMENDED)
    await case.closes()
    return case


async def withdrawn(house: House) -> Case:
    """A birth refused at CS-04, withdrawn."""
    case = await _refused(await _stocked(house))
    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await case.closes(CaseState.WITHDRAWN)
    return case


async def waiting(house: House) -> Case:
    """A birth that waits for stock."""
    town = await house.open_town()
    case = await town.report_birth()
    await case.waits("code_stock")
    await town.stock()
    await case.closes()
    return case


async def top_up(house: House) -> Case:
    """A 住民票コード補充."""
    town = await _stocked(house)
    async with town.transaction() as tx:
        row = await tx.fetchrow("SELECT municipality, case_id, case_number FROM case_file")
    return town.case(CaseRef.model_validate(dict(row)), Procedure.CODE_TOP_UP)


async def linkage(house: House) -> Case:
    """A 符号取得."""
    town = await house.open_town()
    async with town.transaction() as tx:
        resident_id = await tx.fetchval("SELECT resident_id FROM resident LIMIT 1")
        acceptance = Acceptance(Procedure.LINKAGE_CODE, {}, "test", residents=[resident_id])
        ref = await cases.accept(tx, town.code, acceptance)
    return await _closed(town.case(ref, Procedure.LINKAGE_CODE))


async def reconciled(house: House) -> Case:
    """A 突合 of several pages."""
    return await _alone(house, Procedure.RECONCILIATION)


async def serial_batch(house: House) -> Case:
    """A 証明書シリアル一括取得."""
    return await _alone(house, Procedure.SERIAL_BATCH)


async def repaired(house: House) -> Case:
    """A 差異修正."""
    town = await house.open_town()
    async with town.transaction() as tx:
        resident_id = await tx.fetchval("SELECT resident_id FROM resident LIMIT 1")
        body = {"repair": Repair.REGISTER_COPY}
        acceptance = Acceptance(Procedure.REPAIR, body, "test", residents=[resident_id])
        ref = await cases.accept(tx, town.code, acceptance)
    return await _closed(town.case(ref, Procedure.REPAIR))


STORIES = (
    happy,
    amended,
    withdrawn,
    waiting,
    top_up,
    linkage,
    reconciled,
    serial_batch,
    repaired,
)


async def record(place: Any) -> None:
    """Play every story and write its history."""
    keyring = Path(place["keyring"])
    keeping = a_house(place, place["outside_url"], keyring, place["namespace"])
    async with keeping as house, house.worker():
        for story in STORIES:
            case = await story(house)
            handle = house.client.get_workflow_handle(case.workflow_id)
            history = json.loads((await handle.fetch_history()).to_json(), object_hook=_plain)
            text = json.dumps({"id": case.workflow_id, **history}, ensure_ascii=False)
            (HISTORIES / f"{story.__name__}.json").write_text(text + "\n")


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """Without stack traces: they name folders of the machine that recorded."""
    return {name: value for name, value in part.items() if name != "stackTrace"}


async def _alone(house: House, procedure: Procedure) -> Case:
    town = await house.open_town(parameters=Parameters(reconciliation_page=2))
    async with town.transaction() as tx:
        ref = await cases.open_alone(tx, town.code, procedure, "test")
    assert ref is not None
    return await _closed(town.case(ref, procedure))


async def _closed(case: Case) -> Case:
    await case.closes()
    return case


async def _stocked(house: House) -> Town:
    town = await house.open_town()
    await town.stock()
    return town


async def _refused(town: Town) -> Case:
    await town.fault("jlis", "REFUSE", message="CS-04")
    return await town.report_birth()


def main() -> None:
    """Start the servers, record, stop them."""
    HISTORIES.mkdir(exist_ok=True)
    server = Server(["recording"])
    server.start()
    try:
        asyncio.run(record(server.place("recording")))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
