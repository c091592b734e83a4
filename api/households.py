"""Households over HTTP: from these the caller of a birth chooses one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api import people_desk
from api.bodies import body_of, form
from api.counter import ForPeople
from api.people_forms import SearchForm
from api.problem_types import ProblemType
from api.problems import WITH_BODY, problems
from api.residents import EXAMPLES
from register.households import HouseholdView
from register.search import HouseholdPage

router = APIRouter(prefix="/v1/households", tags=["世帯"])


@router.post(
    "/search",
    summary="世帯を探す",
    responses=problems(*WITH_BODY),
    openapi_extra=body_of(SearchForm, **EXAMPLES),
)
async def search(
    counter: ForPeople, criteria: Annotated[SearchForm, Depends(form(SearchForm))]
) -> HouseholdPage:
    """条件に合う現存者のいる世帯を返す。検索は記録される。

    Households in which a present resident meets all criteria; searches are audited.
    """
    return await people_desk.find_households(counter, criteria)


@router.get(
    "/{household_id}", summary="世帯を見る", responses=problems(ProblemType.UNKNOWN_HOUSEHOLD)
)
async def show(counter: ForPeople, household_id: UUID) -> HouseholdView:
    """世帯と現存する世帯員を返す。閲覧は記録される。

    A household and who lives in it; views are audited.
    """
    return await people_desk.household(counter, household_id)
