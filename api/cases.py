"""Cases over HTTP: where they stand, and what a withdrawal would do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import case_desk
from api.case_answers import CaseAnswer, CasePage, UndoPlan
from api.case_filters import CaseFilters
from api.counter import ForCases
from api.problem_types import ProblemType
from api.problems import problems

router = APIRouter(prefix="/v1/cases", tags=["案件"])
CaseNumberInPath = Annotated[
    str,
    Path(
        max_length=40, pattern="^[0-9A-Z-]+$", description="案件番号", examples=["131016-R8-000123"]
    ),
]


@router.get("", summary="案件を探す", responses=problems())
async def find(counter: ForCases, filters: Annotated[CaseFilters, Query()]) -> CasePage:
    """新しい案件から順に返す。続きは next_cursor を渡して求める。

    Cases, newest first; pass ``next_cursor`` for more.
    """
    async with counter.open() as tx:
        return await case_desk.page(tx, filters)


@router.get("/{case_number}", summary="案件を見る", responses=problems(ProblemType.UNKNOWN_CASE))
async def show(counter: ForCases, case_number: CaseNumberInPath) -> CaseAnswer:
    """処理ごとの状態、待っているもの、対応待ちと選べる判断を返す。個人の情報は含まない。

    Every step, what the case waits for, and what staff may decide; no personal data.
    """
    async with counter.open() as tx:
        return await case_desk.show(tx, case_number)


@router.get(
    "/{case_number}/undo-plan",
    summary="取下げをすると何が起きるか",
    responses=problems(ProblemType.UNKNOWN_CASE),
)
async def undo_plan(counter: ForCases, case_number: CaseNumberInPath) -> UndoPlan:
    """取り消す処理を、行う順（新しい処理から）に返す。何も変えない。

    What a withdrawal would take back, in order; changes nothing.
    """
    async with counter.open() as tx:
        return await case_desk.undo_plan(tx, case_number)
