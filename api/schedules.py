"""予定: what this office does by itself, when it did so last, with what result, and when next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.counter import ForCases
from api.problems import problems
from domain.cases import CaseState, Procedure
from domain.schedules import next_run
from register import case_lists, clock, municipalities, reconciliations, serials
from register.case_lists import Wanted

if TYPE_CHECKING:
    from datetime import time

    from register.case_views import CaseFile
    from register.transactions import Tx

router = APIRouter(prefix="/v1/schedules", tags=["予定"])

_STATES = {
    CaseState.OPEN: "進行中",
    CaseState.COMPLETED: "完了",
    CaseState.WITHDRAWN: "取下げ",
    CaseState.EXPIRED: "期限切れ",
}


class LastRun(BaseModel):
    """いちばん新しい一件。"""

    case_number: str
    state: CaseState
    began_at: datetime
    ended_at: datetime | None
    result: str = Field(examples=["1,200人を照合し、差異は3件です。"])


class Schedule(BaseModel):
    """決まった時に始まる仕事一つ。"""

    procedure: str = Field(examples=["突合"])
    when: str = Field(examples=["毎日 02:00"])
    last: LastRun | None
    next_at: datetime | None = Field(description="次に始まる時刻。決まっていなければ null")


@router.get("", summary="予定を見る", responses=problems())
async def show(counter: ForCases) -> list[Schedule]:
    """決まった時に始まる仕事と、その前回の結果と、次の時刻を返す。

    What is begun by the calendar or by stock, with its last result and its next time.
    """
    async with counter.open() as tx:
        return await seen(tx)


async def seen(tx: Tx) -> list[Schedule]:
    """Everything this municipality does by itself."""
    town = await municipalities.load(tx)
    settled = town.parameters
    low = f"未使用の住民票コードが {town.low_water:,} 件を下回ったとき"
    return [
        await _daily(tx, Procedure.RECONCILIATION, settled.reconcile_at),
        await _daily(tx, Procedure.SERIAL_BATCH, settled.serials_at),
        await _schedule(tx, Procedure.CODE_TOP_UP, low, None),
    ]


async def _daily(tx: Tx, procedure: Procedure, at: time | None) -> Schedule:
    when = f"毎日 {at:%H:%M}" if at else "自動では始めない"
    return await _schedule(tx, procedure, when, at)


async def _schedule(tx: Tx, procedure: Procedure, when: str, at: time | None) -> Schedule:
    found = await case_lists.page(tx, Wanted(procedure=procedure), None, 1)
    last = found[0] if found else None
    began = last.accepted_at if last else None
    going = last is not None and last.state is CaseState.OPEN
    due = None if at is None or going else next_run(at, await clock.now(tx), began)
    return Schedule(
        procedure=procedure, when=when, last=await _last(tx, last) if last else None, next_at=due
    )


async def _last(tx: Tx, file: CaseFile) -> LastRun:
    return LastRun(
        case_number=file.case_number,
        state=file.state,
        began_at=file.accepted_at,
        ended_at=file.ended_at,
        result=await _result(tx, file),
    )


async def _result(tx: Tx, file: CaseFile) -> str:
    if file.procedure == Procedure.RECONCILIATION:
        progress = await reconciliations.progress(tx, file.case_id)
        compared, found = sum(one.compared for one in progress), sum(one.found for one in progress)
        return f"延べ {compared:,} 人を照合し、差異は {found:,} 件です。"
    if file.procedure == Procedure.SERIAL_BATCH:
        counts = await serials.counts(tx, file.case_id)
        return (
            f"紐付け {counts.linked:,} 件、失効 {counts.revoked:,} 件、"
            f"台帳に人がいないもの {counts.unmatched:,} 件です。"
        )
    return f"{_STATES[file.state]}です。"
