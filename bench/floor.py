"""The floor: what the engine alone costs. A workflow of eight activities that do nothing.

``python -m bench.floor`` is its worker: settings, client and options as the product's own.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import activity, workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseRef
    from domain.identifiers import new_id
    from register.outbox import Due
    from runtime import temporal
    from runtime.exit import leave
    from runtime.settings import WorkerSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from temporalio.client import Client

    from relay.engine import Engine

WORKFLOW = "床"
QUEUE = "floor"
_ACTIVITIES = 8


@activity.defn(name="何もしない")
async def nothing(case: CaseRef) -> None:
    """Do nothing."""
    del case


@workflow.defn(name=WORKFLOW)
class Floor:
    """Eight ordinary activities, one after the other."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Execute them."""
        for _ in range(_ACTIVITIES):
            await workflow.execute_activity(
                nothing, case, start_to_close_timeout=timedelta(seconds=30)
            )


def asking(client: Client, engine: Engine, municipality: str) -> Callable[[], Awaitable[str]]:
    """How one workflow is started, as the relay starts a case, and awaited; its id."""

    async def one() -> str:
        case_id = new_id()
        case = CaseRef(municipality=municipality, case_id=case_id, case_number=str(case_id))
        await engine.start(Due(case, WORKFLOW))
        name = f"{WORKFLOW}-{case.case_number}"
        await client.get_workflow_handle(name).result()
        return name

    return one


async def serve(settings: WorkerSettings) -> None:
    """Work until killed."""
    client = await temporal.connect(settings, identity="floor-worker", lazy=False)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Floor],
        activities=[nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_activities=settings.worker_activities,
        max_concurrent_workflow_tasks=settings.worker_workflows,
        graceful_shutdown_timeout=settings.worker_grace,
        sticky_queue_schedule_to_start_timeout=settings.worker_sticky_timeout,
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(WorkerSettings.from_environment()))
    leave()
