"""The watchdog: whoever is stuck but green is on the list, with why, and nobody else is."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_asyncio
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.cases import CaseRef, CaseState, Procedure, Verb
from domain.dates import RegisterDate
from domain.opening_hours import OpeningCalendar
from domain.stuck import Stuck
from register import cases
from register.outbox import Due
from register.watching import Grace
from relay.engine import Engine
from relay.sight import SILENT, Sight
from relay.watch import Watch
from tests.apart import a_place_apart
from tests.clock import Clock
from tests.eventually import eventually
from tests.house import Town, a_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.house import Case, House
    from tests.server import Place

NO_PATIENCE = Grace(timedelta(), timedelta())
PATIENCE = Grace(timedelta(minutes=5), timedelta(minutes=15))
YESTERDAY = RegisterDate.on(date(2026, 11, 19))
QUEUE = "watch"
SECRET = "髙橋　遥"


@workflow.defn(name=Procedure.BIRTH)
class Broken:
    """A procedure as a bad deploy may leave it; what it says names somebody."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        raise RuntimeError(f"{SECRET} {case.case_number}")


@workflow.defn(name=Procedure.BIRTH)
class Hanging:
    """A procedure that forgets what it was about to do."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        await workflow.wait_condition(lambda: not case.case_number)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(place: Place) -> AsyncGenerator[House]:
    """A house where neither worker nor relay is at work, with a clock of its own."""
    async with (
        a_place_apart(place, QUEUE) as apart,
        a_house(
            apart,
            apart["outside_url"],
            Path(apart["keyring"]),
            apart["namespace"],
            task_queue=QUEUE,
            relay=False,
        ) as house,
    ):
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def town(house: House) -> Town:
    """A town of this test's own."""
    return await house.open_town()


async def test_a_case_without_a_run_is_found_and_gone_once_it_runs_again(town: Town) -> None:
    """Terminated, or lost with the engine: the register says open, and nothing would ever move.

    Red: believe the first look.
    """
    case = await _started(town)
    watch = _watch(town.house, PATIENCE)
    await case.terminate()
    assert await _looks(watch, case) == set()
    assert await _looks(watch, case) == {Stuck.NO_RUN}
    assert await _listed(case) == {Stuck.NO_RUN: "standing"}

    await _resumed(case)

    await watch.look()
    assert await _listed(case) == {Stuck.NO_RUN: "gone"}
    assert await _told(case) == [(Stuck.NO_RUN, "found"), (Stuck.NO_RUN, "gone")]
    await case.terminate()


async def test_a_queue_without_a_worker_explains_why_nothing_moves(town: Town) -> None:
    """Started, and nobody there: not the case is at fault.  A worker that comes ends it."""
    case = await _started(town)
    watch = _watch(town.house, silent=timedelta())

    await watch.look()
    assert await _looks(watch, case) == {Stuck.NO_WORKER}

    async with town.house.worker():
        await case.waits("code_stock")
    await watch.look()
    assert await _listed(case) == {Stuck.NO_WORKER: "gone"}
    await case.terminate()


async def test_a_task_that_fails_tells_since_when_in_which_build_and_nothing_personal(
    town: Town,
) -> None:
    """One look is enough, and the exception's words stay where they are.

    Red: take the failure's message for its cause.
    """
    case = await _started(town)
    watch = _watch(town.house)
    async with _works(town.house, Broken, build="2026-12-01"):
        await eventually(lambda: _fails(town.house, case))
        assert await _looks(watch, case) == {Stuck.TASK_FAILING}

    async with town.transaction() as tx:
        row = await tx.fetchrow("SELECT * FROM stuck_case WHERE case_id = $1", case.ref.case_id)
        begun = await tx.fetchval(
            "SELECT started_at FROM case_file WHERE case_id = $1", case.ref.case_id
        )
    assert row["build"] == "2026-12-01"
    assert row["cause"] == "WORKFLOW_WORKER_UNHANDLED_FAILURE"
    assert row["attempts"] >= 1
    assert timedelta(minutes=-1) < row["since"] - begun < row["found_at"] - begun
    assert SECRET not in str(dict(row))
    await case.terminate()


async def test_a_parked_case_whose_task_fails_is_found_by_the_engines_own_list(town: Town) -> None:
    """The register knows nothing of it: the case waits for staff, and would not hear them."""
    case = await _started(town)
    async with _works(town.house, Broken):
        await _wait(case)
        sight = Sight(town.house.client, QUEUE)
        await eventually(lambda: _is_listed(sight, case))
        assert await _looks(_watch(town.house), case) == {Stuck.TASK_FAILING}
    await case.terminate()


async def test_a_wake_up_nobody_takes_is_found_until_it_is_taken(town: Town) -> None:
    """The relay may be away, or the worker's hands full: a decision must not lie there unseen."""
    case, watch = await _started(town), _watch(town.house)
    async with town.house.worker():
        await case.waits("code_stock")
        await case.decide(Verb.WITHDRAW)
        await watch.look()
        assert await _looks(watch, case) == {Stuck.WAKE_UP_NOT_TAKEN}

        await town.house.rounds.wake()
        await case.closes(CaseState.WITHDRAWN)
        await watch.look()
    assert await _listed(case) == {Stuck.WAKE_UP_NOT_TAKEN: "gone"}


async def test_a_wait_that_is_over_by_the_offices_clock_is_found(house: House) -> None:
    """The engine's timer sleeps on: by the runbook the run is ended, and started anew.

    Red: leave waits out of what is suspected.
    """
    town = await house.open_town(opening=OpeningCalendar())
    clock = Clock(house.place["database_urls"]["juki_owner"])
    await clock.to(date(2026, 12, 1), time(22))
    async with town.transaction() as tx:
        ref = await cases.order_top_up(tx, town.code, "test")
    assert ref is not None
    case, watch = town.case(ref, Procedure.CODE_TOP_UP), _watch(house)
    await house.rounds.start_accepted()
    async with house.worker():
        await case.waits("opening")
        await watch.look()
        assert await _looks(watch, case) == set()

        await clock.to(date(2026, 12, 2), time(12))
        await _take(case)
        await watch.look()
        assert await _looks(watch, case) == {Stuck.WAIT_OVERDUE}

        await case.terminate()
        await _resumed(case)
        await case.closes()
    await clock.right()
    await watch.look()
    assert await _listed(case) == {Stuck.WAIT_OVERDUE: "gone"}


async def test_a_case_that_waits_for_nothing_and_does_not_move_is_found(town: Town) -> None:
    """A worker is there, its task does not fail, and still nothing happens."""
    case, watch = await _started(town), _watch(town.house)
    async with _works(town.house, Hanging):
        await watch.look()
        assert await _looks(watch, case) == {Stuck.STANDING_STILL}
        patient = _watch(town.house, PATIENCE)
        await patient.look()
        assert await _looks(patient, case) == set()
    await case.terminate()


async def test_a_run_whose_case_has_ended_is_found(town: Town) -> None:
    """Whatever it retries there, nobody waits for it."""
    case, watch = await _started(town), _watch(town.house)
    async with town.transaction() as tx:
        await tx.execute(
            "UPDATE case_file SET state = 'completed' WHERE case_id = $1", case.ref.case_id
        )
    await eventually(lambda: _runs(town.house, case))
    await watch.look()

    assert await _looks(watch, case) == {Stuck.RUN_WITHOUT_CASE}
    await case.terminate()


async def test_an_office_at_work_and_at_rest_has_nobody_on_the_list(town: Town) -> None:
    """Parked, trying again, waiting for stock, withdrawn: each says why it stands.

    However long it has not moved.  Red: forget one of the explanations.
    """
    house, rounds = town.house, town.house.rounds
    watch = _watch(house, Grace(timedelta(), timedelta(minutes=1)))
    async with house.worker():
        hungry = await _started(town)
        await hungry.waits("code_stock")
        stocked = await house.open_town()
        async with stocked.transaction() as tx:
            await cases.order_top_up(tx, stocked.code, "test")
        await rounds.start_accepted()
        await eventually(lambda: _has_stock(stocked))
        await stocked.fault("jlis", "REFUSE", code="ADDRESS_MISMATCH", message="CS-04")
        parked = await _started(stocked, "佐藤　一")
        await parked.parks()
        await stocked.fault("jlis", "UNAVAILABLE", times=None)
        trying = await _started(stocked, "佐藤　三", household=1, born_on=YESTERDAY)
        await trying.fails("個人番号を要求して登録する")
        gone = await _started(stocked, "佐藤　二", household=1)
        await gone.decide(Verb.WITHDRAW)
        await rounds.wake()
        await gone.closes(CaseState.WITHDRAWN)

        for _ in range(3):
            found = await watch.look()
            assert not [one for one in found if one.municipality in {town.code, stocked.code}]
    for case in (hungry, parked, trying):
        assert await _listed(case) == {}
        await case.terminate()


async def test_two_watchdogs_write_one_finding_and_a_new_one_takes_nothing_back(
    town: Town,
) -> None:
    """Relays may be several, and be started anew: the list is the register's, not theirs."""
    case = await _started(town)
    await case.terminate()
    first, second = _watch(town.house), _watch(town.house)
    for watch in (first, second, first, second):
        await watch.look()

    await _watch(town.house).look()

    assert await _listed(case) == {Stuck.NO_RUN: "standing"}
    assert await _told(case) == [(Stuck.NO_RUN, "found")]


async def test_every_round_says_when_it_was(town: Town) -> None:
    """A watchdog that does not run is seen by the age of its last look."""
    await _watch(town.house).look()

    async with town.transaction() as tx:
        age = await tx.fetchval("SELECT clock_timestamp() - looked_at FROM watch_round")
    assert age < timedelta(minutes=1)


def _watch(house: House, grace: Grace = NO_PATIENCE, silent: timedelta = SILENT) -> Watch:
    return Watch(house.rounds._pool, Sight(house.client, QUEUE, silent), grace)


@asynccontextmanager
async def _works(house: House, procedure: type, build: str = "broken") -> AsyncGenerator[None]:
    """A worker that knows one procedure, and not as it should."""
    async with Worker(
        house.client,
        task_queue=QUEUE,
        workflows=[procedure],
        workflow_runner=UnsandboxedWorkflowRunner(),
        build_id=build,
    ):
        yield


async def _started(town: Town, *names: str, **how: Any) -> Case:
    case = await town.report_birth(*names, **how)
    await town.house.rounds.start_accepted()
    return case


async def _resumed(case: Case) -> None:
    """As `jukiflow resume` starts it."""
    await Engine(case.town.house.client, QUEUE).start(Due(case.ref, case.procedure))


async def _looks(watch: Watch, case: Case) -> set[Stuck]:
    found = await watch.look()
    return {one.kind for one in found if one.case_id == case.ref.case_id}


async def _listed(case: Case) -> dict[Stuck, str]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT kind, state FROM stuck_case WHERE case_id = $1", case.ref.case_id
        )
    return {Stuck(row["kind"]): row["state"] for row in rows}


async def _told(case: Case) -> list[tuple[Stuck, str]]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT kind, event FROM stuck_event WHERE case_id = $1 ORDER BY log_id",
            case.ref.case_id,
        )
    return [(Stuck(row["kind"]), row["event"]) for row in rows]


async def _fails(house: House, case: Case) -> bool:
    run = await Sight(house.client, QUEUE).run_of(case.workflow_id)
    return run.attempt > 1


async def _is_listed(sight: Sight, case: Case) -> bool:
    return case.workflow_id in (await sight.listed()).failing


async def _runs(house: House, case: Case) -> bool:
    return case.workflow_id in (await Sight(house.client, QUEUE).listed()).running


async def _wait(case: Case) -> None:
    """Have the register say that the case waits for something without an end."""
    async with case.town.transaction() as tx:
        await tx.execute(
            "INSERT INTO case_wait (municipality, case_id, step, subject, kind)"
            " VALUES ($1, $2, '決裁を待つ', 0, 'approval')",
            case.town.code,
            case.ref.case_id,
        )


async def _has_stock(town: Town) -> bool:
    async with town.transaction() as tx:
        return await tx.fetchval("SELECT EXISTS (SELECT FROM pool_code WHERE state = 'free')")


async def _take(case: Case) -> None:
    """Take what waits, as the case would."""
    async with case.town.transaction() as tx:
        await tx.execute("UPDATE wakeup SET taken_at = clock_timestamp() WHERE taken_at IS NULL")
