"""``python -m tests.record_histories``: play cases and keep their histories for replay.

Only what is not recorded yet is: a history stays for as long as a run like it may be open.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from domain.address_change import AddressChange
from domain.bulk import BulkEvent
from domain.cases import CaseRef, CaseState, Procedure, Verb
from domain.dates import jst_day
from domain.differences import Repair
from domain.move_out import MoveOutNotification
from domain.residents import Address, Destination
from register import cases, changing, clock, heads, move_outs
from register.cases import Acceptance
from register.municipalities import Parameters
from tests.bulk_repairs.begun import FAST, ONE_A_MINUTE, confirmed, refused_births, settle
from tests.frontier import DAY
from tests.frontier_doors import a_frontier
from tests.house import House, a_house
from tests.server import Server
from tests.workflows.kind import AMENDED
from tests.workflows.kinds import KINDS
from tests.workflows.sabotage import Saboteur
from tests.workflows.trials import Trials

if TYPE_CHECKING:
    from tests.house import Case, Town
    from tests.server import Place

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


async def bulk(house: House) -> Case:
    """A 一括処理, paused and resumed; a fresh run stands at the pause."""
    town = await _stocked(house)
    await settle(town, bulk_per_minute=ONE_A_MINUTE)
    births = await refused_births(town, 2)
    repair = await confirmed(town)
    case = await repair.case()
    await births[0].closes()
    await repair.say(BulkEvent.PAUSED)
    await case.waits("resumption")
    await settle(town, bulk_per_minute=FAST)
    await repair.say(BulkEvent.RESUMED)
    return await _closed(case)


async def moved(house: House) -> Case:
    """A 転居 at the counter, before anybody could announce one."""
    town = await house.open_town()
    async with town.transaction() as tx:
        today = jst_day(await clock.now(tx))
        reported = AddressChange(
            household_id=town.households[0],
            residents=tuple(await heads.of_household(tx, town.households[0])),
            notified_on=today,
            moved_on=today,
            address=Address(line="東京都千代田区九段北一丁目2番3号"),
        )
        ref = await changing.accept(tx, town.acting(), Procedure.ADDRESS_CHANGE, reported)
    return await _closed(town.case(ref, Procedure.ADDRESS_CHANGE))


async def emigrated(house: House) -> Case:
    """A 転出 of the head to abroad, before the 副本 of those who stay followed it."""
    town = await house.open_town()
    async with town.transaction() as tx:
        today, household_id = jst_day(await clock.now(tx)), town.households[0]
        reported = MoveOutNotification(
            household_id=household_id,
            residents=tuple((await heads.of_household(tx, household_id))[:2]),
            notified_on=today,
            planned_on=today,
            destination=Destination(country="フランス共和国"),
        )
        ref = await move_outs.accept(tx, town.acting(), reported)
    return await _closed(town.case(ref, Procedure.MOVE_OUT))


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
    bulk,
    moved,
    emigrated,
)


def every_name() -> set[str]:
    """What is recorded: each story, and of each kind of case one completed and one taken back.

    A run that began anew while it waited is a history of its own, with its ordinal behind a dot.
    """
    kinds = [kind.name for kind in KINDS]
    return {
        *(story.__name__ for story in STORIES),
        *kinds,
        *(f"{kind}_withdrawn" for kind in kinds),
    }


async def record(place: Place) -> None:
    """Play whatever is not recorded yet, and write its history."""
    keyring = Path(place["keyring"])
    keeping = a_house(place, place["outside_url"], keyring, place["namespace"])
    async with keeping as house, house.worker():
        for story in STORIES:
            if _is_missing(story.__name__):
                await _keep(story.__name__, await story(house))


async def record_kinds(place: Place) -> None:
    """The same for every kind of case that trials are made of."""
    saboteur = Saboteur()
    async with a_frontier(place, Path(place["keyring"]), interceptors=[saboteur]) as frontier:
        await frontier.on(DAY)
        trials = Trials(frontier, saboteur)
        for kind in KINDS:
            back = f"{kind.name}_withdrawn"
            if _is_missing(kind.name):
                await _keep(kind.name, await trials.repaired(kind))
            if _is_missing(back):
                await _keep(back, await trials.withdrawn(kind))


def _is_missing(name: str) -> bool:
    """A history is never recorded instead of another: that one would be held no longer."""
    return not (HISTORIES / f"{name}.json").exists()


async def _keep(name: str, case: Case) -> None:
    """Write down each run of a case."""
    for ordinal, history in enumerate(await _runs(case), start=1):
        text = json.dumps({"id": case.workflow_id, **_plain(history)}, ensure_ascii=False)
        file = f"{name}.json" if ordinal == 1 else f"{name}.{ordinal}.json"
        (HISTORIES / file).write_text(text + "\n")


async def _runs(case: Case) -> list[dict[str, Any]]:
    """The histories of a case, from its first run on, once the engine has closed the last."""
    client, run_id = case.town.house.client, None
    await client.get_workflow_handle(case.workflow_id).result()
    runs: list[dict[str, Any]] = []
    while True:
        handle = client.get_workflow_handle(case.workflow_id, run_id=run_id)
        history = json.loads((await handle.fetch_history()).to_json())
        runs.insert(0, history)
        began = history["events"][0]["workflowExecutionStartedEventAttributes"]
        run_id = began.get("continuedExecutionRunId")
        if not run_id:
            return runs


def _plain(part: Any) -> Any:
    """Without stack traces: they name folders of the machine that recorded."""
    if isinstance(part, list):
        return [_plain(one) for one in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return part
    told = cast("dict[str, Any]", part)
    return {name: _plain(value) for name, value in told.items() if name != "stackTrace"}


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
    server = Server(["recording", "kinds"])
    server.start()
    try:
        asyncio.run(record(server.place("recording")))
        asyncio.run(record_kinds(server.place("kinds")))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
