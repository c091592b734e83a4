"""突合 over HTTP: begin one, follow it, see what it found, and decide what is done about it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api import differing
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.cases import CaseNumberInPath
from api.counter import ForDeciding, ForPeople, ForReporting, OnceOnly, begins
from api.forms import Remark
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from api.reconciliation_answers import DifferencePage, ReconciliationAnswer, RepairReceipt
from domain.cases import Procedure
from domain.differences import DifferenceKind, DifferenceState, DifferenceVerb

router = APIRouter(prefix="/v1", tags=["突合"])

Cursor = Annotated[str | None, Query(max_length=200, description="前の頁の next_cursor")]
Limit = Annotated[int, Query(ge=1, le=200, description="件数")]


class DifferenceDecision(Form):
    """差異についての職員の判断。"""

    verb: DifferenceVerb = Field(
        description="repair: 提案された修正を行う、by_hand: 外で直した（次の突合で確かめる）"
    )
    reason: Remark = Field(default="", description="判断の理由（必ず書く）")
    evidence: Remark = Field(default="", description="根拠（by_hand のとき必ず書く）")


_REPAIR = {"verb": "repair", "reason": "届書の写しで台帳の記載が正しいことを確かめた。"}
_BY_HAND = {
    "verb": "by_hand",
    "reason": "統合宛名の端末で宛名を統合した。",
    "evidence": "統合宛名の処理票 令8-0031",
}


@router.post(
    "/reconciliations",
    dependencies=[begins(Procedure.RECONCILIATION)],
    status_code=202,
    summary="突合を始める",
    response_model=Receipt,
    responses=problems(*ONCE, ProblemType.ALREADY_UNDER_WAY),
)
async def begin(counter: ForReporting, once: OnceOnly) -> JSONResponse:
    """台帳と、住基ネット・統合宛名・中間サーバー・電子証明書との照合を始める。自治体ごとに一件だけ進む。

    Compare the register with every system that holds our people; one at a time per municipality.
    No body is needed.
    """
    return await counter.once(once, lambda tx: differing.begin(tx, counter))


@router.get(
    "/reconciliations/{case_number}",
    summary="突合の経過と結果を見る",
    responses=problems(ProblemType.UNKNOWN_CASE),
)
async def show(
    counter: ForPeople,
    case_number: CaseNumberInPath,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReconciliationAnswer:
    """どこまで照合したか、何件の差異があったかと、差異の一覧の一頁を返す。

    How far it has come, counts, and one page of the differences it met.
    """
    async with counter.open() as tx:
        return await differing.show(tx, case_number, cursor, limit)


@router.get("/differences", summary="差異を見る", responses=problems())
async def listed(
    counter: ForPeople,
    state: Annotated[
        list[DifferenceState] | None, Query(description="状態。書かなければ gone 以外")
    ] = None,
    kind: Annotated[DifferenceKind | None, Query(description="種類")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DifferencePage:
    """なくなっていない差異を、古いものから返す。

    Differences that still stand, oldest first, each with its proposed repair.
    """
    async with counter.open() as tx:
        return await differing.listed(tx, state or [], cursor, limit, kind)


@router.post(
    "/differences/{difference_id}/decisions",
    status_code=202,
    summary="差異について判断する",
    response_model=RepairReceipt,
    responses=problems(*ONCE, *differing.PROBLEMS),
    openapi_extra=body_of(
        DifferenceDecision, 修正=("提案の修正を行う", _REPAIR), 手作業=("外で直した", _BY_HAND)
    ),
)
async def decide(
    counter: ForDeciding,
    difference_id: Annotated[UUID, Path(description="差異の識別子")],
    decision: Annotated[DifferenceDecision, Depends(form(DifferenceDecision))],
    once: OnceOnly,
) -> JSONResponse:
    """提案された修正を始めるか、外で直したことを記す。直ったかは次の突合が確かめる。

    Start the proposed repair as a case of its own, or record that it was put right elsewhere; the
    next 突合 says whether it is gone.
    """
    return await counter.once(
        once, lambda tx: differing.decide(tx, counter, difference_id, decision)
    )
