"""特例転入 over HTTP: people come whose case number nobody has, or who have none yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from api import reception
from api.arrival_forms import VisitForm
from api.bodies import body_of, form
from api.case_answers import Receipt
from api.counter import ForReporting, OnceOnly, begins
from api.problems import ONCE, problems
from api.visits import EXAMPLE, JOINING
from domain.cases import Procedure

router = APIRouter(prefix="/v1/special-move-ins", tags=["特例転入"])


@router.post(
    "",
    dependencies=[begins(Procedure.SPECIAL_MOVE_IN)],
    status_code=202,
    summary="最初の転入届を受け付ける",
    response_model=Receipt,
    responses=problems(*ONCE, *reception.VISIT_PROBLEMS),
    openapi_extra=body_of(
        VisitForm, 新しい世帯=("全員で新しい世帯", EXAMPLE), 世帯に入る=("親の世帯に入る", JOINING)
    ),
)
async def accept(
    counter: ForReporting,
    visit: Annotated[VisitForm, Depends(form(VisitForm))],
    once: OnceOnly,
) -> JSONResponse:
    """カードの人の特例転入を探し、なければ始めて、来庁を記録する。転出証明書情報は取り寄せる。

    Find the open 特例転入 of whoever's card it is, or open one, and record the visit; what was not
    sent ahead is fetched from the 転出地.
    """
    return await counter.once(once, lambda tx: reception.special_move_in(tx, counter, visit))
