"""転入届 over HTTP: with a paper 転出証明書, from abroad, or after an unreported stay."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from api import reception
from api.arrival_forms import MoveInForm
from api.bodies import body_of, form
from api.case_answers import Receipt
from api.counter import ForReporting, OnceOnly, begins
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from domain.cases import Procedure

router = APIRouter(prefix="/v1/move-ins", tags=["転入"])

_PERSON = {
    "code": "12345678903",
    "number": "123456789018",
    "name": "髙橋　太郎",
    "name_kana": "タカハシ　タロウ",
    "sex": "男",
    "born_on": "1980-04-01",
    "relationship": "世帯主",
    "domicile": "東京都千代田区丸の内一丁目1番",
    "head_of_family_register": "髙橋　太郎",
}
_EXAMPLE = {
    "origin": "131016",
    "moved_in_on": "2026-11-20",
    "address": {"postal_code": "0400001", "line": "北海道函館市五稜郭町1番1号", "building": ""},
    "persons": [_PERSON],
    "reference": "窓口-2026-1102",
}
_ABROAD = {
    "source": "国外",
    "moved_in_on": "2026-11-20",
    "address": {"postal_code": "0400001", "line": "北海道函館市五稜郭町1番1号", "building": ""},
    "persons": [
        {key: _PERSON[key] for key in ("name", "name_kana", "sex", "born_on", "relationship")}
    ],
}


@router.post(
    "",
    dependencies=[begins(Procedure.MOVE_IN)],
    status_code=202,
    summary="転入届を受け付ける",
    response_model=Receipt,
    responses=problems(
        *ONCE,
        ProblemType.ALREADY_RESIDENT,
        ProblemType.NUMBERS_DIFFER,
        ProblemType.NUMBER_BOUND,
        ProblemType.UNKNOWN_RESIDENT,
    ),
    openapi_extra=body_of(
        MoveInForm,
        転出証明書=("紙の転出証明書による転入", _EXAMPLE),
        国外転入=("国外からの転入", _ABROAD),
    ),
)
async def accept(
    counter: ForReporting,
    report: Annotated[MoveInForm, Depends(form(MoveInForm))],
    once: OnceOnly,
) -> JSONResponse:
    """転入届を登録し、転入を始める。期限（14日）を過ぎた届出も受け付け、その旨を示す。

    Accept a 転入届 and start its case; one that comes late is accepted and marked so.
    """
    return await counter.once(once, lambda tx: reception.move_in(tx, counter, report))
