"""審査・決裁 over HTTP: what is to be entered, read by a second person, approved or returned."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import approving
from api.approving import ApprovalReceipt, ReportAnswer
from api.bodies import Form, body_of, form
from api.cases import CaseNumberInPath
from api.counter import ForApproving, ForReading, OnceOnly
from api.forms import Remark
from api.problem_types import ProblemType
from api.problems import ONCE, problems

router = APIRouter(prefix="/v1/cases/{case_number}", tags=["審査・決裁"])


class ApprovalForm(Form):
    """審査の結果。"""

    verdict: Literal["approved", "returned"] = Field(
        description="approved: 決裁する（本登録に進む）、returned: 差し戻す（本登録しない）"
    )
    version: int = Field(ge=0, description="審査した届出の版（GET …/report の version）")
    reason: Remark = Field(default="", description="差戻しの理由（差し戻すときは必ず書く）")


_APPROVED = {"verdict": "approved", "version": 0}
_RETURNED = {
    "verdict": "returned",
    "version": 0,
    "reason": "転居をした日が届書の記載と違う。窓口で確かめて訂正すること。",
}


@router.get(
    "/report",
    summary="届出の内容を読む",
    responses=problems(ProblemType.UNKNOWN_CASE, ProblemType.NO_REPORT),
)
async def report(counter: ForReading, case_number: CaseNumberInPath) -> ReportAnswer:
    """届出の最新の版と、訂正の経過を返す。閲覧は記録される。住民票コードは下4桁だけを示す。

    The 届出 as it stands, and how it was corrected.  Reading it is audited.
    """
    async with counter.open() as tx:
        return await approving.report(tx, counter, case_number)


@router.post(
    "/approvals",
    status_code=202,
    summary="決裁する、又は差し戻す",
    response_model=ApprovalReceipt,
    responses=problems(*ONCE, *approving.PROBLEMS),
    openapi_extra=body_of(
        ApprovalForm, 決裁=("決裁する", _APPROVED), 差戻し=("差し戻す", _RETURNED)
    ),
)
async def approve(
    counter: ForApproving,
    case_number: CaseNumberInPath,
    approval: Annotated[ApprovalForm, Depends(form(ApprovalForm))],
    once: OnceOnly,
) -> JSONResponse:
    """届出を受け付けた人、訂正した人以外の職員が、審査した版について決める。

    Somebody else than whoever accepted or corrected the 届出 approves the version they have read.
    """
    return await counter.once(once, lambda tx: approving.decide(tx, counter, case_number, approval))
