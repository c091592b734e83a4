"""Processes killed by SIGKILL between two of their commits, at instants the test can hold still.

Where a process stands is seen in the database: a telegram that is on its way, a lock that somebody
waits for.  Another process then finishes what the dead one began, and nothing happens twice.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.cases import CaseState, Direction, Verb, workflow_id
from register import cases
from tests.agreement import agrees
from tests.crash.child import a_child, relay_of, worker_of
from tests.crash.locks import waits_for_a_lock
from tests.workflows.tried import effects

if TYPE_CHECKING:
    import asyncpg

    from tests.house import Case, Town

_SHARED = "SELECT FROM case_file WHERE case_id = $1 FOR SHARE"
_ONCE = {"CS-02": 1, "CS-04": 1, "CS-12": 1, "CS-13": 1, "AT-01": 1, "AT-03": 1}


async def test_a_worker_dies_while_its_telegram_is_on_its_way(town: Town) -> None:
    """Written, left, nothing heard: the next worker asks J-LIS by the telegram's id."""
    await town.fault("jlis", "SLOW", message="CS-02", seconds=1)
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker:
            case = await town.report_birth()
            await case.sends("個人番号を要求して登録する")
            await worker.kill()
        await _finished_by_another(case)


async def test_a_worker_dies_before_it_has_kept_the_answer(
    town: Town, owner: asyncpg.Connection
) -> None:
    """Applied at J-LIS and answered, but not yet ours: adopted, not sent again."""
    await town.fault("jlis", "SLOW", message="CS-04", seconds=1)
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker:
            case = await town.report_birth()
            await case.sends("本人確認情報を送信する")
            async with owner.transaction():
                await _hold(owner, "case_file", case)
                await waits_for_a_lock(owner, "jukiflow-worker")
                await worker.kill()
        await _finished_by_another(case)


async def test_a_worker_dies_before_it_has_entered_the_child(
    town: Town, owner: asyncpg.Connection
) -> None:
    """Nothing of a transaction that did not commit is left: no child, no code taken."""
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker, owner.transaction():
            await owner.execute("SELECT FROM household FOR UPDATE")
            case = await town.report_birth()
            await waits_for_a_lock(owner, "jukiflow-worker")
            await worker.kill()
        await _finished_by_another(case)


async def test_a_worker_dies_while_it_takes_back(town: Town) -> None:
    """A withdrawing case goes straight to its undos under the next worker."""
    await town.fault("jlis", "REFUSE", message="CS-12")
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker:
            case = await town.report_birth()
            incident = await case.parks()
            await town.fault("jlis", "SLOW", message="CS-04", seconds=1)
            await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])
            await case.sends("取消の本人確認情報を送信する")
            await worker.kill()
        async with a_child("worker", worker_of(town.house)):
            await case.closes(CaseState.WITHDRAWN)
    await agrees(town)


async def test_a_worker_dies_after_closing_and_before_the_engine_hears_of_it(
    town: Town, owner: asyncpg.Connection
) -> None:
    """Everything since its last report is done once more by another, who finds the case closed.

    Red: let no step look at a closed case; the engine tried the last steps again for ever.
    """
    # What failed before makes it report once in between, and go on from what it has read.
    await town.fault("jlis", "UNAVAILABLE", message="CS-12")
    await town.fault("unified_addressee", "SLOW", message="AT-03", seconds=1)
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker:
            case = await town.report_birth()
            await case.sends("副本を登録する")
            async with owner.transaction():
                await owner.execute(_SHARED, case.ref.case_id)
                await waits_for_a_lock(owner, "jukiflow-worker")
                await worker.kill()
        async with town.transaction() as tx:
            # The last thing the dead worker did.
            await cases.close(tx, case.ref, Direction.FORWARD)

        name = workflow_id(case.procedure, case.ref.case_number)
        async with a_child("worker", worker_of(town.house)), asyncio.timeout(40):
            await town.house.client.get_workflow_handle(name).result()
        await _finished_by_another(case)


async def test_a_relay_dies_between_starting_a_case_and_saying_so(
    town: Town, owner: asyncpg.Connection
) -> None:
    """The engine has it, the register does not know: started again, which changes nothing."""
    case = await town.report_birth()
    async with a_child("relay", relay_of(town.house)) as relay, owner.transaction():
        await owner.execute(_SHARED, case.ref.case_id)
        await waits_for_a_lock(owner, "jukiflow-relay")
        await relay.kill()

    async with a_child("relay", relay_of(town.house)):
        await _finished_by_another(case)


async def test_what_is_decided_while_nobody_is_at_work_reaches_the_case(town: Town) -> None:
    """Neither worker nor relay lives when staff withdraw: accepted means safe (law 10)."""
    await town.fault("unified_addressee", "REFUSE", message="AT-01")
    async with a_child("worker", worker_of(town.house)), a_child("relay", relay_of(town.house)):
        case = await town.report_birth()
        incident = await case.parks()

    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])

    async with a_child("worker", worker_of(town.house)), a_child("relay", relay_of(town.house)):
        await case.closes(CaseState.WITHDRAWN)
    await agrees(town)


async def _finished_by_another(case: Case) -> None:
    """A new worker completes the case, and every effect stands exactly once."""
    async with a_child("worker", worker_of(case.town.house)):
        await case.closes()
    await agrees(case.town)
    taken = await effects(case.town, [case])
    assert dict(taken[case.ref.case_id]) == {**_ONCE, "resident.changed": 1}


async def _hold(owner: asyncpg.Connection, table: str, case: Case) -> None:
    question = f"SELECT FROM {table} WHERE case_id = $1 FOR UPDATE"
    await owner.execute(question, case.ref.case_id)
