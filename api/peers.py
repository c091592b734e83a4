"""The peers over HTTP: how their gates stand, holding one, letting through again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from api import peer_desk
from api.bodies import body_of, form
from api.counter import ForCases, ForHolding, OnceOnly
from api.peer_desk import HoldForm, PeerAnswer, ReleaseForm
from api.problem_types import ProblemType
from api.problems import ONCE, problems
from domain.telegrams import Peer

router = APIRouter(prefix="/v1/peers", tags=["相手システム"])
PeerInPath = Annotated[Peer, Path(description="相手システム")]

_HOLD = {"reason": "J-LIS から停止の連絡があった。", "until": "2026-12-01T09:00:00+09:00"}
_RELEASE = {"reason": "J-LIS から復旧の連絡があった。"}


@router.get("", summary="相手システムの状態を見る", responses=problems())
async def show(counter: ForCases) -> list[PeerAnswer]:
    """相手ごとに、送信中、停止中、再開中、閉局中のどれか、何件が待つか、最近の応答を返す。

    Every peer: how its gate stands and why, how many cases wait behind it, how it has answered.
    """
    async with counter.open() as tx:
        return await peer_desk.seen(tx)


@router.post(
    "/{peer}/hold",
    summary="送信を止める",
    response_model=PeerAnswer,
    responses=problems(*ONCE, *peer_desk.PROBLEMS),
    openapi_extra=body_of(HoldForm, 停止=("止める", _HOLD)),
)
async def hold(
    counter: ForHolding,
    peer: PeerInPath,
    hold: Annotated[HoldForm, Depends(form(HoldForm))],
    once: OnceOnly,
) -> JSONResponse:
    """この相手への電文を止める。案件は失敗せずに待つ。すでに止めていれば、理由と期限を改める。

    Nothing leaves for this peer any more; cases wait.  A gate that is held is held anew.
    """
    return await counter.once(once, lambda tx: peer_desk.hold(tx, counter, peer, hold))


@router.post(
    "/{peer}/release",
    summary="送信を再開する",
    response_model=PeerAnswer,
    responses=problems(*ONCE, *peer_desk.PROBLEMS, ProblemType.GATE_NOT_HELD),
    openapi_extra=body_of(ReleaseForm, 再開=("再開する", _RELEASE)),
)
async def release(
    counter: ForHolding,
    peer: PeerInPath,
    release: Annotated[ReleaseForm, Depends(form(ReleaseForm))],
    once: OnceOnly,
) -> JSONResponse:
    """待っていた案件を、法定期限の近いものから、決めた速さで通す。相手がまだ応答しなければ再び止まる。

    Whoever waited is let through at the office's budget, the nearest legal deadline first.
    """
    return await counter.once(once, lambda tx: peer_desk.release(tx, counter, peer, release))
