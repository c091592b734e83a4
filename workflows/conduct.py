"""The habits of the office: how a case performs its steps, waits, turns back and closes.

The one place that executes activities.  What is true of a case stands in its ledger; a run reads
it, goes on from there, and may be ended and started anew at any instant.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    FailureError,
)
from temporalio.exceptions import TimeoutError as TimedOut

with workflow.unsafe.imports_passed_through():
    from activities.office import CLOSE, READ_STANDING, TAKE_WAKEUPS
    from activities.step import card_of
    from domain.cases import CaseRef, Progress, Standing, StepRef, StepState, WaitKind
    from workflows.patience import OFFICE, ONCE, STEP
    from workflows.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from workflows.patience import Patience

A = TypeVar("A")
R = TypeVar("R")
_PARKING = frozenset({"Refused", "ContractBroken"})


class TurnedBack(Exception):
    """The case is being withdrawn: what was going forward stops where it is."""


class Parked(Exception):
    """A step was refused, or answered in a form nobody can read: its incident is open."""


class Conduct:
    """A running case. A procedure derives from this and tells its `story`."""

    def __init__(self) -> None:
        self._case: CaseRef
        self._picture: Picture
        self._reading = asyncio.Lock()
        self._woken = False
        self._ended = False
        self._takes = 0
        self._running: set[asyncio.Task[Any]] = set()
        self._performed: list[tuple[str, str | None, StepRef]] = []

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
        await self._read(READ_STANDING)
        listener = asyncio.create_task(self._listen())
        try:
            await self._tell()
            while not await self._office(CLOSE, bool):
                await self._take_wakeups()
                await self._tell()
        finally:
            # Nothing may be under way beside the task when the run ends: it is waited for.
            self._ended = True
            await listener

    async def perform(
        self,
        do: Callable[[A, StepRef], Awaitable[Progress]],
        *,
        undo: Callable[[A, StepRef], Awaitable[Progress]] | None = None,
    ) -> None:
        """Perform one step for every person of the case; staff decide where it is refused.

        The undo is registered first: a step may take effect and still report failure.
        """
        step, back = card_of(do).name, card_of(undo).name if undo else None
        refs = [self._ref(subject) for subject in self._picture.subjects]
        self._register(step, back, refs)
        if not self._picture.turned:
            await self.together(*(self._forward(step, ref) for ref in refs))

    async def together(self, *steps: Coroutine[Any, Any, None]) -> None:
        """Do independent things at once; all have settled when this returns."""
        for outcome in await asyncio.gather(*steps, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _tell(self) -> None:
        with suppress(TurnedBack):
            await self.story()
        if self._picture.turned:
            await self._take_back()

    def _register(self, step: str, back: str | None, refs: list[StepRef]) -> None:
        known = {(done, ref) for done, _, ref in self._performed}
        self._performed += [(step, back, ref) for ref in refs if (step, ref) not in known]

    async def _forward(self, step: str, ref: StepRef) -> None:
        """Settle a step, and before it whatever an amendment has opened again."""
        while not self._picture.passed(step, ref):
            await self._settle(step, ref)

    async def _catch_up(self, step: str, ref: StepRef) -> None:
        """Settle again the earlier steps of this person that an amendment has reopened."""
        while reopened := self._reopened_before(step, ref):
            await self._settle(reopened, ref)

    def _reopened_before(self, step: str, ref: StepRef) -> str | None:
        own = [done for done, _, person in self._performed if person == ref]
        earlier = own[: own.index(step)]
        return next((done for done in earlier if not self._picture.passed(done, ref)), None)

    async def _settle(self, step: str, ref: StepRef) -> None:
        """Going forward: try until the step is settled, or an amendment asks to look back first."""
        while True:
            await self._until_decided(step, ref)
            self._stop_if_turned()
            await self._catch_up(step, ref)
            takes = self._takes
            try:
                progress = await self._execute(step, ref)
            except Parked:
                await self._read(READ_STANDING)
                continue
            if progress.wait is None:
                self._picture.note(step, ref, StepState.DONE)
                return
            await self._doze(step, progress, takes)

    async def _take_back(self) -> None:
        """取下げ: undo, newest first, whatever may have had an effect."""
        await self._read(READ_STANDING)
        for step, back, ref in reversed(self._performed):
            if back is not None and self._picture.to_undo(step, ref):
                await self._settle_back(back, ref)
                self._picture.note(step, ref, StepState.UNDONE)

    async def _settle_back(self, back: str, ref: StepRef) -> None:
        """Going back: the same loop, but nothing turns it round any more."""
        while True:
            await self._until_decided(back, ref)
            takes = self._takes
            try:
                progress = await self._execute(back, ref)
            except Parked:
                await self._read(READ_STANDING)
                continue
            if progress.wait is None:
                return
            await self._doze(back, progress, takes)

    async def _until_decided(self, step: str, ref: StepRef) -> None:
        """Stand still at an incident until staff have decided it, or the case turns back.

        A run that was started anew stands at the incident its predecessor left.
        """
        turned = self._picture.turned
        if not self._picture.is_parked(step, ref):
            return
        workflow.set_current_details(f"職員の判断待ち: {step}")
        await workflow.wait_condition(
            lambda: not self._picture.is_parked(step, ref) or self._picture.turned is not turned
        )

    async def _doze(self, step: str, progress: Progress, takes: int) -> None:
        """Sleep out a wait; a wake-up taken since the step began shortens it to nothing."""
        workflow.set_current_details(_waiting(step, progress))
        turned = self._picture.turned
        with suppress(asyncio.TimeoutError):
            await workflow.wait_condition(
                lambda: self._takes != takes or self._picture.turned is not turned,
                timeout=progress.seconds,
            )

    def _stop_if_turned(self) -> None:
        if self._picture.turned:
            raise TurnedBack

    async def _listen(self) -> None:
        """Take wake-ups as they come; a case that turns back lets go of what it was doing."""
        while True:
            await workflow.wait_condition(lambda: self._woken or self._ended)
            if self._ended:
                return
            going = not self._picture.turned
            await self._take_wakeups()
            if going and self._picture.turned:
                for task in self._running:
                    task.cancel()

    async def _take_wakeups(self) -> None:
        self._woken = False
        await self._read(TAKE_WAKEUPS)
        self._takes += 1

    async def _read(self, reading: str) -> None:
        """Look at the ledger; one look at a time, so that an older one never covers a newer."""
        async with self._reading:
            self._picture = Picture(await self._office(reading, Standing))

    async def _execute(self, step: str, ref: StepRef) -> Progress:
        """Run a step; raises `Parked`, or `TurnedBack` when it was let go of.

        The first time beside the workflow task, because most steps are healthy.  Only what comes to
        nothing there becomes an activity of its own, which the engine tries for as long as it
        takes.  The ledger makes either harmless after the other.
        """
        workflow.set_current_details(step)
        turned = self._picture.turned
        try:
            return await _settled(_beside(step, ref, Progress, STEP))
        except (ApplicationError, TimedOut) as failure:
            await self._pause_after(failure)
        if self._picture.turned is not turned:
            raise TurnedBack
        return await self._let_go_of(_by_the_engine(step, ref, Progress, STEP))

    async def _let_go_of(self, task: asyncio.Task[R]) -> R:
        """Wait for an activity that is cancelled when the case turns back."""
        self._running.add(task)
        try:
            return await _settled(task)
        except CancelledError:
            if not self._picture.turned:
                raise
            raise TurnedBack from None
        finally:
            self._running.discard(task)

    async def _office(self, duty: str, kind: type[R]) -> R:
        """Do what every case does besides its steps; our own register is asked beside the task."""
        try:
            return await _beside(duty, self._case, kind, OFFICE)
        except FailureError:
            return await _by_the_engine(duty, self._case, kind, OFFICE)

    async def _pause_after(self, failure: FailureError) -> None:
        """Leave a peer alone for as long as the attempt said; turning back ends the pause."""
        delay = getattr(failure, "next_retry_delay", None) or timedelta()
        turned = self._picture.turned
        with suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._picture.turned is not turned, timeout=delay)

    def _ref(self, subject: int) -> StepRef:
        return StepRef(
            municipality=self._case.municipality, case_id=self._case.case_id, subject=subject
        )


async def _settled(task: asyncio.Task[R]) -> R:
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


def _beside(
    name: str, about: StepRef | CaseRef, kind: type[R], patience: Patience
) -> asyncio.Task[R]:
    return workflow.start_local_activity(
        name,
        about,
        result_type=kind,
        start_to_close_timeout=patience.beside,
        retry_policy=ONCE,
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )


def _by_the_engine(
    name: str, about: StepRef | CaseRef, kind: type[R], patience: Patience
) -> asyncio.Task[R]:
    return workflow.start_activity(
        name,
        about,
        result_type=kind,
        start_to_close_timeout=patience.attempt,
        retry_policy=patience.retry,
        # What is under way when the case turns back must have ended before it is undone.
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )


_WAITS = {
    WaitKind.LANE: "先の異動の電文を待っています",
    WaitKind.CODE_STOCK: "住民票コードの補充を待っています",
    WaitKind.OPENING: "住基ネットの開局を待っています",
    WaitKind.PEER_PROGRESS: "相手システムの処理を待っています",
}


def _waiting(step: str, progress: Progress) -> str:
    behind = f"（{progress.behind} の後）" if progress.behind else ""
    return f"{step}: {_WAITS[progress.wait] if progress.wait else ''}{behind}"
