"""転出届 over HTTP: at the counter or by post, and its amendment while the case waits."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field

from api import departing
from api.bodies import Form, body_of, form
from api.case_answers import DecisionReceipt, Receipt
from api.cases import CaseNumberInPath
from api.counter import ForAmending, ForReporting, OnceOnly, begins
from api.forms import Day, MunicipalityAsRead, Reference, Remark
from api.household_forms import NewRelationshipForm
from api.problems import ONCE, problems
from domain.cases import Procedure
from domain.characters import check_address, check_building
from domain.move_out import Papers  # noqa: TC001 - a field of the receipt
from domain.residents import Address, Destination

router = APIRouter(tags=["転出"])

_Line = Annotated[str, AfterValidator(check_address)]


class DestinationForm(Form):
    """転出先。国内は市区町村（住所は分かるところまで）、国外は国名。"""

    municipality: MunicipalityAsRead | None = Field(
        default=None, description="転出先の全国地方公共団体コード（国外なら書かない）"
    )
    country: _Line = Field(default="", max_length=100, description="国名（国内なら書かない）")
    postal_code: str = Field(default="", pattern="^([0-9]{7})?$", description="郵便番号（7桁）")
    line: _Line = Field(default="", description="住所。未定なら空")
    building: Annotated[str, AfterValidator(check_building)] = Field(default="", description="方書")

    def destination(self) -> Destination:
        """The 転出先 as the register keeps it."""
        address = Address(postal_code=self.postal_code, line=self.line, building=self.building)
        return Destination(municipality=self.municipality, country=self.country, address=address)


class MoveOutForm(Form):
    """転出届（住民基本台帳法24条）。転出した日から14日を過ぎていれば、職権で処理する。"""

    household_id: UUID = Field(description="転出する人の世帯")
    residents: list[UUID] = Field(
        min_length=1, max_length=50, description="転出する人。先頭の人を代表者とする"
    )
    planned_on: Day = Field(description="転出（予定）年月日。この日の0時から除票となる")
    notified_on: Day | None = Field(default=None, description="届出日。書かなければ今日")
    destination: DestinationForm
    by_post: bool = Field(default=False, description="郵送による届出")
    with_card: bool = Field(
        default=False,
        description="マイナンバーカードによる届出（法24条の2）。転出証明書の代わりに情報を送る",
    )
    new_head: UUID | None = Field(
        default=None, description="世帯主が転出し、二人以上残るとき、新しい世帯主"
    )
    relationships: list[NewRelationshipForm] = Field(
        default_factory=list[NewRelationshipForm],
        max_length=50,
        description="残る人の、新しい世帯主との続柄（変わる人だけ）",
    )
    head_left_open: bool = Field(default=False, description="世帯主未設定のまま処理する")
    reference: Reference = ""


class MoveOutReceipt(Receipt):
    """転出届の控え。"""

    papers: Papers = Field(description="転出する人に渡すもの、又は転出地から送るもの")
    ex_officio: bool = Field(description="届出期間を過ぎ、職権で処理するか")


class AmendmentOfMoveOut(Form):
    """変わった項目だけを書く。"""

    reason: Remark = Field(default="", description="訂正の理由（必ず書く）")
    planned_on: Day | None = Field(default=None, description="新しい転出予定年月日")
    destination: DestinationForm | None = Field(default=None, description="新しい転出先")


_HEAD_ID = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"
_SPOUSE_ID = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c22"
_FAMILY = {
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "residents": [_HEAD_ID, _SPOUSE_ID],
    "planned_on": "2026-12-10",
    "destination": {"municipality": "012025", "line": "北海道函館市東雲町4番13号"},
    "with_card": True,
    "reference": "窓口-2026-1102",
}
_HEAD = {
    "household_id": _FAMILY["household_id"],
    "residents": [_HEAD_ID],
    "planned_on": "2026-12-10",
    "destination": {"municipality": "012025"},
    "by_post": True,
    "new_head": _SPOUSE_ID,
    "relationships": [
        {"resident_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c23", "relationship": "子"}
    ],
}
_ABROAD = _FAMILY | {"destination": {"country": "フランス共和国"}, "with_card": False}
_LATER_DAY = {"reason": "引越しの延期の申出による。", "planned_on": "2026-12-24"}
_ELSEWHERE = {
    "reason": "転出先の変更の申出による。",
    "destination": {"municipality": "011002", "line": "北海道札幌市中央区北一条西二丁目1番"},
}


@router.post(
    "/v1/move-outs",
    dependencies=[begins(Procedure.MOVE_OUT)],
    status_code=202,
    summary="転出届を受け付ける",
    response_model=MoveOutReceipt,
    responses=problems(*ONCE, *departing.PROBLEMS),
    openapi_extra=body_of(
        MoveOutForm,
        特例=("カードによる世帯全員の転出", _FAMILY),
        世帯主=("世帯主だけの転出（郵送、紙の転出証明書）", _HEAD),
        国外=("国外転出", _ABROAD),
    ),
)
async def accept(
    counter: ForReporting,
    report: Annotated[MoveOutForm, Depends(form(MoveOutForm))],
    once: OnceOnly,
) -> JSONResponse:
    """届出を登録し、転出受理を始める。予定日の0時から除票となり、転入通知で転出先を確定する。

    Accept a 転出届 and start its case.  The persons are residents until 00:00 of the planned day.
    """
    return await counter.once(once, lambda tx: departing.accept(tx, counter.acting, report))


@router.post(
    "/v1/cases/{case_number}/amendments",
    status_code=202,
    summary="待っている転出の予定日又は転出先を変える",
    response_model=DecisionReceipt,
    responses=problems(*ONCE, *departing.AMENDMENT_PROBLEMS),
    openapi_extra=body_of(
        AmendmentOfMoveOut,
        延期=("予定日を変える", _LATER_DAY),
        転出先=("転出先を変える", _ELSEWHERE),
    ),
)
async def amend(
    counter: ForAmending,
    case_number: CaseNumberInPath,
    amendment: Annotated[AmendmentOfMoveOut, Depends(form(AmendmentOfMoveOut))],
    once: OnceOnly,
) -> JSONResponse:
    """届出を訂正する。期限も待ちも新しい日に従い、前の転出地情報は無効にして送り直す。

    Amend the 転出届: the timers follow, a new 転出証明書情報 leaves and the former one is voided.
    """
    return await counter.once(once, lambda tx: departing.amend(tx, counter, case_number, amendment))
