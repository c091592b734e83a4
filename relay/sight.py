"""What the engine shows of cases: which run, whose task fails since when, whether anybody works.

Of a failure only its cause is read, which is an enumeration: the engine keeps its message as well.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import (
    EventType,
    TaskQueueType,
    WorkflowExecutionStatus,
    WorkflowTaskFailedCause,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryReverseRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.service import RPCError, RPCStatusCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.timestamp_pb2 import Timestamp
    from temporalio.api.history.v1 import HistoryEvent
    from temporalio.client import Client

_PAGE = 1000
_PROBLEMS = "TemporalReportedProblems"
# A worker asks for work and is answered after a minute at most, with some or with nothing.
SILENT = timedelta(seconds=90)
# A failing task writes its first failure only; signals may stand behind it.
_LAST_EVENTS = 200


class Listed(NamedTuple):
    """The runs of a task queue, by their workflow ids."""

    running: set[str]
    failing: set[str]
    """Those whose task has failed several times in a row."""


class Run(NamedTuple):
    """The latest run of a case; the attempt its workflow task is at, 0 if there is none."""

    running: bool
    ended_at: datetime | None = None
    attempt: int = 0


class Failing(NamedTuple):
    """Since when a task fails, in which build of the worker, and the engine's word for it."""

    since: datetime
    build: str
    cause: str


class Sight:
    """Looks at the engine and changes nothing."""

    def __init__(self, client: Client, task_queue: str, silent: timedelta = SILENT) -> None:
        self._service = client.workflow_service
        self._namespace = client.namespace
        self._task_queue = task_queue
        self._silent = silent

    async def listed(self) -> Listed:
        """Every run there is, by the engine's list: a page for a thousand."""
        found, token = Listed(set(), set()), b""
        while True:
            page = await self._service.list_workflow_executions(
                ListWorkflowExecutionsRequest(
                    namespace=self._namespace,
                    page_size=_PAGE,
                    next_page_token=token,
                    query=f'TaskQueue = "{self._task_queue}" AND ExecutionStatus = "Running"',
                )
            )
            for one in page.executions:
                found.running.add(one.execution.workflow_id)
                if _PROBLEMS in one.search_attributes.indexed_fields:
                    found.failing.add(one.execution.workflow_id)
            token = page.next_page_token
            if not token:
                return found

    async def run_of(self, workflow_id: str) -> Run:
        """The latest run of a case as the engine itself has it; the list may lag behind."""
        asked = DescribeWorkflowExecutionRequest(
            namespace=self._namespace, execution=WorkflowExecution(workflow_id=workflow_id)
        )
        try:
            told = await self._service.describe_workflow_execution(asked)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
            return Run(running=False)
        info = told.workflow_execution_info
        running = info.status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
        ended_at = None if running else _instant(info.close_time)
        attempt = told.pending_workflow_task.attempt
        return Run(running=running, ended_at=ended_at, attempt=attempt)

    async def failure_of(self, workflow_id: str) -> Failing | None:
        """How the task of a run fails, from the end of its history; ``None`` if it does not."""
        told = await self._service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=self._namespace,
                execution=WorkflowExecution(workflow_id=workflow_id),
                maximum_page_size=_LAST_EVENTS,
            )
        )
        return failure_in(told.history.events)

    async def has_worker(self, now: datetime) -> bool:
        """Whether any worker has asked for work lately."""
        told = await self._service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self._namespace,
                task_queue=TaskQueue(name=self._task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
        return any(now - _instant(one.last_access_time) < self._silent for one in told.pollers)


def failure_in(newest_first: Sequence[HistoryEvent]) -> Failing | None:
    """The failures at the end of a history: since the first of them, why by the last."""
    failures: list[HistoryEvent] = []
    builds: dict[int, str] = {}
    for event in newest_first:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            break
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            started = event.workflow_task_started_event_attributes
            builds[event.event_id] = started.worker_version.build_id
        if _started_as(event):
            failures.append(event)
    if not failures:
        return None
    last, first = failures[0], failures[-1]
    return Failing(_instant(first.event_time), builds.get(_started_as(last), ""), _cause(last))


def _started_as(event: HistoryEvent) -> int:
    """The start of the task that ended in this failure; 0 if the event is no failure."""
    return (
        event.workflow_task_failed_event_attributes.started_event_id
        or event.workflow_task_timed_out_event_attributes.started_event_id
    )


def _cause(event: HistoryEvent) -> str:
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return "TIMED_OUT"
    cause = event.workflow_task_failed_event_attributes.cause
    name = WorkflowTaskFailedCause.Name(cause)
    return name.removeprefix("WORKFLOW_TASK_FAILED_CAUSE_")


def _instant(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(UTC)
