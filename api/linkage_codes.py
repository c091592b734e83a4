"""機関別符号 over HTTP: have one resident's made."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import about_one
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.counter import ForReporting, OnceOnly, begins
from api.forms import Reference
from api.problems import ONCE, problems
from domain.cases import Procedure

router = APIRouter(prefix="/v1/linkage-codes", tags=["機関別符号"])


class LinkageCodeForm(Form):
    """符号取得の依頼（番号法21条の2）。"""

    resident_id: UUID = Field(description="対象の住民（検索で得た識別子）")
    reference: Reference = ""


_EXAMPLE = {"resident_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21", "reference": "符号-0001"}


@router.post(
    "",
    dependencies=[begins(Procedure.LINKAGE_CODE)],
    status_code=202,
    summary="機関別符号を求める",
    response_model=Receipt,
    responses=problems(*ONCE, *about_one.PROBLEMS),
    openapi_extra=body_of(LinkageCodeForm, 一人=("一人の符号取得", _EXAMPLE)),
)
async def accept(
    counter: ForReporting,
    wanted: Annotated[LinkageCodeForm, Depends(form(LinkageCodeForm))],
    once: OnceOnly,
) -> JSONResponse:
    """符号取得を始める。符号は中間サーバーに届き、こちらには現れない。同じ人には同時に一件だけ。

    Have the 符号 of one resident made. It arrives in 中間サーバー and is never seen here; asked for
    again under a new 処理通番 when nothing has come in time.
    """
    return await counter.once(
        once,
        lambda tx: about_one.accept(
            tx, counter, Procedure.LINKAGE_CODE, wanted.resident_id, wanted.reference
        ),
    )
