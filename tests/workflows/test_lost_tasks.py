"""A task of the engine may come to nothing after all it asked for was done: the run looks again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from domain.cases import CaseState, Verb
from tests.workflows.trial import CLOSING

if TYPE_CHECKING:
    from temporalio.client import WorkflowHandle

    from tests.house import Case, Town
    from tests.workflows.sabotage import Saboteur

_ANNOUNCE = "本人確認情報を送信する"


@pytest.mark.parametrize("verb", [Verb.RETRY, Verb.WITHDRAW])
async def test_a_run_whose_last_task_came_to_nothing_ends_all_the_same(
    town: Town, saboteur: Saboteur, verb: Verb
) -> None:
    """It stands where it stood before that task, at a case that is closed, and has nothing to do.

    A wake-up that comes while a run ends makes the engine throw its last task away.
    Red: let a closed case refuse a step that is settled.
    """
    await town.fault("jlis", "REFUSE", message="CS-04")
    case = await town.report_birth()
    incident = await case.parks()
    assert incident["step"] == _ANNOUNCE
    closing = saboteur.hold(case.ref, CLOSING, 0)
    await case.decide(verb, incident=incident["incident_id"])

    async with asyncio.timeout(20):
        await closing.reached.wait()
    await _wake(case)
    closing.released.set()

    await case.closes(CaseState.COMPLETED if verb is Verb.RETRY else CaseState.WITHDRAWN)
    async with asyncio.timeout(20):
        await _run(case).result()


async def _wake(case: Case) -> None:
    await _run(case).signal("起床")


def _run(case: Case) -> WorkflowHandle[Any, Any]:
    return case.town.house.client.get_workflow_handle(case.workflow_id)
