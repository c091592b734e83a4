"""電子証明書のシリアル番号 over HTTP: ask for one person's, or for everything that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api import about_one, case_desk
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.cases import CaseNumberInPath
from api.counter import ForCases, ForReporting, OnceOnly, begins
from api.forms import Reference
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from domain.cases import CaseState, Procedure
from register import case_lists, cases, serials

if TYPE_CHECKING:
    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/v1/certificate-serials", tags=["電子証明書"])


class SerialForm(Form):
    """一人の証明書のシリアル番号を住基ネットに尋ねる依頼。"""

    resident_id: UUID = Field(description="対象の住民（検索で得た識別子）")
    reference: Reference = ""


class BatchAnswer(BaseModel):
    """一括取得の進み。シリアル番号は返さない。"""

    case_number: str
    state: CaseState
    linked: int = Field(description="紐付けた証明書の数")
    revoked: int = Field(description="失効した証明書の数")
    unmatched: int = Field(description="台帳に人がいない証明書の数（/v1/differences に載る）")


_EXAMPLE = {"resident_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"}


@router.post(
    "",
    dependencies=[begins(Procedure.CERTIFICATE_SERIAL)],
    status_code=202,
    summary="一人の証明書を尋ねて紐付ける",
    response_model=Receipt,
    responses=problems(*ONCE, *about_one.PROBLEMS),
    openapi_extra=body_of(SerialForm, 一人=("一人の証明書", _EXAMPLE)),
)
async def accept(
    counter: ForReporting, wanted: Annotated[SerialForm, Depends(form(SerialForm))], once: OnceOnly
) -> JSONResponse:
    """住基ネットに一人の有効な証明書を尋ね、シリアル番号を紐付ける。

    Ask which valid certificates a resident has, and link their serial numbers (CS-14).
    """
    procedure = Procedure.CERTIFICATE_SERIAL
    return await counter.once(
        once,
        lambda tx: about_one.accept(tx, counter, procedure, wanted.resident_id, wanted.reference),
    )


@router.post(
    "/batches",
    dependencies=[begins(Procedure.SERIAL_BATCH)],
    status_code=202,
    summary="証明書の異動を取り込む",
    response_model=Receipt,
    responses=problems(*ONCE, ProblemType.ALREADY_UNDER_WAY),
)
async def begin(counter: ForReporting, once: OnceOnly) -> JSONResponse:
    """前回より後の発行・更新・失効を取り込む。自治体ごとに一件だけ進む。本文は要らない。

    Take in what was issued, renewed and revoked since the last time; one at a time.
    """
    return await counter.once(once, lambda tx: open_batch(tx, counter))


@router.get(
    "/batches/{case_number}",
    summary="取込みの進みを見る",
    responses=problems(ProblemType.UNKNOWN_CASE),
)
async def show(counter: ForCases, case_number: CaseNumberInPath) -> BatchAnswer:
    """紐付けた数、失効した数、台帳に人がいない数を返す。

    How many were linked, ended, or belong to nobody the register knows.
    """
    async with counter.open() as tx:
        file = await case_desk.found(tx, case_number)
        counts = await serials.counts(tx, file.case_id)
    return BatchAnswer(case_number=file.case_number, state=file.state, **dict(counts))


async def open_batch(tx: Tx, counter: Counter) -> Answer:
    """Open the municipality's batch; raises `Problem` ALREADY_UNDER_WAY when one is open."""
    town, client = counter.acting.municipality, counter.acting.actor
    case = await cases.open_alone(tx, town, Procedure.SERIAL_BATCH, client)
    if case is None:
        standing = await case_lists.open_of(tx, Procedure.SERIAL_BATCH)
        raise Problem(ProblemType.ALREADY_UNDER_WAY, case_numbers=standing)
    return about_one.receipt(case)
