"""The habits of the office: how a case performs its steps, waits, turns back and closes.

The one place that executes activities.  What is true of a case stands in its ledger; a run reads
it, goes on from there, and may be ended and started anew at any instant.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.office import Office
    from activities.step import card_of
    from domain.cases import CaseRef, Direction, Progress, Standing, StepRef, StepState
    from workflows.patience import OFFICE, STEP

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from workflows.patience import Patience

A = TypeVar("A")
_PASSED = frozenset({StepState.DONE, StepState.BY_HAND})
_PARKING = frozenset({"Refused", "ContractBroken"})


class TurnedBack(Exception):
    """The case is being withdrawn: what was going forward stops where it is."""


class Conduct:
    """A running case. A procedure derives from this and tells its `story`."""

    def __init__(self) -> None:
        self._case: CaseRef
        self._standing: Standing
        self._reading = asyncio.Lock()
        self._woken = False
        self._takes = 0
        self._running: set[asyncio.Task[Any]] = set()
        self._performed: list[tuple[str, StepRef]] = []
        self._undos: list[tuple[str, str, StepRef]] = []

    async def story(self) -> None:
        """The procedure, one line a step, in legal order."""
        raise NotImplementedError

    @workflow.signal(name="起床")
    def wake_up(self) -> None:
        """Something happened to this case; what it was stands in the register."""
        self._woken = True

    async def conclude(self, case: CaseRef) -> None:
        """Run the story to its end, forward or back, and close the case."""
        self._case = case
        self._standing = await self._office(Office.read_standing)
        listener = asyncio.create_task(self._listen())
        try:
            while True:
                await self._tell()
                if await self._office_close():
                    return
        finally:
            listener.cancel()

    async def _tell(self) -> None:
        try:
            await self.story()
        except TurnedBack:
            pass
        if self._turned:
            await self._take_back()

    # -- what a story says -------------------------------------------------------------------

    async def perform(
        self,
        do: Callable[[A, StepRef], Awaitable[Progress]],
        *,
        undo: Callable[[A, StepRef], Awaitable[Progress]] | None = None,
    ) -> None:
        """
        Perform one step for every person of the case; staff decide where it is refused.

        The undo is registered first: a step may take effect and still report failure.
        """
        step = card_of(do).name
        refs = [self._ref(subject) for subject in self._standing.subjects]
        for ref in refs:
            self._register(step, card_of(undo).name if undo else None, ref)
        if not self._turned:
            await self.together(*(self._forward(step, ref) for ref in refs))

    async def together(self, *steps: Coroutine[Any, Any, None]) -> None:
        """Do independent things at once; all have settled when this returns."""
        for outcome in await asyncio.gather(*steps, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    # -- how it is done ------------------------------------------------------------------------

    def _register(self, step: str, undo: str | None, ref: StepRef) -> None:
        if (step, ref) in self._performed:
            return
        self._performed.append((step, ref))
        if undo is not None:
            self._undos.append((step, undo, ref))

    async def _forward(self, step: str, ref: StepRef) -> None:
        """Settle a step, and before it whatever an amendment has opened again."""
        while True:
            earlier = self._reopened_before(step, ref)
            if earlier is None and self._state(step, ref) in _PASSED:
                return
            await self._settle(earlier or step, ref, turning=False)
            if earlier is None and self._reopened_before(step, ref) is None:
                return

    def _reopened_before(self, step: str, ref: StepRef) -> str | None:
        for done, person in self._performed:
            if done == step:
                return None
            if person == ref and self._state(done, ref) is StepState.BEGUN:
                return done
        return None

    async def _settle(self, step: str, ref: StepRef, *, turning: bool) -> None:
        while True:
            if self._turned and not turning:
                raise TurnedBack
            takes = self._takes
            try:
                progress = await self._execute(step, ref, STEP)
            except ActivityError as failure:
                if self._turned and not turning:
                    raise TurnedBack from None
                if not _parks(failure):
                    raise
                await self._until_decided(step, ref, turning=turning)
                continue
            if progress.wait is None:
                self._note(step, ref, StepState.DONE)
                return
            self._describe(step, progress)
            await self._doze(progress.seconds, takes)
            if not turning and self._reopened_before(step, ref) is not None:
                return

    async def _until_decided(self, step: str, ref: StepRef, *, turning: bool) -> None:
        """Stand still at an incident until staff have decided it, or the case turns back."""
        await self._read()
        workflow.set_current_details(f"職員の判断待ち: {step}")
        await workflow.wait_condition(
            lambda: (step, ref.subject) not in self._standing.parked
            or (self._turned and not turning)
        )
        if self._turned and not turning:
            raise TurnedBack
        earlier = None if turning else self._reopened_before(step, ref)
        while earlier is not None:
            await self._settle(earlier, ref, turning=False)
            earlier = self._reopened_before(step, ref)

    async def _take_back(self) -> None:
        """取下げ: undo, newest first, whatever may have had an effect."""
        await self._read()
        for step, undo, ref in reversed(self._undos):
            if self._state(step, ref) in {StepState.BEGUN, StepState.DONE, StepState.BY_HAND}:
                await self._settle(undo, ref, turning=True)
                self._note(step, ref, StepState.UNDONE)

    async def _listen(self) -> None:
        """Take wake-ups as they come; a case that turns back lets go of what it was doing."""
        while True:
            await workflow.wait_condition(lambda: self._woken)
            self._woken = False
            before = self._turned
            await self._read(Office.take_wakeups)
            self._takes += 1
            if self._turned and not before:
                for task in self._running:
                    task.cancel()

    async def _read(self, reading: Callable[[Any, CaseRef], Awaitable[Standing]] = Office.read_standing) -> None:
        async with self._reading:
            self._standing = await self._office(reading)

    async def _doze(self, seconds: float, takes: int) -> None:
        """Sleep until the wait is over; any wake-up taken since ``takes`` was read shortens it."""
        try:
            await workflow.wait_condition(lambda: self._takes != takes or self._turned, timeout=seconds)
        except asyncio.TimeoutError:
            return

    async def _execute(self, step: str, ref: StepRef, patience: Patience) -> Progress:
        workflow.set_current_details(step)
        task = workflow.start_activity(
            step,
            ref,
            result_type=Progress,
            start_to_close_timeout=patience.attempt,
            retry_policy=patience.retry,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"{ref.subject}人目" if len(self._standing.subjects) > 1 else None,
        )
        self._running.add(task)
        try:
            return await task
        finally:
            self._running.discard(task)

    async def _office(self, reading: Callable[[Any, CaseRef], Awaitable[Any]]) -> Any:
        return await workflow.execute_activity_method(
            reading,
            self._case,
            start_to_close_timeout=OFFICE.attempt,
            retry_policy=OFFICE.retry,
        )

    async def _office_close(self) -> bool:
        closed: bool = await self._office(Office.close)
        if not closed:
            await self._read(Office.take_wakeups)
        return closed

    # -- what is known ---------------------------------------------------------------------------

    @property
    def _turned(self) -> bool:
        return self._standing.direction is Direction.WITHDRAWING

    def _ref(self, subject: int) -> StepRef:
        return StepRef(
            municipality=self._case.municipality, case_id=self._case.case_id, subject=subject
        )

    def _state(self, step: str, ref: StepRef) -> StepState:
        for line in self._standing.lines:
            if line.step == step and line.subject == ref.subject:
                return line.state
        return StepState.NOT_BEGUN

    def _note(self, step: str, ref: StepRef, state: StepState) -> None:
        """Keep our picture of the ledger up to date without asking for it after every step."""
        if self._state(step, ref) is state:
            return
        others = [x for x in self._standing.lines if (x.step, x.subject) != (step, ref.subject)]
        line = workflow_line(step, ref.subject, state)
        self._standing = self._standing.model_copy(update={"lines": (*others, line)})

    def _describe(self, step: str, progress: Progress) -> None:
        behind = f"（{progress.behind} の後）" if progress.behind else ""
        workflow.set_current_details(f"{step}: {_WAITS[progress.wait]}{behind}")


_WAITS = {
    "lane": "先の異動の電文を待っています",
    "code_stock": "住民票コードの補充を待っています",
    "opening": "住基ネットの開局を待っています",
    "peer_progress": "相手システムの処理を待っています",
    None: "",
}


def workflow_line(step: str, subject: int, state: StepState) -> Any:
    """One line of the ledger as a run keeps it in mind."""
    from domain.cases import LedgerLine

    return LedgerLine(step=step, subject=subject, state=state)


def _parks(failure: ActivityError) -> bool:
    return isinstance(failure.cause, ApplicationError) and failure.cause.type in _PARKING
