"""Telling the engine of cases: start them, wake them; doing either again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.cases import workflow_id

if TYPE_CHECKING:
    from temporalio.client import Client

    from register.outbox import Due

MUNICIPALITY = SearchAttributeKey.for_keyword("Municipality")


class Engine:
    """The engine, as the relay uses it."""

    def __init__(self, client: Client, task_queue: str) -> None:
        self._client = client
        self._task_queue = task_queue

    async def start(self, due: Due) -> None:
        """Start a case; one already running, or already completed, is left as it is.

        A run that was terminated may be started again: it reads its ledger and goes on.
        """
        try:
            await self._client.start_workflow(
                due.procedure,
                due.case,
                id=workflow_id(due.procedure, due.case.case_number),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(MUNICIPALITY, due.case.municipality)]
                ),
                static_summary=due.procedure,
            )
        except WorkflowAlreadyStartedError:
            return

    async def wake(self, due: Due) -> None:
        """Wake a running case; one the engine does not know, or has ended, is started."""
        handle = self._client.get_workflow_handle(workflow_id(due.procedure, due.case.case_number))
        try:
            await handle.signal("起床")
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
            await self.start(due)
