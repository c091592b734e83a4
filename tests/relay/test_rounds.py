"""The relay: what was accepted is started, what was written for a case wakes it until taken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest_asyncio

from domain.cases import Verb
from register import outbox
from tests.apart import a_place_apart
from tests.house import Town, a_house

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.house import Case
    from tests.server import Place


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(place: Place) -> AsyncGenerator[Town]:
    """A town where neither worker nor relay is at work: the tests go round themselves."""
    async with (
        a_place_apart(place, "relay") as apart,
        a_house(
            apart,
            apart["outside_url"],
            Path(apart["keyring"]),
            apart["namespace"],
            task_queue="relay",
            relay=False,
        ) as house,
    ):
        yield await house.open_town()


async def test_an_accepted_case_is_started_once(town: Town) -> None:
    """One round starts it, and no later round starts it again."""
    await town.report_birth()

    assert await town.house.rounds.start_accepted() == 1
    assert await town.house.rounds.start_accepted() == 0


async def test_a_case_the_engine_has_already_is_left_as_it_is(town: Town) -> None:
    """The relay may have died between starting a case and writing so."""
    case = await town.report_birth()
    await town.house.rounds.start_accepted()
    first = await _run(case)
    owner_says = "UPDATE case_file SET started_at = NULL WHERE case_id = $1"
    async with town.transaction() as tx:
        await tx.execute(owner_says, case.ref.case_id)

    assert await town.house.rounds.start_accepted() == 1
    assert await _run(case) == first


async def test_a_new_decision_wakes_at_once_and_an_old_one_again_later(town: Town) -> None:
    """Woken is not taken: the relay repeats itself, but a newer word does not wait for that.

    Red: remember the case alone, and not the wake-up it was woken for.
    """
    rounds, case = town.house.rounds, await town.report_birth()
    await rounds.start_accepted()

    await _decide(case)
    assert await rounds.wake() == 1
    assert await rounds.wake() == 0
    await _decide(case)
    assert await rounds.wake() == 1
    await _take(case)
    assert await rounds.wake() == 0


async def test_cases_that_need_no_waking_yet_stand_in_nobodys_way(town: Town) -> None:
    """However many have been woken and take their time, the next one is found behind them.

    Red: look at the first few alone, and leave out of those what has been woken.
    """
    rounds, cases = town.house.rounds, [await town.report_birth() for _ in range(2)]
    await rounds.start_accepted()
    for case in cases:
        await _decide(case)

    [nearest] = await outbox.to_wake(rounds._pool, 1, [])
    [behind] = await outbox.to_wake(rounds._pool, 1, [nearest.wakeup])
    assert {nearest.case.case_id, behind.case.case_id} == {case.ref.case_id for case in cases}
    assert not await outbox.to_wake(rounds._pool, 1, [nearest.wakeup, behind.wakeup])
    for case in cases:
        await _take(case)


async def test_a_run_that_was_terminated_is_started_by_its_wake_up(town: Town) -> None:
    """Nobody there to hear the signal: the case is started, and reads its ledger."""
    rounds, case = town.house.rounds, await town.report_birth()
    await rounds.start_accepted()
    first = await _run(case)
    await case.terminate()

    await _decide(case)
    await rounds.wake()

    assert await _run(case) != first
    await _take(case)


async def _run(case: Case) -> str | None:
    handle = case.town.house.client.get_workflow_handle(case.workflow_id)
    return (await handle.describe()).run_id


async def _decide(case: Case) -> None:
    await case.decide(Verb.WITHDRAW)


async def _take(case: Case) -> None:
    """Take what waits, as the case would."""
    async with case.town.transaction() as tx:
        await tx.execute(
            "UPDATE wakeup SET taken_at = clock_timestamp() WHERE case_id = $1", case.ref.case_id
        )
