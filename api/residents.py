"""Residents over HTTP: found by criteria in the body, shown by an opaque id."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api import people_desk
from api.bodies import body_of, form
from api.counter import ForPeople
from api.forms import Day
from api.people_forms import HistoryView, SearchForm
from api.problem_types import ProblemType
from api.problems import WITH_BODY, problems
from register.search import ResidentPage, ResidentView

router = APIRouter(prefix="/v1/residents", tags=["住民"])

EXAMPLES = {
    "氏名": ("氏名と生年月日", {"name": "髙橋", "born_on": "1985-07-08"}),
    "カナ": ("フリガナ", {"name_kana": "タカハシ"}),
    "住所": ("住所の先頭", {"address": "飯田橋"}),
}


@router.post(
    "/search",
    summary="住民を探す",
    responses=problems(*WITH_BODY),
    openapi_extra=body_of(SearchForm, **EXAMPLES),
)
async def search(
    counter: ForPeople, criteria: Annotated[SearchForm, Depends(form(SearchForm))]
) -> ResidentPage:
    """すべての条件に合う住民（除票を含む）を返す。検索は記録される。

    Residents who meet all criteria, struck ones too; searches are audited.
    """
    return await people_desk.find_residents(counter, criteria)


@router.get(
    "/{resident_id}", summary="住民を見る", responses=problems(ProblemType.UNKNOWN_RESIDENT)
)
async def show(counter: ForPeople, resident_id: UUID) -> ResidentView:
    """現在の記載を返す。閲覧は記録される。個人番号は返さない。

    The present entry; views are audited, and no 個人番号 is ever shown.
    """
    return await people_desk.resident(counter, resident_id)


@router.get(
    "/{resident_id}/history",
    summary="履歴を見る",
    responses=problems(ProblemType.UNKNOWN_RESIDENT),
)
async def history(
    counter: ForPeople,
    resident_id: UUID,
    effective_on: Annotated[Day | None, Query(description="この日の記載（異動日で）")] = None,
    known_on: Annotated[Day | None, Query(description="この日までに処理した履歴で")] = None,
) -> HistoryView:
    """履歴の全行と、ある日の記載を、ある日に知っていたとおりに返す。書かない日付は今日。

    Every row, and the entry on one day as it was known on another; both are today by default.
    """
    return await people_desk.history_of(counter, resident_id, effective_on, known_on)
