"""一括処理 as the API shows it: the dry run, how far it has come, and what became of each item.

No personal data: cases by their numbers, incidents by code and step.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from domain.bulk import BulkEvent, BulkState, ItemState, Wanted
from domain.cases import Verb


class LeftOut(BaseModel):
    """対象外とした件の、理由ごとの数。"""

    code: str
    ja: str
    en: str
    times: int


class DryRun(BaseModel):
    """試算: 凍結した一覧のうち、何件を行い、何件をなぜ行わないか。"""

    eligible: int = Field(description="行う件数")
    left_out: list[LeftOut]
    sample: list[str] = Field(description="行う件の案件番号の例")


class BulkReceipt(BaseModel):
    """一括処理について受け付けたことの控え。"""

    bulk_id: UUID
    state: BulkState
    case_number: str | None = Field(description="始めた案件（始める前は null）")


class BulkSummary(BaseModel):
    """一括処理の一行。"""

    bulk_id: UUID
    state: BulkState = Field(
        description="draft: 下書き、discarded: 破棄、running: 実行中、paused: 一時停止中、"
        "stopped: 中止、over: 終了"
    )
    state_ja: str
    verb: Verb
    wanted: Wanted = Field(description="どの対応待ちを集めたか（空は絞り込まない）")
    reason: str
    author: str
    role: str
    drafted_at: datetime
    size: int = Field(description="行う件数")
    wants_another: bool = Field(description="作った人とは別の責任者の確認が要るか")
    case_number: str | None


class BulkPage(BaseModel):
    """一括処理の一覧の一頁。新しいものから。"""

    bulk_repairs: list[BulkSummary]
    next_cursor: str | None


class BulkProgress(BaseModel):
    """進み。"""

    total: int
    known: int = Field(description="結果が出た件数")
    ja: str = Field(examples=["1,200 / 5,000 件"])
    counts: dict[ItemState, int] = Field(
        description="waiting: これから、decided: 判断の結果待ち、worked: うまくいった、"
        "failed_again: 再び失敗、superseded: ほかで済んだ、refused: できなかった、"
        "stopped: 中止により行わない"
    )


class BulkSaid(BaseModel):
    """職員が一括処理について決めたこと。"""

    event: BulkEvent
    ja: str
    author: str
    role: str
    reason: str
    at: datetime


class BulkItemAnswer(BaseModel):
    """一件。"""

    item: int
    incident_id: UUID
    case_number: str
    procedure: str
    step: str
    subject: int
    code: str = Field(description="対応待ちの符号")
    peer: str | None
    state: ItemState
    state_ja: str
    told: str = Field(description="行わなかった理由の符号。なければ空")
    told_ja: str
    again: str | None = Field(description="再び失敗して開いた対応待ちの符号")
    decision_id: UUID | None
    at: datetime | None


class BulkAnswer(BulkSummary):
    """一括処理の全体と、件の一頁。"""

    dry_run: DryRun
    progress: BulkProgress
    said: list[BulkSaid]
    items: list[BulkItemAnswer]
    next_cursor: int | None
