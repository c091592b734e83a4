"""一日の完全性 over HTTP: what the office signs off at the end of a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.counter import ForCases
from api.forms import Day
from api.problems import problems
from domain.cases import CaseState
from domain.dates import jst_day
from register import clock, completeness

if TYPE_CHECKING:
    from register.completeness import Newcomer
    from register.transactions import Tx

router = APIRouter(prefix="/v1/completeness", tags=["突合"])


class Lacking(BaseModel):
    """そろっていない人。"""

    case_number: str
    procedure: str
    state: CaseState
    subject: int
    resident_id: UUID
    missing: list[str] = Field(description="まだないもの", examples=[["個人番号がまだない"]])


class Statement(BaseModel):
    """一日の確認書。"""

    day: date
    ja: str = Field(examples=["令和8年12月1日分は5人です。全員そろっています。"])
    people: int = Field(description="その日に受け付けた、又は記載した出生・転入の人数")
    complete: int = Field(description="個人番号、宛名、中間サーバーの確認がすべてそろった人数")
    exceptions: list[Lacking]


@router.get("", summary="一日分がそろっているかを見る", responses=problems())
async def show(
    counter: ForCases,
    day: Annotated[Day | None, Query(description="日。書かなければ今日")] = None,
) -> Statement:
    """その日に受け付けた、又は記載した出生と転入の全員について、個人番号、宛名、中間サーバーの確認を示す。

    Everybody born or moved in on a day: number, 宛名 and 中間サーバー; and who lacks one.
    """
    async with counter.open() as tx:
        return await statement(tx, day)


async def statement(tx: Tx, day: date | None) -> Statement:
    """The statement of a day, or of today."""
    wanted = day or jst_day(await clock.now(tx))
    people = await completeness.of_day(tx, wanted)
    lacking = [_lacking(one) for one in people if not one.complete]
    return Statement(
        day=wanted,
        ja=_sentence(wanted, len(people), len(lacking)),
        people=len(people),
        complete=len(people) - len(lacking),
        exceptions=lacking,
    )


def _lacking(one: Newcomer) -> Lacking:
    there = {
        "住民票の記載がまだない": one.entered,
        "個人番号がまだない": one.number,
        "宛名がまだない": one.addressee,
        "中間サーバーへの通知をまだ確認していない": one.notified,
    }
    return Lacking(
        case_number=one.case_number,
        procedure=one.procedure,
        state=one.state,
        subject=one.subject,
        resident_id=one.resident_id,
        missing=[words for words, is_there in there.items() if not is_there],
    )


def _sentence(day: date, people: int, lacking: int) -> str:
    said = f"{day.year}年{day.month}月{day.day}日分は{people:,}人です。"
    if not people:
        return f"{day.year}年{day.month}月{day.day}日に受け付けた出生と転入はありません。"
    return said + (f"{lacking:,}人がそろっていません。" if lacking else "全員そろっています。")
