"""A saboteur in the worker: one step of one case goes wrong in a way of the test's choosing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.cases import CaseRef, StepRef
from domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from uuid import UUID

    Spot = tuple[UUID, str, int]


@dataclass
class Hold:
    """A step that stands still before its first act: ``reached`` says that it does."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Saboteur(Interceptor):
    """What is planned, by case, step and subject; office work has subject 0."""

    def __init__(self) -> None:
        self.refusals: set[Spot] = set()
        self.losses: set[Spot] = set()
        self.repeats: set[Spot] = set()
        self.holds: dict[Spot, Hold] = {}

    def hold(self, case: CaseRef, step: str, subject: int = 1) -> Hold:
        """Have a step wait until the test releases it.

        Every attempt of it does, the engine's after one that took too long beside the task.
        """
        return self.holds.setdefault((case.case_id, step, subject), Hold())

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand right before the step's own code."""
        return _Sabotaged(next, self)


class _Sabotaged(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, plan: Saboteur) -> None:
        super().__init__(next)
        self._plan = plan

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        spot = _spot(input.args[0])
        while (hold := self._plan.holds.get(spot)) is not None:
            hold.reached.set()
            await hold.released.wait()
            if self._plan.holds.get(spot) is hold:
                del self._plan.holds[spot]
        if _spend(self._plan.refusals, spot):
            raise Refused("SABOTAGED")
        answer = await self.next.execute_activity(input)
        if _spend(self._plan.repeats, spot):
            answer = await self.next.execute_activity(input)
        if _spend(self._plan.losses, spot):
            raise Unavailable("SABOTAGED")
        return answer


def _spot(ref: CaseRef | StepRef) -> Spot:
    subject = ref.subject if isinstance(ref, StepRef) else 0
    return ref.case_id, activity.info().activity_type, subject


def _spend(planned: set[Spot], spot: Spot) -> bool:
    found = spot in planned
    planned.discard(spot)
    return found
