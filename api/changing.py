"""Accepting an 異動 of people who live here: judged where it is written, whichever its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.case_answers import Receipt
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import CaseState
from domain.dates import jst_day
from domain.errors import Refused
from register import changing, clock
from register.idempotency import Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from datetime import date
    from uuid import UUID

    from api.counter import Counter
    from domain.cases import CaseRef, Procedure
    from domain.changes import Report
    from register.transactions import Tx

OF_HOUSEHOLDS = (
    ProblemType.NOT_RESIDENT,
    ProblemType.OTHER_HOUSEHOLD,
    ProblemType.HOUSEHOLD_GONE,
)
"""What anything about people of a household may be refused with."""
OF_STAYING = (ProblemType.HEAD_TO_BE_NAMED, ProblemType.HEAD_NOT_STAYING)
"""What leaving a household may be refused with."""
OF_PLACING = (
    ProblemType.SAME_HOUSEHOLD,
    ProblemType.HEAD_GONE,
    ProblemType.RELATIONSHIP_MISSING,
    ProblemType.NOT_AMONG_MOVERS,
)
"""What founding or joining a household may be refused with."""


class Reported(NamedTuple):
    """A 届出 as a form says it, by when the law wanted it, and the caller's own reference."""

    procedure: Procedure
    report: Report
    due_on: date | None = None
    reference: str = ""


async def today_of(tx: Tx) -> date:
    """The day it is in Japan, by the business clock."""
    return jst_day(await clock.now(tx))


def check_not_ahead(field: str, day: date, today: date) -> None:
    """Raise `Problem` INVALID_INPUT for a day that has not come (標準仕様書 4.0.3)."""
    if day > today:
        raise Problem(ProblemType.INVALID_INPUT, wrong(field, "FUTURE_DATE"))


def check_once(field: str, named: Sequence[UUID]) -> None:
    """Raise `Problem` INVALID_INPUT where somebody is named twice."""
    if len(set(named)) < len(named):
        raise Problem(ProblemType.INVALID_INPUT, wrong(field, "NAMED_TWICE"))


async def accept(tx: Tx, counter: Counter, reported: Reported) -> Answer:
    """Accept a 届出; raises the `Problem` of whatever the 届出 is refused for."""
    return receipt(await opened(tx, counter, reported), reported)


async def opened(tx: Tx, counter: Counter, reported: Reported) -> CaseRef:
    """The case of a 届出 that may be accepted; raises the `Problem` of what it is refused for."""
    return await unless_refused(
        changing.accept(
            tx,
            counter.acting,
            reported.procedure,
            reported.report,
            reported.reference,
            due_on=reported.due_on,
        )
    )


async def unless_refused(accepted: Awaitable[CaseRef]) -> CaseRef:
    """The case; raises the `Problem` of what the 届出 is refused for."""
    try:
        return await accepted
    except Refused as refusal:
        kind = ProblemType[refusal.code]
    raise Problem(kind)


def receipt(case: CaseRef, reported: Reported) -> Answer:
    """202 with the case's number, and whether the 届出 came late."""
    told = Receipt(
        case_number=case.case_number,
        state=CaseState.OPEN,
        due_on=reported.due_on,
        late=reported.report.is_late(reported.due_on),
    )
    return Answer(202, told.model_dump(mode="json"), f"/v1/cases/{case.case_number}")
