"""The habits of the office: how a case performs its steps, waits, turns back and closes.

The one place that executes activities.  What is true of a case stands in its ledger; a run reads
it, goes on from there, and may be ended and started anew at any instant.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, CancelledError, FailureError
from temporalio.exceptions import TimeoutError as TimedOut

with workflow.unsafe.imports_passed_through():
    from activities.office import CLOSE, READ_STANDING, TAKE_WAKEUPS
    from activities.step import AWAIT_APPROVAL, card_of
    from domain.cases import CaseRef, Closing, Direction, Progress, Standing, StepRef, StepState
    from workflows.details import Details, waiting
    from workflows.execution import Parked, beside, by_the_engine, settled
    from workflows.listing import Listing
    from workflows.patience import OFFICE, STEP
    from workflows.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

A = TypeVar("A")
R = TypeVar("R")
_A_DAY = 86_400.0
_BEGINS_ANEW = workflow.ContinueAsNewError


class TurnedBack(Exception):
    """The case is being withdrawn: what was going forward stops where it is."""


class Line(NamedTuple):
    """One line of a procedure: its step, and the step that takes it back, if any.

    ``since`` names the change that brought the line: runs that were begun before go on without it.
    """

    step: str
    undo: str | None
    since: str = ""


def line(
    do: Callable[[A, StepRef], Awaitable[Progress]],
    *,
    undo: Callable[[A, StepRef], Awaitable[Progress]] | None = None,
    since: str = "",
) -> Line:
    """A line that `apart` performs; do and undo are of one collaborator."""
    return Line(card_of(do).name, card_of(undo).name if undo else None, since)


class Conduct:
    """A running case. A procedure derives from this and tells its `story`."""

    def __init__(self) -> None:
        self._case: CaseRef
        self._picture: Picture
        self._reading = asyncio.Lock()
        self._woken = False
        self._takes = 0
        self._executed = 0
        self._ended = False
        self._under_way = 0
        self._running: set[asyncio.Task[Progress]] = set()
        self._dozing: set[tuple[str, StepRef]] = set()
        self._catching_up = asyncio.Lock()
        self._details = Details()
        self._listing = Listing()
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
        listener, forgotten = asyncio.create_task(self._listen()), False
        try:
            told = await self._tell()
            while not await self._closed(told):
                await self._take_wakeups()
                told = await self._tell()
        except GeneratorExit:
            # The worker lets go of the run, which stands elsewhere: nothing more may be awaited.
            forgotten = True
            raise
        finally:
            # Nothing may be under way beside the task when the run ends: it is waited for.
            self._ended = True
            if not forgotten:
                await listener
        if ending := self._picture.ending:
            self._listing.ends(ending)
        else:
            self._listing.completes()

    async def perform(
        self,
        do: Callable[[A, StepRef], Awaitable[Progress]],
        *,
        undo: Callable[[A, StepRef], Awaitable[Progress]] | None = None,
        though_over: bool = False,
        since: str = "",
    ) -> None:
        """Perform one step for every person of the case; staff decide where it is refused.

        The undo is registered first: a step may take effect and still report failure.  In front of
        one that enters something stands the second person, where the municipality asks for one.  A
        case that has come to an end of its own performs nothing more, but for a step that is due
        ``though_over``.
        """
        card = card_of(do)
        if card.enters and self._picture.needs_approval:
            await self._perform(Line(AWAIT_APPROVAL, None), whole_case=True)
        executed = self._executed
        await self._perform(
            line(do, undo=undo, since=since), whole_case=card.whole_case, though_over=though_over
        )
        if card.whole_case and self._executed > executed:
            # Such a step may have settled who the case is about, or that it is over.
            await self._read(READ_STANDING)

    async def apart(self, *lines: Line) -> None:
        """Perform these lines for every person by themselves: nobody waits for the others."""
        await self._perform(*lines)

    async def together(self, *steps: Coroutine[Any, Any, None]) -> None:
        """Do independent things at once; all have settled when this returns.

        A run that begins anew takes everything along that merely stands and waits.
        """
        tasks = [asyncio.ensure_future(step) for step in steps]
        pending = set(tasks)
        while pending:
            settled, pending = await workflow.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            if any(isinstance(_outcome(task), _BEGINS_ANEW) for task in settled):
                for task in pending:
                    task.cancel()
        for task in sorted(tasks, key=lambda task: not isinstance(_outcome(task), _BEGINS_ANEW)):
            if (failure := _outcome(task)) is not None:
                raise failure

    async def _perform(
        self, *lines: Line, whole_case: bool = False, though_over: bool = False
    ) -> None:
        subjects = (0,) if whole_case else self._picture.subjects
        refs = [self._ref(subject) for subject in subjects]
        # Remove the name of a change once no run is open that was begun before it.
        lines = tuple(one for one in lines if not one.since or workflow.patched(one.since))
        for one in lines:
            self._register(one.step, one.undo, refs)
        if not self._picture.turned and (though_over or not self._picture.over):
            await self.together(*(self._go(lines, ref) for ref in refs))

    async def _go(self, lines: tuple[Line, ...], ref: StepRef) -> None:
        for one in lines:
            await self._forward(one.step, ref)

    async def _tell(self) -> Direction:
        """Tell the story to its end, and take it back if the case has turned; which it was."""
        with suppress(TurnedBack):
            await self.story()
        if self._picture.turned:
            # A task that failed may have performed more than this run knows: what was done beside
            # it stands in the ledger.  Told now, the story names every line and performs none.
            await self.story()
            await self._take_back()
            return Direction.WITHDRAWING
        return Direction.FORWARD

    async def _closed(self, told: Direction) -> bool:
        """Whether the case closes; a run that ended while closing may have left it turned back."""
        closing = Closing(**self._case.model_dump(), told=told)
        return await self._office(CLOSE, bool, closing)

    def _register(self, step: str, back: str | None, refs: list[StepRef]) -> None:
        known = {(done, ref) for done, _, ref in self._performed}
        self._performed += [(step, back, ref) for ref in refs if (step, ref) not in known]

    async def _forward(self, step: str, ref: StepRef) -> None:
        """Settle a step, and before it whatever an amendment has opened again."""
        while not self._picture.passed(step, ref):
            await self._settle(step, ref)

    async def _catch_up(self, step: str, ref: StepRef) -> None:
        """Settle again what was reopened: earlier steps of this person, and of the whole case.

        Nothing of a case that is over: what it has not done it will not do.
        """
        while not self._picture.over and (reopened := self._reopened_before(step, ref)):
            earlier, whose = reopened
            if whose == ref:
                await self._settle(earlier, ref)
                continue
            async with self._catching_up:
                if not self._picture.passed(earlier, whose):
                    await self._settle(earlier, whose)

    def _reopened_before(self, step: str, ref: StepRef) -> tuple[str, StepRef] | None:
        for done, _, whose in self._performed:
            if (done, whose) == (step, ref):
                break
            if whose in (ref, self._ref(0)) and not self._picture.passed(done, whose):
                return done, whose
        return None

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
                self._listing.goes_on(step, ref)
                return
            await self._doze(step, ref, progress, takes)

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
                self._listing.goes_on(back, ref)
                return
            await self._doze(back, ref, progress, takes)

    async def _until_decided(self, step: str, ref: StepRef) -> None:
        """Stand still at an incident until staff have decided it, or the case turns back.

        A run that was started anew stands at the incident its predecessor left.
        """
        turned = self._picture.turned
        if not self._picture.is_parked(step, ref):
            return
        self._details.tell(step, ref, f"{step}: 職員の判断を待っています。")
        self._listing.parks(step, ref)
        await workflow.wait_condition(
            lambda: not self._picture.is_parked(step, ref) or self._picture.turned is not turned
        )
        self._listing.goes_on(step, ref)

    async def _doze(self, step: str, ref: StepRef, progress: Progress, takes: int) -> None:
        """Sleep out a wait; a wake-up taken since the step began shortens it to nothing."""
        self._details.tell(step, ref, waiting(step, progress))
        self._dozing.add((step, ref))
        self._begin_anew_before(progress, takes)
        self._listing.waits(step, ref, progress.wait)
        turned = self._picture.turned
        try:
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(
                    lambda: self._takes != takes or self._picture.turned is not turned,
                    timeout=progress.seconds,
                )
        finally:
            self._dozing.discard((step, ref))

    def _begin_anew_before(self, progress: Progress, takes: int) -> None:
        """A wait that may outlast a day begins with a fresh run, which stands at the wait at once.

        So a deploy has to be compatible with this one line only, and weeks leave no history.  So
        does a run whose history has grown long, as of one with thousands of pages.  Not while
        anything is under way, nor where this run did no more than come to stand here.
        """
        long = progress.seconds >= _A_DAY or workflow.info().is_continue_as_new_suggested()
        busy = self._under_way or self._woken or self._reading.locked() or self._takes != takes
        if long and not busy and self._executed > len(self._dozing):
            workflow.continue_as_new(self._case)

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
        """Run a step; raises `Parked`, or `TurnedBack` when it was let go of."""
        self._details.tell(step, ref, f"{step}: 実行中")
        self._executed += 1
        self._under_way += 1
        try:
            return await self._tried(step, ref)
        finally:
            self._under_way -= 1
            self._details.drop(step, ref)

    async def _tried(self, step: str, ref: StepRef) -> Progress:
        """The first time beside the workflow task, because most steps are healthy.

        Only what comes to nothing there becomes an activity of its own, which the engine tries for
        as long as it takes.  The ledger makes either harmless after the other.
        """
        turned = self._picture.turned
        whose = f"{ref.subject}人目" if ref.subject and len(self._picture.subjects) > 1 else None
        try:
            return await settled(beside(step, ref, Progress, STEP, whose))
        except (ApplicationError, TimedOut) as failure:
            await self._pause_after(failure)
        if self._picture.turned is not turned:
            raise TurnedBack
        return await self._let_go_of(by_the_engine(step, ref, Progress, STEP, whose))

    async def _let_go_of(self, task: asyncio.Task[Progress]) -> Progress:
        """Wait for an activity that is cancelled when the case turns back."""
        self._running.add(task)
        try:
            return await settled(task)
        except CancelledError:
            if not self._picture.turned:
                raise
            raise TurnedBack from None
        finally:
            self._running.discard(task)

    async def _office(self, duty: str, kind: type[R], case: CaseRef | None = None) -> R:
        """Do what every case does besides its steps; our own register is asked beside the task."""
        about = case or self._case
        try:
            return await beside(duty, about, kind, OFFICE)
        except FailureError:
            return await by_the_engine(duty, about, kind, OFFICE)

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


def _outcome(task: asyncio.Future[None]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()
