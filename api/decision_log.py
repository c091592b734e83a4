"""判断の記録 over HTTP: every decision of the municipality, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api import cursors
from api.counter import ForCases
from api.problems import problems
from domain.cases import DecisionState, Verb
from register import decision_lists
from register.decision_lists import Narrowed

if TYPE_CHECKING:
    from register.transactions import Tx

router = APIRouter(prefix="/v1/decisions", tags=["判断"])


class LogFilters(BaseModel):
    """何を探すか。"""

    model_config = ConfigDict(extra="forbid")

    author: str | None = Field(default=None, max_length=200, description="判断した職員")
    verb: Verb | None = Field(default=None, description="判断")
    state: DecisionState | None = Field(default=None, description="結果")
    cursor: str | None = Field(default=None, max_length=200, description="前の頁の next_cursor")
    limit: int = Field(default=50, ge=1, le=200, description="件数")


class LoggedDecision(BaseModel):
    """判断一件。理由の言葉は含まない（一件ずつ、見たことを記録して読む）。"""

    decision_id: UUID
    case_number: str
    procedure: str
    verb: Verb
    author: str
    role: str
    accepted_at: datetime
    state: DecisionState
    step: str
    subject: int
    code: str


class DecisionLog(BaseModel):
    """判断の記録の一頁。新しいものから。"""

    decisions: list[LoggedDecision]
    next_cursor: str | None


@router.get("", summary="判断の記録を見る", responses=problems())
async def show(counter: ForCases, filters: Annotated[LogFilters, Query()]) -> DecisionLog:
    """自治体の全ての判断を、新しいものから返す。

    Every decision about a case, newest first; the reasons are read one by one.
    """
    async with counter.open() as tx:
        return await page(tx, filters)


async def page(tx: Tx, filters: LogFilters) -> DecisionLog:
    """One page of the log; raises `Problem` INVALID_INPUT for what is no cursor of it."""
    behind = cursors.to_row(filters.cursor)[1] if filters.cursor else None
    narrowed = Narrowed(filters.author, filters.verb, filters.state)
    found = await decision_lists.page(tx, narrowed, behind, filters.limit + 1)
    shown, more = found[: filters.limit], len(found) > filters.limit
    return DecisionLog(
        decisions=[LoggedDecision.model_validate(one, from_attributes=True) for one in shown],
        next_cursor=cursors.of_row(0, shown[-1].log_id) if more else None,
    )
