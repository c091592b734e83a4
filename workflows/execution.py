"""How an activity is executed: beside the workflow task, or by the engine until it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

from workflows.patience import ONCE

if TYPE_CHECKING:
    import asyncio

    from domain.cases import CaseRef, StepRef
    from workflows.patience import Patience

R = TypeVar("R")
_PARKING = frozenset({"Refused", "ContractBroken"})


class Parked(Exception):
    """A step was refused, or answered in a form nobody can read: its incident is open."""


def beside(
    name: str,
    about: StepRef | CaseRef,
    kind: type[R],
    patience: Patience,
    summary: str | None = None,
) -> asyncio.Task[R]:
    """Try once, in the worker that has the workflow task; quick, and without events of its own."""
    return workflow.start_local_activity(
        name,
        about,
        result_type=kind,
        start_to_close_timeout=patience.beside,
        retry_policy=ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )


def by_the_engine(
    name: str,
    about: StepRef | CaseRef,
    kind: type[R],
    patience: Patience,
    summary: str | None = None,
) -> asyncio.Task[R]:
    """Have the engine try until it works, in whichever worker."""
    return workflow.start_activity(
        name,
        about,
        result_type=kind,
        start_to_close_timeout=patience.attempt,
        retry_policy=patience.retry,
        # What is under way when the case turns back must have ended before it is undone.
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )


async def settled(task: asyncio.Task[R]) -> R:
    """Wait for an activity; raises `Parked`, or what failed as it is.

    Beside the workflow task a failure comes bare, from the engine wrapped.
    """
    try:
        return await task
    except FailureError as failure:
        bare = failure.cause if isinstance(failure, ActivityError) else None
        cause = bare or failure
    if isinstance(cause, ApplicationError) and cause.type in _PARKING:
        raise Parked
    raise cause
