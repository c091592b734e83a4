"""How long one attempt may take, and what happens when none reports at all.

The pause after a failure that does report is chosen where it is known: by the worker that failed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from temporalio.common import RetryPolicy
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

if TYPE_CHECKING:
    from temporalio import workflow


class Patience(NamedTuple):
    """The time one attempt may take: ``beside`` the workflow task, or as an activity of its own.

    ``beside`` stays well below the workflow task's own time-out (10 s), so that a wake-up is never
    kept waiting by a step; ``retry`` spaces attempts that vanished with their worker.
    """

    beside: timedelta
    attempt: timedelta
    retry: RetryPolicy


ONCE = RetryPolicy(maximum_attempts=1)

_VANISHED = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=5),
)

# One attempt asks one peer once or twice; a worker that died is noticed after this time.
STEP = Patience(timedelta(seconds=5), timedelta(seconds=30), _VANISHED)

# Our own register answers at once, or is away.
OFFICE = Patience(timedelta(seconds=5), timedelta(seconds=10), _VANISHED)


class Hurry(Interceptor):
    """A worker whose steps may take another time than usual; replay does not mind how long."""

    def __init__(self, step_timeout: timedelta) -> None:
        self._step_timeout = step_timeout

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        """Stand between a case and the engine."""
        timeout = self._step_timeout

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(_Hurried(outbound, timeout))

        return Inbound


class _Hurried(WorkflowOutboundInterceptor):
    def __init__(self, next: WorkflowOutboundInterceptor, step_timeout: timedelta) -> None:
        super().__init__(next)
        self._step_timeout = step_timeout

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        if input.start_to_close_timeout == STEP.attempt:
            input.start_to_close_timeout = self._step_timeout
        return super().start_activity(input)
