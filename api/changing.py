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
    from datetime import date

    from api.counter import Counter
    from domain.cases import Procedure
    from domain.changes import Report
    from register.transactions import Tx


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


async def accept(tx: Tx, counter: Counter, reported: Reported) -> Answer:
    """Accept a 届出; raises the `Problem` of whatever the 届出 is refused for."""
    try:
        case = await changing.accept(
            tx,
            counter.acting,
            reported.procedure,
            reported.report,
            reported.reference,
            due_on=reported.due_on,
        )
    except Refused as refusal:
        kind = ProblemType[refusal.code]
    else:
        receipt = Receipt(
            case_number=case.case_number,
            state=CaseState.OPEN,
            due_on=reported.due_on,
            late=reported.report.is_late(reported.due_on),
        )
        return Answer(202, receipt.model_dump(mode="json"), f"/v1/cases/{case.case_number}")
    raise Problem(kind)
