"""Decisions of staff over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import rulings
from api.bodies import Form, body_of, form
from api.case_answers import DecisionDetail, DecisionReceipt
from api.cases import CaseNumberInPath
from api.counter import ForCases, ForRuling, OnceOnly
from api.forms import AddressForm, DayOrWordsLater, Kana, Name, Relationship, Remark, SexAsSaid
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from domain.cases import Verb
from domain.residents import Sex

router = APIRouter(prefix="/v1/cases/{case_number}/decisions", tags=["判断"])


class AmendmentForm(Form):
    """訂正する項目だけを書く。"""

    name: Name = ""
    name_kana: Kana = ""
    sex: SexAsSaid = Sex.BLANK
    # By a factory, because a default of null would stand in the schema, which knows no null here.
    born_on: DayOrWordsLater = Field(default_factory=lambda: None)
    relationship: Relationship = "子"
    address: AddressForm | None = Field(default=None, description="null なら世帯の住所に戻す")


class DecisionForm(Form):
    """職員の判断。"""

    verb: Verb = Field(
        description="retry: 再実行、amend: 訂正して再実行、done_by_hand: 手作業で完了、"
        "withdraw: 取下げ"
    )
    incident_id: UUID | None = Field(default=None, description="取下げのほかは必要")
    reason: Remark = Field(default="", description="判断の理由（必ず書く）")
    evidence: Remark = Field(default="", description="手作業の根拠（文書番号など）")
    second_person: str = Field(default="", max_length=100, description="確認した二人目の職員")
    amendment: AmendmentForm | None = Field(default=None, description="amend のときの訂正内容")
    number: str | None = Field(
        default=None,
        max_length=20,
        description="手作業で得た個人番号。直ちに暗号化し、どの回答にも現れない",
    )


_INCIDENT = "5d0a9c3e-4e9e-5a43-9c7e-2b7f9f1f7c55"
_EXAMPLES = {
    "再実行": (
        "相手側で解消した",
        {"verb": "retry", "incident_id": _INCIDENT, "reason": "J-LISで復旧を確認した。"},
    ),
    "訂正": (
        "住所を直す",
        {
            "verb": "amend",
            "incident_id": _INCIDENT,
            "reason": "郵便番号の誤りを届書で確認した。",
            "amendment": {
                "address": {
                    "postal_code": "1020072",
                    "line": "東京都千代田区飯田橋三丁目1番1号",
                    "building": "",
                }
            },
        },
    ),
    "手作業": (
        "手作業で送った",
        {
            "verb": "done_by_hand",
            "incident_id": _INCIDENT,
            "reason": "統合端末から送信した。",
            "evidence": "住基-令8-0042",
            "second_person": "examiner-02",
        },
    ),
    "取下げ": ("届出の取下げ", {"verb": "withdraw", "reason": "届出人からの取下げ書による。"}),
}


@router.post(
    "",
    status_code=202,
    summary="判断する",
    response_model=DecisionReceipt,
    responses=problems(*ONCE, *rulings.PROBLEMS),
    openapi_extra=body_of(DecisionForm, **_EXAMPLES),
)
async def decide(
    counter: ForRuling,
    case_number: CaseNumberInPath,
    decision: Annotated[DecisionForm, Depends(form(DecisionForm))],
    once: OnceOnly,
) -> JSONResponse:
    """判断を受け付ける。202 を返した判断は、エンジンが止まっていても必ず案件に届く。

    Accept a decision; answered with 202 it will reach the case, though the engine is down now.
    The outcome is read from the decision: worked, or failed again.
    """
    rulings.check_form(counter, decision)
    return await counter.once(once, lambda tx: rulings.accept(tx, counter, case_number, decision))


@router.get(
    "/{decision_id}",
    summary="判断の結果を見る",
    responses=problems(ProblemType.UNKNOWN_CASE, ProblemType.UNKNOWN_DECISION),
)
async def show(
    counter: ForCases, case_number: CaseNumberInPath, decision_id: UUID
) -> DecisionDetail:
    """判断と、その結果を返す。

    One decision and how far it has come.
    """
    async with counter.open() as tx:
        return await rulings.show(tx, counter.acting, case_number, decision_id)
