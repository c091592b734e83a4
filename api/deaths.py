"""死亡 over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import changing
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.changing import Reported
from api.counter import ForReporting, OnceOnly, begins
from api.fields import wrong
from api.forms import Day, DayOrWords, Reference
from api.household_forms import StayingForm
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from domain.cases import Procedure
from domain.deadlines import death_deadline
from domain.death import Death
from register import municipalities

if TYPE_CHECKING:
    from datetime import date

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/v1/deaths", tags=["死亡"])


class DeathForm(Form):
    """死亡届（戸籍法86条）。戸籍の届出又は住民票記載事項通知による。"""

    household_id: UUID = Field(description="亡くなった人の世帯")
    residents: list[UUID] = Field(min_length=1, max_length=50, description="亡くなった人")
    died_on: DayOrWords = Field(description="死亡年月日（推定、不詳は表記で）")
    learned_on: Day | None = Field(
        default=None, description="届出人が死亡を知った日。書かなければ死亡年月日"
    )
    notified_on: Day | None = Field(default=None, description="届出日。書かなければ今日")
    stays: StayingForm = Field(default_factory=StayingForm, description="残る世帯について")
    reference: Reference = ""

    def report(self, today: date) -> Death:
        """The 届出 as the register keeps it; raises `Problem` INVALID_INPUT."""
        learned_on, notified_on = self.learned_on or self.died_on.day, self.notified_on or today
        changing.check_not_ahead("died_on", self.died_on.day, today)
        changing.check_not_ahead("learned_on", learned_on, today)
        changing.check_not_ahead("notified_on", notified_on, today)
        changing.check_once("residents", self.residents)
        if learned_on < self.died_on.day and not self.died_on.notation:
            raise Problem(ProblemType.INVALID_INPUT, wrong("learned_on", "BEFORE_DEATH"))
        return Death(
            household_id=self.household_id,
            residents=tuple(self.residents),
            died_on=self.died_on,
            learned_on=learned_on,
            notified_on=notified_on,
            stays=self.stays.succession(),
        )


PROBLEMS = (*changing.OF_HOUSEHOLDS, *changing.OF_STAYING)
"""Why a 死亡 cannot be accepted as it is."""

_HEAD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"
_EXACT = {
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "residents": [_HEAD],
    "died_on": "2026-11-21",
    "reference": "戸籍-2026-0912",
}
_WORDED = _EXACT | {
    "died_on": {"notation": "令和8年11月上旬", "day": "2026-11-01"},
    "learned_on": "2026-11-20",
    "stays": {"head_left_open": True},
}


@router.post(
    "",
    dependencies=[begins(Procedure.DEATH)],
    status_code=202,
    summary="死亡届を受け付ける",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS),
    openapi_extra=body_of(
        DeathForm, 死亡=("死亡届", _EXACT), 不詳=("死亡日が確かでない世帯主", _WORDED)
    ),
)
async def accept(
    counter: ForReporting,
    death: Annotated[DeathForm, Depends(form(DeathForm))],
    once: OnceOnly,
) -> JSONResponse:
    """届出を登録し、死亡を始める。待っている転出は死亡に道を譲り、転出証明書情報は無効になる。

    Accept a death and start its case; an open 転出 of the person gives way to it.
    """
    return await counter.once(once, lambda tx: taken(tx, counter, death))


async def taken(tx: Tx, counter: Counter, death: DeathForm) -> Answer:
    """A 死亡届 accepted; raises `Problem` as `PROBLEMS` say."""
    report = death.report(await changing.today_of(tx))
    town = await municipalities.load(tx)
    due_on = death_deadline(report.learned_on, town.opening)
    reported = Reported(Procedure.DEATH, report, due_on, death.reference)
    return await changing.accept(tx, counter, reported)
