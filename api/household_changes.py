"""世帯変更届 over HTTP."""

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
from api.forms import Day, Reference
from api.household_forms import NewRelationshipForm, StayingForm
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from domain.cases import Procedure
from domain.deadlines import move_deadline
from domain.heads import Placing
from domain.household_change import HouseholdChange, HouseholdChangeKind
from register import municipalities

if TYPE_CHECKING:
    from datetime import date

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/v1/household-changes", tags=["世帯変更"])


class HouseholdChangeForm(Form):
    """世帯変更届（住民基本台帳法25条）。住所は変わらない。住所が変わるなら転居届による。"""

    kind: HouseholdChangeKind
    household_id: UUID = Field(description="今の世帯")
    residents: list[UUID] = Field(
        min_length=1,
        max_length=50,
        description="世帯が変わる人。世帯合併では世帯の全員、世帯主変更では新しい世帯主一人",
    )
    changed_on: Day = Field(description="変更があった年月日")
    notified_on: Day | None = Field(default=None, description="届出日。書かなければ今日")
    into: UUID | None = Field(default=None, description="世帯合併、世帯変更で入る世帯")
    head: UUID | None = Field(
        default=None, description="世帯分離でつくる世帯の世帯主（書かなければ先頭の人）"
    )
    relationships: list[NewRelationshipForm] = Field(
        default_factory=list[NewRelationshipForm],
        max_length=50,
        description="新しい世帯主との続柄。世帯主変更では、新しい世帯主のほかの全員",
    )
    stays: StayingForm = Field(default_factory=StayingForm, description="残る世帯について")
    reference: Reference = ""

    def report(self, today: date) -> HouseholdChange:
        """The 届出 as the register keeps it; raises `Problem` INVALID_INPUT."""
        notified_on = self.notified_on or today
        changing.check_not_ahead("changed_on", self.changed_on, today)
        changing.check_not_ahead("notified_on", notified_on, today)
        changing.check_once("residents", self.residents)
        self._check_kind()
        return HouseholdChange(
            kind=self.kind,
            household_id=self.household_id,
            residents=tuple(self.residents),
            changed_on=self.changed_on,
            notified_on=notified_on,
            placing=Placing(
                into=self.into,
                head=self.head,
                relationships=tuple(one.said() for one in self.relationships),
            ),
            stays=self.stays.succession(),
        )

    def _check_kind(self) -> None:
        """Which fields belong to which kind."""
        joins = self.kind in {HouseholdChangeKind.MERGE, HouseholdChangeKind.MOVE}
        if joins is (self.into is None):
            code = "MISSING" if joins else "NOT_FOR_THIS_KIND"
            raise Problem(ProblemType.INVALID_INPUT, wrong("into", code))
        if self.head is not None and self.kind is not HouseholdChangeKind.SPLIT:
            raise Problem(ProblemType.INVALID_INPUT, wrong("head", "NOT_FOR_THIS_KIND"))
        if self.kind is HouseholdChangeKind.HEAD and len(self.residents) > 1:
            raise Problem(ProblemType.INVALID_INPUT, wrong("residents", "ONE_ONLY"))


PROBLEMS = (
    *changing.OF_HOUSEHOLDS,
    *changing.OF_PLACING,
    *changing.OF_STAYING,
    ProblemType.OTHER_ADDRESS,
    ProblemType.WHOLE_HOUSEHOLD,
    ProblemType.PART_OF_HOUSEHOLD,
    ProblemType.NOTHING_CHANGES,
)
"""Why a 世帯変更届 cannot be accepted as it is."""

_HOUSEHOLD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11"
_HEAD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"
_CHILD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c23"
_SPLIT = {
    "kind": "世帯分離",
    "household_id": _HOUSEHOLD,
    "residents": [_CHILD],
    "changed_on": "2026-11-20",
    "reference": "窓口-2026-1104",
}
_MERGE = {
    "kind": "世帯合併",
    "household_id": _HOUSEHOLD,
    "residents": [_HEAD],
    "changed_on": "2026-11-20",
    "into": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c12",
    "relationships": [{"resident_id": _HEAD, "relationship": "父"}],
}
_NEW_HEAD = {
    "kind": "世帯主変更",
    "household_id": _HOUSEHOLD,
    "residents": [_CHILD],
    "changed_on": "2026-11-20",
    "relationships": [{"resident_id": _HEAD, "relationship": "父"}],
}


@router.post(
    "",
    dependencies=[begins(Procedure.HOUSEHOLD_CHANGE)],
    status_code=202,
    summary="世帯変更届を受け付ける",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS),
    openapi_extra=body_of(
        HouseholdChangeForm,
        分離=("一人が世帯を分ける", _SPLIT),
        合併=("世帯の全員がほかの世帯に入る", _MERGE),
        世帯主=("世帯主が替わる", _NEW_HEAD),
    ),
)
async def accept(
    counter: ForReporting,
    change: Annotated[HouseholdChangeForm, Depends(form(HouseholdChangeForm))],
    once: OnceOnly,
) -> JSONResponse:
    """届出を登録し、世帯変更を始める。住基ネットには知らせず、副本と他業務に知らせる。

    Accept a 世帯変更届 and start its case; 世帯 and 続柄 are no 本人確認情報.
    """
    return await counter.once(once, lambda tx: taken(tx, counter, change))


async def taken(tx: Tx, counter: Counter, change: HouseholdChangeForm) -> Answer:
    """A 世帯変更届 accepted; raises `Problem` as `PROBLEMS` say."""
    report = change.report(await changing.today_of(tx))
    town = await municipalities.load(tx)
    due_on = move_deadline(report.changed_on, town.opening)
    reported = Reported(Procedure.HOUSEHOLD_CHANGE, report, due_on, change.reference)
    return await changing.accept(tx, counter, reported)
