"""What other systems follow: the feed of 異動, and the news of one case."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api import cursors, news
from api.cases import CaseNumberInPath
from api.counter import ForCases, ForTheFeed
from api.problem_types import ProblemType
from api.problems import problems
from register import feed

router = APIRouter(prefix="/v1", tags=["知らせ"])


class FeedEvent(BaseModel):
    """異動の知らせ一件。誰が変わったかだけを伝え、内容は伝えない。"""

    event_id: UUID = Field(description="同じ知らせを二度受け取ったときに見分ける")
    at: datetime
    kind: str = Field(description="resident.changed: 異動、resident.withdrawn: 取下げ")
    reason: str = Field(description="手続", examples=["出生付番"])
    resident_id: UUID
    history_no: int


class FeedPage(BaseModel):
    """知らせの一頁。古いものから。"""

    events: list[FeedEvent]
    next_cursor: str = Field(description="次に渡す値。続きがまだなければ同じ値")


@router.get("/events", summary="異動の知らせを読む", responses=problems())
async def events(
    counter: ForTheFeed,
    cursor: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> FeedPage:
    """位置 cursor より後の知らせを、漏れなく順に返す。取りこぼしは起きない。

    Events behind the cursor, in order; none is ever slipped in before it.
    """
    after = cursors.to_row(cursor) if cursor else (0, 0)
    async with counter.open() as tx:
        rows = await feed.read(tx, counter.acting.municipality, after, limit)
    last = (rows[-1]["tx"], rows[-1]["log_id"]) if rows else after
    return FeedPage(
        events=[FeedEvent.model_validate(row) for row in rows], next_cursor=cursors.of_row(*last)
    )


@router.get(
    "/cases/{case_number}/events",
    summary="案件の動きを受け取り続ける",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "server-sent events"},
        **problems(ProblemType.UNKNOWN_CASE),
    },
)
async def follow(
    counter: ForCases,
    case_number: CaseNumberInPath,
    last_event_id: Annotated[str, Header(alias="Last-Event-ID", max_length=100)] = "",
) -> StreamingResponse:
    """処理・判断・案件の動きを server-sent events で送る。案件が終われば閉じる。

    ``case``, ``step`` and ``decision`` events carry an id to go on from; ``standing`` tells what
    the case waits for whenever that changes.  The stream ends with the case.
    """
    after = cursors.to_row(last_event_id) if last_event_id else (0, 0)
    await news.check(counter, case_number)
    return StreamingResponse(
        news.stream(counter, case_number, after), media_type="text/event-stream"
    )
