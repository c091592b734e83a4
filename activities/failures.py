"""Where errors of the domain become failures of the engine: the only place that knows both.

Unavailable     tried again, without end; a peer's counts at its gate            time acts
Refused         not retried, an incident is opened                               staff act
ContractBroken  not retried, an incident is opened, an alert raised              both act
anything else   tried again slowly, an alert raised, never parked for staff      engineers act
"""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.attention import attempt_key
from activities.step import CARDS, StepCard
from domain.acting import Acting
from domain.cases import CaseRef, StepRef, Verb
from domain.errors import ContractBroken, OfficeError, Refused, Unavailable
from register import gates, incidents
from register.incidents import Attempt, IncidentKind, Trouble

if TYPE_CHECKING:
    from domain.telegrams import Peer
    from register.transactions import Transactions, Tx

_log = structlog.stdlib.get_logger()


class Patience(NamedTuple):
    """How failed attempts are spaced; ``scale`` stretches the pauses of others the same way."""

    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    most: timedelta = timedelta(minutes=5)
    defect: timedelta = timedelta(minutes=5)
    scale: float = 1.0

    def pause(self, attempt: int) -> timedelta:
        """The pause after the n-th failed attempt (n from 1)."""
        doublings = min(attempt - 1, 30)
        return min(self.first * self.factor**doublings, self.most)


class Failures(Interceptor):
    """Stands around every activity of a worker."""

    def __init__(self, transactions: Transactions, patience: Patience) -> None:
        self._transactions = transactions
        self._patience = patience

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Wrap one activity."""
        return _Translating(next, self._transactions, self._patience)


class _Translating(ActivityInboundInterceptor):
    def __init__(
        self, next: ActivityInboundInterceptor, transactions: Transactions, patience: Patience
    ) -> None:
        super().__init__(next)
        self._transactions = transactions
        self._patience = patience

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        ref = _ref(input.args[0])
        try:
            return await self.next.execute_activity(input)
        except ApplicationError:
            raise
        except OfficeError as failure:
            error = await self._translate(ref, failure)
        except Exception as defect:  # noqa: BLE001 - whatever it is, it is ours
            _alert(defect)
            error = await self._defect(ref, type(defect).__name__)
        # Nothing of the cause travels on: its text may hold values.
        raise error from None

    async def _translate(self, ref: StepRef, failure: OfficeError) -> ApplicationError:
        card = CARDS.get(activity.info().activity_type)
        if isinstance(failure, Unavailable):
            return await self._unavailable(ref, card, failure)
        if card is None:
            return await self._defect(ref, failure.code)
        return await self._parked(ref, card, failure)

    async def _unavailable(
        self, ref: StepRef, card: StepCard | None, failure: Unavailable
    ) -> ApplicationError:
        pause = failure.after or self._patience.pause(activity.info().attempt)
        trouble = Trouble(
            "unavailable", failure.code, failure.peer or (card.peer if card else None)
        )
        try:
            async with self._transactions.open(_acting(ref)) as tx:
                # Once its gate is held the case has no more to do than to come and stand at it.
                if failure.peer and await self._held(tx, ref, failure.peer, failure.code):
                    pause = self._patience.first
                attempt = Attempt(attempt_key(), pause)
                await incidents.note_failure(
                    tx, ref, activity.info().activity_type, trouble, attempt
                )
        except Unavailable:
            pass  # The note is lost, the retry is not.
        return _again("Unavailable", failure.code, pause, ApplicationErrorCategory.BENIGN)

    async def _held(self, tx: Tx, ref: StepRef, peer: Peer, code: str) -> bool:
        return await gates.unanswered(tx, ref, peer, code, self._patience.scale)

    async def _parked(self, ref: StepRef, card: StepCard, failure: OfficeError) -> ApplicationError:
        kind, verbs = _kind(failure), card.verbs
        if kind is IncidentKind.TAKE_BACK_BY_HAND:
            verbs = (Verb.DONE_BY_HAND,)
        if kind is IncidentKind.CONTRACT_BROKEN:
            _log.error("contract_broken", code=failure.code, peer=card.peer)
        try:
            async with self._transactions.open(_acting(ref)) as tx:
                await incidents.park(
                    tx, ref, card.name, Trouble(kind, failure.code, card.peer), verbs
                )
        except Unavailable as away:
            # Without the incident nobody would know: the step runs again and is refused again.
            return _again(
                "Unavailable", away.code, self._patience.first, ApplicationErrorCategory.BENIGN
            )
        name = type(failure).__name__
        return ApplicationError(failure.code, type=name, non_retryable=True)

    async def _defect(self, ref: StepRef, code: str) -> ApplicationError:
        pause = self._patience.defect
        try:
            async with self._transactions.open(_acting(ref)) as tx:
                trouble = Trouble("defect", code, None)
                attempt = Attempt(attempt_key(), pause)
                await incidents.note_failure(
                    tx, ref, activity.info().activity_type, trouble, attempt
                )
        except Unavailable:
            pass
        return _again("Defect", code, pause, ApplicationErrorCategory.UNSPECIFIED)


def _again(
    kind: str, code: str, pause: timedelta, category: ApplicationErrorCategory
) -> ApplicationError:
    return ApplicationError(code, type=kind, next_retry_delay=pause, category=category)


def _kind(failure: OfficeError) -> IncidentKind:
    if isinstance(failure, ContractBroken):
        return IncidentKind.CONTRACT_BROKEN
    if isinstance(failure, Refused) and failure.code == "TAKE_BACK_BY_HAND":
        return IncidentKind.TAKE_BACK_BY_HAND
    return IncidentKind.REFUSED


def _ref(argument: object) -> StepRef:
    if isinstance(argument, CaseRef):
        return StepRef(municipality=argument.municipality, case_id=argument.case_id, subject=0)
    if not isinstance(argument, StepRef):
        raise TypeError
    return argument


def _acting(ref: StepRef) -> Acting:
    return Acting(municipality=ref.municipality, actor="worker", purpose="failure")


def _alert(defect: Exception) -> None:
    """Say where it broke, never what it held."""
    frames = traceback.extract_tb(defect.__traceback__)[-6:]
    where = [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames]
    _log.error(
        "defect", activity=activity.info().activity_type, error=type(defect).__name__, where=where
    )
