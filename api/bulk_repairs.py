"""一括処理 over HTTP: many incidents of one cause retried by one decision, one after another."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse

from api import bulk_desk
from api.bodies import body_of, form
from api.bulk_answers import BulkAnswer, BulkPage, BulkReceipt
from api.bulk_forms import BulkForm, BulkWords
from api.counter import ForBulk, OnceOnly, begins
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from domain.bulk import BulkEvent
from domain.cases import Procedure

router = APIRouter(prefix="/v1/bulk-repairs", tags=["一括処理"])

BulkId = Annotated[UUID, Path(description="一括処理の識別子")]
Words = Annotated[BulkWords, Depends(form(BulkWords))]
_WANTED = {"peer": "jlis", "incident_code": "ADDRESS_MISMATCH", "step": "本人確認情報を送信する"}
_DRAFT = {
    "verb": "retry",
    "wanted": _WANTED,
    "reason": "J-LIS から、郵便番号表の不備を直したと連絡があった。",
}
_WORDS = {"reason": "再び断られる件が続いたため、J-LIS に確かめる。"}
_SAID = problems(*ONCE, *bulk_desk.SAYING)


@router.post(
    "",
    dependencies=[begins(Procedure.BULK)],
    status_code=201,
    summary="一括処理を下書きし、試算を得る",
    response_model=BulkReceipt,
    responses=problems(*ONCE, *bulk_desk.DRAFTING),
    openapi_extra=body_of(BulkForm, 原因で集める=("一つの原因の全件を再実行する", _DRAFT)),
)
async def draft(
    counter: ForBulk, told: Annotated[BulkForm, Depends(form(BulkForm))], once: OnceOnly
) -> JSONResponse:
    """今ある対応待ちの一覧を凍結する。確かめて始めるまで何も行わない。試算は Location で読む。

    Freeze a list of the incidents that stand now.  Nothing is done before it is confirmed; the dry
    run is read at `Location`.  What comes up later is not touched.
    """
    return await counter.once(once, lambda tx: bulk_desk.draft(tx, counter, told))


@router.get("", summary="一括処理の一覧を見る", responses=problems())
async def listed(
    counter: ForBulk,
    cursor: Annotated[str | None, Query(max_length=200, description="前の頁の next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="件数")] = 50,
) -> BulkPage:
    """新しいものから返す。

    Newest first.
    """
    async with counter.open() as tx:
        return await bulk_desk.listed(tx, cursor, limit)


@router.get(
    "/{bulk_id}",
    summary="一括処理の試算、進み、一件ごとの結果を見る",
    responses=problems(ProblemType.UNKNOWN_BULK_REPAIR),
)
async def show(
    counter: ForBulk,
    bulk_id: BulkId,
    cursor: Annotated[int, Query(ge=0, le=100_000, description="前の頁の next_cursor")] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="件数")] = 50,
) -> BulkAnswer:
    """試算（行う件、行わない件とその理由）、進み、誰が何を決めたか、件の一頁を返す。閲覧は記録される。

    Dry run, progress, who said what, and a page of items with what became of each.  Reading it is
    audited.
    """
    async with counter.open() as tx:
        return await bulk_desk.show(tx, counter, bulk_id, cursor, limit)


@router.post(
    "/{bulk_id}/confirm",
    status_code=202,
    summary="確かめて始める",
    response_model=BulkReceipt,
    responses=_SAID,
)
async def confirm(counter: ForBulk, bulk_id: BulkId, once: OnceOnly) -> JSONResponse:
    """一覧のとおりに、一件ずつ決められた速さで始める。件数が多いときは、別の責任者が確かめる。

    Begin, item after item at a set pace.  Above the municipality's size a chief who did not draft
    it confirms.  No body is needed.
    """
    return await _say(counter, bulk_id, once, BulkEvent.CONFIRMED)


@router.post(
    "/{bulk_id}/discard",
    status_code=202,
    summary="下書きを破棄する",
    response_model=BulkReceipt,
    responses=_SAID,
)
async def discard(counter: ForBulk, bulk_id: BulkId, once: OnceOnly) -> JSONResponse:
    """下書きを破棄する。どの案件にも何も起きない。

    Discard a draft; nothing happens to any case.  No body is needed.
    """
    return await _say(counter, bulk_id, once, BulkEvent.DISCARDED)


@router.post(
    "/{bulk_id}/pause",
    status_code=202,
    summary="一時停止する",
    response_model=BulkReceipt,
    responses=_SAID,
    openapi_extra=body_of(BulkWords, 一時停止=("様子を見る", _WORDS)),
)
async def pause(counter: ForBulk, bulk_id: BulkId, words: Words, once: OnceOnly) -> JSONResponse:
    """次の件から止める。すでに判断した件は、その案件で進む。

    Hold before the next item; what was decided goes on in its own case.
    """
    return await _say(counter, bulk_id, once, BulkEvent.PAUSED, words.reason)


@router.post(
    "/{bulk_id}/resume",
    status_code=202,
    summary="再開する",
    response_model=BulkReceipt,
    responses=_SAID,
    openapi_extra=body_of(BulkWords, 再開=("続ける", _WORDS)),
)
async def resume(counter: ForBulk, bulk_id: BulkId, words: Words, once: OnceOnly) -> JSONResponse:
    """次の件から続ける。

    Go on with the next item.
    """
    return await _say(counter, bulk_id, once, BulkEvent.RESUMED, words.reason)


@router.post(
    "/{bulk_id}/stop",
    status_code=202,
    summary="中止する",
    response_model=BulkReceipt,
    responses=_SAID,
    openapi_extra=body_of(BulkWords, 中止=("残りを行わない", _WORDS)),
)
async def stop(counter: ForBulk, bulk_id: BulkId, words: Words, once: OnceOnly) -> JSONResponse:
    """残りの件を行わない。すでに判断した件は、その案件で進む。再開はできない。

    Leave the rest alone, for good; what was decided goes on in its own case.
    """
    return await _say(counter, bulk_id, once, BulkEvent.STOPPED, words.reason)


async def _say(
    counter: ForBulk, bulk_id: UUID, once: OnceOnly, event: BulkEvent, reason: str = ""
) -> JSONResponse:
    return await counter.once(once, lambda tx: bulk_desk.say(tx, counter, bulk_id, event, reason))
