"""The stock of 住民票コード over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api import stock
from api.case_answers import Receipt
from api.counter import ForReporting, ForStock, OnceOnly, begins
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from domain.cases import CaseState, Procedure
from register import case_lists, cases
from register.idempotency import Answer

if TYPE_CHECKING:
    from api.counter import Counter
    from register.transactions import Tx

router = APIRouter(prefix="/v1/code-pool", tags=["住民票コード"])


@router.get("", summary="在庫を見る", responses=problems())
async def show(counter: ForStock) -> stock.Stock:
    """未使用の住民票コードの数と、補充の状況を返す。

    How many unused codes there are, and whether more are on order.
    """
    async with counter.open() as tx:
        return await stock.seen(tx, counter.acting)


@router.post(
    "/top-ups",
    dependencies=[begins(Procedure.CODE_TOP_UP)],
    status_code=202,
    summary="補充を始める",
    response_model=Receipt,
    responses=problems(*ONCE, ProblemType.TOP_UP_OPEN),
)
async def order(counter: ForReporting, once: OnceOnly) -> JSONResponse:
    """住民票コード補充を始める。自治体ごとに一件だけ進む。本文は要らない。

    Order codes up to the target stock; one top-up per municipality. No body is needed.
    """
    return await counter.once(once, lambda tx: order_codes(tx, counter))


async def order_codes(tx: Tx, counter: Counter) -> Answer:
    """Open the municipality's top-up; raises `Problem` TOP_UP_OPEN when one is open."""
    acting = counter.acting
    case = await cases.order_top_up(tx, acting.municipality, acting.actor)
    if case is None:
        standing = await case_lists.open_top_up(tx)
        raise Problem(ProblemType.TOP_UP_OPEN, case_numbers=[standing] if standing else [])
    receipt = Receipt(case_number=case.case_number, state=CaseState.OPEN)
    return Answer(202, receipt.model_dump(mode="json"), f"/v1/cases/{case.case_number}")
