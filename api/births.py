"""出生届 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import acceptance
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.counter import ForReporting, OnceOnly, begins
from api.forms import (
    AddressForm,
    CaseNumber,
    Day,
    DayOrWords,
    Kana,
    Name,
    Reference,
    Relationship,
    Remark,
    SexAsSaid,
)
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from domain.cases import Procedure
from domain.notifications import Child

router = APIRouter(prefix="/v1/births", tags=["出生"])


class ChildForm(Form):
    """出生した子。"""

    name: Name = ""
    name_kana: Kana = ""
    sex: SexAsSaid
    born_on: DayOrWords = Field(description="生年月日（不詳日は表記で）")
    relationship: Relationship = "子"
    address: AddressForm | None = Field(default=None, description="書かなければ世帯の住所")

    def child(self) -> Child:
        """The child as the 届出 keeps it."""
        said = dict(self) | {"address": self.address.address() if self.address else None}
        return Child.model_validate(said)


class BirthForm(Form):
    """出生届（戸籍法49条）。"""

    household_id: UUID = Field(description="子が入る世帯（世帯の検索で得た識別子）")
    notified_on: Day | None = Field(default=None, description="届出日。書かなければ今日")
    child: ChildForm
    reference: Reference = ""
    not_the_same_as: list[CaseNumber] = Field(
        default_factory=list[str],
        max_length=10,
        description="同じ子かもしれないと言われたが別の子である案件（双子など）",
    )
    not_the_same_reason: Remark = Field(default="", description="別の子であると判断した理由")


_EXAMPLE = {
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "notified_on": "2026-11-24",
    "child": {
        "name": "髙橋　さくら",
        "name_kana": "タカハシ　サクラ",
        "sex": "女",
        "born_on": "2026-11-20",
    },
    "reference": "戸籍-2026-0815",
}
_TWIN = _EXAMPLE | {
    "child": {"name": "", "sex": "女", "born_on": "2026-11-20"},
    "not_the_same_as": ["131016-R8-000123"],
    "not_the_same_reason": "双子の第二子であることを出生証明書で確認した。",
}


@router.post(
    "",
    dependencies=[begins(Procedure.BIRTH)],
    status_code=202,
    summary="出生届を受け付ける",
    response_model=Receipt,
    responses=problems(*ONCE, ProblemType.POSSIBLE_DUPLICATE),
    openapi_extra=body_of(
        BirthForm, 出生=("出生届", _EXAMPLE), 双子=("名が未定の双子の第二子", _TWIN)
    ),
)
async def accept(
    counter: ForReporting, birth: Annotated[BirthForm, Depends(form(BirthForm))], once: OnceOnly
) -> JSONResponse:
    """届出を登録し、出生付番を始める。202 を返した届出は、必ず案件になる。

    Accept a birth and start its case; what was answered with 202 will reach its case whatever
    happens next.  The same household and day of birth as another case is held back with 409.
    """
    return await counter.once(once, lambda tx: acceptance.birth(tx, counter.acting, birth))
