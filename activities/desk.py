"""The desk a step works at: one transaction, its line of the ledger, and the case's direction."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from temporalio import activity

from activities.step import card_of
from domain.acting import Acting
from domain.cases import DONE, Direction, Progress, StepState, WaitKind
from domain.errors import ContractBroken, Refused
from domain.opening_hours import OpeningCalendar
from register import incidents, ledger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime, timedelta
    from uuid import UUID

    from domain.cases import StepRef
    from domain.telegrams import Peer
    from register.ledger import Place
    from register.transactions import Transactions, Tx


_OVERDUE_SLEEP = 30 * 86_400.0
# Whoever is let through is woken; this is how long one sleeps who waits on.
_AT_THE_GATE = 6 * 3_600.0


class Work(NamedTuple):
    """A step at work: its transaction, its reference, and where it stands."""

    tx: Tx
    ref: StepRef
    step: str
    """The running step, as operators know it."""
    line: str
    """The line of the ledger it settles: itself, or what it undoes."""
    place: Place

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do here."""
        return self.place.state in ledger.SETTLED and not self._to_undo

    @property
    def _to_undo(self) -> bool:
        done = self.place.state in {StepState.DONE, StepState.BY_HAND}
        return self.line != self.step and done

    @property
    def resident_id(self) -> UUID:
        """The person of this step; raises ContractBroken where the case has none."""
        if self.place.resident_id is None:
            raise ContractBroken("NO_SUCH_PERSON")
        return self.place.resident_id

    @property
    def acting(self) -> Acting:
        """On whose behalf the step acts, for the audit."""
        return _acting(self.ref, self.step)

    async def done(self) -> Progress:
        """Settle the line: done going forward, undone going back."""
        state = StepState.DONE if self.line == self.step else StepState.UNDONE
        await ledger.settle(self.tx, self.ref, self.line, state, self.place.generation, self.step)
        return DONE

    async def begun(self) -> None:
        """Note that the step may have an effect from now on; an undo leaves its line alone."""
        if self.line == self.step and self.place.state is StepState.NOT_BEGUN:
            await ledger.record(
                self.tx, self.ref, self.line, StepState.BEGUN, self.place.generation
            )

    async def waits(
        self, kind: WaitKind, seconds: float, behind: str = "", mark: str = ""
    ) -> Progress:
        """Note what the step waits for, and report it."""
        progress = Progress(wait=kind, seconds=seconds, behind=behind, mark=mark)
        await ledger.wait(self.tx, self.ref, self.step, progress)
        return progress

    async def waits_until(self, kind: WaitKind, instant: datetime) -> Progress:
        """As `waits`, for something that is due at an instant of the business clock.

        Once that has passed the step sleeps on, long: only what it waits for can end the wait.
        """
        left = (instant - self.place.now).total_seconds()
        seconds = left if left > 0 else _OVERDUE_SLEEP
        progress = Progress(wait=kind, seconds=seconds, until=instant)
        await ledger.wait(self.tx, self.ref, self.step, progress)
        return progress

    async def waits_at_the_gate(self) -> Progress:
        """Note that nothing leaves for the step's peer until its gate lets this case through.

        What has failed until now is not tried again before that.
        """
        progress = Progress(wait=WaitKind.GATE, seconds=_AT_THE_GATE)
        await incidents.tries_no_more(self.tx, self.ref, self.step)
        await ledger.wait(self.tx, self.ref, self.step, progress, self.place.gate.peer)
        return progress

    async def waiting_for(self) -> timedelta:
        """How long the step has been waiting already."""
        return await ledger.waiting_for(self.tx, self.ref, self.step)

    def closed_for(self) -> float:
        """Seconds until 住基ネット opens for this municipality; 0 while it is open."""
        return _seconds_closed(self.place.opening, self.place.now)


class Desk:
    """Opens the transaction a step works in."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @asynccontextmanager
    async def step(self, ref: StepRef, peer: Peer | None = None) -> AsyncGenerator[Work]:
        """Work at the running activity's line of the ledger, forward or back as its card says.

        ``peer`` is whose gate it stands at, where that is not the card's.  Raises `Refused`
        TAKE_BACK_BY_HAND when a machine would undo what people did by hand.
        """
        name = activity.info().activity_type
        card = card_of(name)
        undone = card.undoes
        direction = Direction.FORWARD if undone is None else Direction.WITHDRAWING
        line = undone or name
        # Two attempts of one step: the later one finds settled what the earlier one has settled.
        alone_at = f"{ref.case_id}/{line}/{ref.subject}"
        async with self._transactions.open(_acting(ref, name), alone_at) as tx:
            place = await ledger.stand_at(tx, ref, line, direction, peer or card.peer)
            if undone is not None and place.state is StepState.BY_HAND:
                raise Refused("TAKE_BACK_BY_HAND")
            yield Work(tx, ref, name, line, place)

    @asynccontextmanager
    async def open(self, ref: StepRef) -> AsyncGenerator[Tx]:
        """A transaction of the running activity that takes no place in the ledger."""
        async with self._transactions.open(_acting(ref, activity.info().activity_type)) as tx:
            yield tx


def _acting(ref: StepRef, purpose: str) -> Acting:
    return Acting(municipality=ref.municipality, actor="worker", purpose=purpose)


@lru_cache(maxsize=256)
def _calendar(opening: str) -> OpeningCalendar:
    return OpeningCalendar.model_validate_json(opening)


def _seconds_closed(opening: str, now: datetime) -> float:
    return max((_calendar(opening).next_opening(now) - now).total_seconds(), 0)
