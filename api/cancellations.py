"""異動取消 over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import changing
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.counter import ForReporting, OnceOnly, begins
from api.forms import CaseNumber, Day, Reference
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from api.rights import Act
from domain.cases import CaseState, Procedure
from domain.errors import Refused
from register import cancellations, case_views
from register.cancellations import Wish
from register.idempotency import Answer

if TYPE_CHECKING:
    from api.counter import Counter
    from register.transactions import Tx

router = APIRouter(prefix="/v1/cancellations", tags=["異動取消"])


class CancellationForm(Form):
    """異動の取消し（住民記録システム標準仕様書4.6）。終わった案件が記載したことだけを取り消す。"""

    case_number: CaseNumber = Field(description="取り消す案件")
    residents: list[UUID] = Field(
        default_factory=list[UUID],
        max_length=50,
        description="取り消す人。書かなければ、その案件が記載した全員",
    )
    applied_on: Day | None = Field(
        default=None, description="申出による取消しなら申出日。書かなければ職権"
    )
    reference: Reference = ""


PROBLEMS = (
    ProblemType.UNKNOWN_CASE,
    ProblemType.STILL_OPEN,
    ProblemType.NOT_CANCELLABLE,
    ProblemType.MOVED_IN_ELSEWHERE,
    ProblemType.NOTHING_TO_CANCEL,
    ProblemType.LATER_CASE_STANDS,
    ProblemType.TWO_HEADS,
    ProblemType.HEAD_GONE,
)
"""Why a case cannot be taken back."""

_WHOLE = {"case_number": "131016-R8-000123", "reference": "職権-2026-0031"}
_PART = _WHOLE | {
    "residents": ["0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c23"],
    "applied_on": "2026-11-24",
}


@router.post(
    "",
    dependencies=[begins(Procedure.CANCELLATION)],
    status_code=202,
    summary="終わった異動を取り消す",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS),
    openapi_extra=body_of(
        CancellationForm, 全員=("案件の全員について", _WHOLE), 一部=("申出により一人だけ", _PART)
    ),
)
async def accept(
    counter: ForReporting,
    wish: Annotated[CancellationForm, Depends(form(CancellationForm))],
    once: OnceOnly,
) -> JSONResponse:
    """取消しの案件を始める。取り消す行も取り消された行も履歴に残り、後の異動が変えた項目は残る。

    Take back a finished case by appending; what later cases changed of other fields stays.
    """
    return await counter.once(once, lambda tx: _accept(tx, counter, wish))


async def _accept(tx: Tx, counter: Counter, form: CancellationForm) -> Answer:
    if form.applied_on is not None:
        today = await changing.today_of(tx)
        changing.check_not_ahead("applied_on", form.applied_on, today)
    file = await case_views.lock(tx, form.case_number)
    if file is None:
        raise Problem(ProblemType.UNKNOWN_CASE)
    counter.demand(Act.CANCEL, file.procedure)
    wish = Wish(file, form.residents, form.applied_on, form.reference)
    try:
        case = await cancellations.accept(tx, counter.acting, wish)
    except Refused as refusal:
        kind = ProblemType[refusal.code]
    else:
        receipt = Receipt(case_number=case.case_number, state=CaseState.OPEN)
        return Answer(202, receipt.model_dump(mode="json"), f"/v1/cases/{case.case_number}")
    blocking = await cancellations.standing_on(tx, file)
    raise Problem(kind, **({"case_numbers": blocking} if blocking else {}))
