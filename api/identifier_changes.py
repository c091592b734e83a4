"""住民票コードの変更 and 個人番号の変更 over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
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
from api.forms import Name, NumberAsRead, Reference
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from domain.cases import Procedure
from domain.identifier_changes import CodeChange, NumberChange, NumberChangeKind
from register import number_changes

if TYPE_CHECKING:
    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(tags=["番号の変更"])


class CodeChangeForm(Form):
    """住民票コードの変更請求（住民基本台帳法30条の4）。理由は要らず、番号は選べない。"""

    household_id: UUID = Field(description="世帯")
    resident_id: UUID = Field(description="変更する人")
    ex_officio: bool = Field(default=False, description="請求によらず職権で記載し直すか")
    reference: Reference = ""


class NumberChangeForm(Form):
    """個人番号の変更（番号法7条2項、施行令4条）又は修正（住民基本台帳法施行令12条3項）。"""

    household_id: UUID = Field(description="世帯")
    resident_id: UUID = Field(description="変更する人")
    kind: NumberChangeKind = Field(
        description="個人番号の変更請求、個人番号の職権修正、個人番号の職権記載"
    )
    number: NumberAsRead | None = Field(
        default=None,
        description="新しい番号を生成せずに修正、記載するときの正しい個人番号",
    )
    grounds: Name = Field(min_length=1, description="審査した事実又は根拠の文書番号")
    reference: Reference = ""


PROBLEMS = changing.OF_HOUSEHOLDS
"""Why a change of code or number cannot be accepted as it is."""

_CODE = {
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "resident_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21",
    "reference": "窓口-2026-1105",
}
_LEAKED = _CODE | {"kind": "個人番号の変更請求", "grounds": "番号漏えい-2026-0003"}


@router.post(
    "/v1/code-changes",
    dependencies=[begins(Procedure.CODE_CHANGE)],
    status_code=202,
    summary="住民票コードの変更請求を受け付ける",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS),
    openapi_extra=body_of(CodeChangeForm, 請求=("本人の請求による変更", _CODE)),
)
async def change_code(
    counter: ForReporting,
    change: Annotated[CodeChangeForm, Depends(form(CodeChangeForm))],
    once: OnceOnly,
) -> JSONResponse:
    """在庫から無作為に新しいコードを割り当てる。前のコードは二度と使わない。個人番号は変わらない。

    Draw another code at random; the former one is nobody's for ever, the 個人番号 stays.
    """
    return await counter.once(once, lambda tx: code_change_taken(tx, counter, change))


@router.post(
    "/v1/number-changes",
    dependencies=[begins(Procedure.NUMBER_CHANGE)],
    status_code=202,
    summary="個人番号を変更し、又は修正する",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS, ProblemType.NUMBER_BOUND),
    openapi_extra=body_of(NumberChangeForm, 漏えい=("漏えいによる変更請求", _LEAKED)),
)
async def change_number(
    counter: ForReporting,
    change: Annotated[NumberChangeForm, Depends(form(NumberChangeForm))],
    once: OnceOnly,
) -> JSONResponse:
    """J-LIS に新しい番号の生成を求める。前の番号は履歴に残る。番号が変わった後は取り下げられない。

    Have another number generated, or register the right one; the former stays as history.
    """
    return await counter.once(once, lambda tx: number_change_taken(tx, counter, change))


async def code_change_taken(tx: Tx, counter: Counter, change: CodeChangeForm) -> Answer:
    """A change of 住民票コード accepted; raises `Problem` as `PROBLEMS` say."""
    today = await changing.today_of(tx)
    report = CodeChange(
        household_id=change.household_id,
        residents=(change.resident_id,),
        notified_on=None if change.ex_officio else today,
        changed_on=today,
    )
    reported = Reported(Procedure.CODE_CHANGE, report, reference=change.reference)
    return await changing.accept(tx, counter, reported)


async def number_change_taken(tx: Tx, counter: Counter, change: NumberChangeForm) -> Answer:
    """A change of 個人番号 accepted; raises `Problem` as `PROBLEMS` say, or INVALID_INPUT."""
    requested = change.kind is NumberChangeKind.REQUEST
    if requested and change.number is not None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("number", "NOT_FOR_THIS_KIND"))
    if change.kind is NumberChangeKind.RECORDED and change.number is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("number", "MISSING"))
    today = await changing.today_of(tx)
    said: dict[str, Any] = {"notified_on": today if requested else None, "changed_on": today}
    report = NumberChange(
        household_id=change.household_id,
        residents=(change.resident_id,),
        kind=change.kind,
        generates=change.number is None,
        grounds=change.grounds,
        **said,
    )
    reported = Reported(Procedure.NUMBER_CHANGE, report, reference=change.reference)
    case = await changing.opened(tx, counter, reported)
    if change.number is not None:
        vault = counter.office.vault
        await number_changes.put_away(tx, vault, case, change.resident_id, change.number)
    return changing.receipt(case, reported)
