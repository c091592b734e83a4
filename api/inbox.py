"""受信箱: what other systems send us, and what staff do about messages nobody waits for."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api import bodies, inbox_desk
from api.arriving import Push
from api.bodies import Form, body_of, form
from api.counter import ForDeciding, ForTheInbox, OnceOnly
from api.forms import CaseNumber, CodeAsRead, Remark
from api.inbox_answers import InboxDetail, InboxItem, InboxPage, Taken
from api.problem_types import ProblemType
from api.problems import ONCE, WITH_BODY, problems

router = APIRouter(prefix="/v1/inbox", tags=["受信箱"])
MessageIdInPath = Annotated[UUID, Path(description="電文の識別子")]


class InboxDecision(Form):
    """受信した電文についての職員の判断。"""

    verb: Literal["match", "take_again", "settle"] = Field(
        description="match: 本人を特定して案件に結び付ける、"
        "take_again: 転入通知を、いま届いたものとしてもう一度受け取る、settle: 処理済みとする"
    )
    code: CodeAsRead | None = Field(
        default=None, description="match のとき、特定した本人の住民票コード（氏名だけで特定しない）"
    )
    reason: Remark = Field(default="", description="判断の理由（必ず書く）")
    evidence: Remark = Field(default="", description="本人を特定した根拠（match のとき必ず書く）")


_EXAMPLES = {
    "特定": (
        "電話で本人を確認した",
        {
            "verb": "match",
            "code": "12345678903",
            "reason": "シリアル番号が住基ネットで分からないため。",
            "evidence": "転出証明書の写しと生年月日・住所を照合した（受付簿 令8-0042）。",
        },
    ),
    "再受領": (
        "職権による転出の後で転入通知を生かす",
        {"verb": "take_again", "reason": "転入地に照会し、職権による転出を受け付けた。"},
    ),
    "処理済み": ("転出地に連絡した", {"verb": "settle", "reason": "転出地へ電話で連絡した。"}),
}


@router.post(
    "/{system}",
    status_code=202,
    summary="電文を受け取る",
    response_model=Taken,
    responses=problems(
        *WITH_BODY,
        ProblemType.NOT_FOUND,
        ProblemType.NOT_GENUINE,
        ProblemType.WRONG_RECEIVER,
    ),
)
async def receive(
    request: Request,
    system: Annotated[str, Path(max_length=40, examples=["jlis", "mynaportal"])],
    municipality: Annotated[str, Header(alias="Municipality", pattern="^[0-9]{6}$")],
    message_id: Annotated[UUID, Header(alias="Message-Id")],
    signature: Annotated[
        str, Header(alias="Signature", description="HMAC-SHA256（16進）", max_length=200)
    ],
) -> Taken:
    """署名を確かめ、保存してから受領を返す。同じ電文は何度届いても一度と同じ。

    Verified, stored, then acknowledged; however often and in whatever order messages come.  What
    nobody can read or waits for is kept for staff, and acknowledged as well.
    """
    inbox_desk.check_system(request, system)
    sent_as = request.headers["Message-Id"]
    push = Push(sent_as, municipality, await bodies.read(request))
    inbox_desk.check_signature(request, system, push, signature)
    await inbox_desk.take(request.state.office, system, message_id, push)
    return Taken(message_id=message_id)


@router.get("", summary="受信箱を見る", responses=problems(ProblemType.UNKNOWN_CASE))
async def show(
    counter: ForTheInbox,
    case_number: Annotated[
        CaseNumber | None, Query(description="書けば、その案件の電文。書かなければ判断を待つ電文")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> InboxPage:
    """本人特定中の電文と、待っている案件のない電文を、古いものから返す。

    Messages whose person is being identified and those nobody waits for; or those of one case.
    """
    async with counter.open() as tx:
        return await inbox_desk.page(tx, counter.acting.municipality, case_number, limit)


@router.get(
    "/{message_id}", summary="電文の内容を見る", responses=problems(ProblemType.UNKNOWN_MESSAGE)
)
async def look(counter: ForTheInbox, message_id: MessageIdInPath) -> InboxDetail:
    """電文の内容を返し、見たことを記録する。個人番号は返さない。

    What a message says, on record; never a 個人番号.
    """
    async with counter.open() as tx:
        return await inbox_desk.look(tx, counter, message_id)


@router.post(
    "/{message_id}/decisions",
    status_code=202,
    summary="電文について判断する",
    response_model=InboxItem,
    responses=problems(
        *ONCE,
        ProblemType.UNKNOWN_MESSAGE,
        ProblemType.MESSAGE_PLACED,
        ProblemType.MESSAGE_ERASED,
        ProblemType.MISSING_REASON,
        ProblemType.MISSING_EVIDENCE,
    ),
    openapi_extra=body_of(InboxDecision, **_EXAMPLES),
)
async def decide(
    counter: ForDeciding,
    message_id: MessageIdInPath,
    decision: Annotated[InboxDecision, Depends(form(InboxDecision))],
    once: OnceOnly,
) -> JSONResponse:
    """本人を特定して案件に結び付けるか、転入通知をもう一度受け取るか、処理済みとする。

    Say whose an application is, so that it joins its case; have a 転入通知 looked at once more; or
    say that a message is dealt with.
    """
    inbox_desk.check_form(decision)
    return await counter.once(once, lambda tx: inbox_desk.decide(tx, counter, message_id, decision))
