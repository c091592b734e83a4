"""突合 and 差異 as the API shows them: kinds in words, people as opaque ids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from domain.cases import CaseState
from domain.differences import DifferenceKind, DifferenceState


class ComparisonProgress(BaseModel):
    """一つの相手との照合の進み。"""

    peer: str
    title: str
    compared: int
    total: int
    ja: str = Field(description="進み", examples=["1,200 / 5,000 人"])
    found: int = Field(description="差異の数")
    in_transition: int = Field(description="進行中の案件で説明がつき、差異としないものの数")
    over: bool


class KindCounted(BaseModel):
    """差異の種類ごとの数。"""

    kind: DifferenceKind
    ja: str
    times: int


class DifferenceAnswer(BaseModel):
    """差異一件。"""

    difference_id: UUID
    kind: DifferenceKind
    ja: str = Field(description="何が違うか")
    en: str
    peer: str
    title: str
    resident_id: UUID | None = Field(description="台帳の住民。台帳にいない人なら null")
    about: str = Field(description="台帳にいない人の、相手での番号（住民票コード又は宛名番号）")
    state: DifferenceState = Field(
        description="open: 判断待ち、repairing: 修正中、by_hand: 手作業で直した、gone: なくなった"
    )
    found_at: datetime
    gone_at: datetime | None
    repair: str | None = Field(description="提案する修正（機械で直せないときは null）")
    advice: str = Field(description="機械で直せないときにすること")
    repair_case: str | None = Field(description="修正の案件")


class DifferencePage(BaseModel):
    """差異の一覧の一頁。古いものから。"""

    differences: list[DifferenceAnswer]
    next_cursor: str | None


class ReconciliationAnswer(BaseModel):
    """突合の経過と結果。"""

    case_number: str
    state: CaseState
    accepted_at: datetime
    ended_at: datetime | None
    progress: list[ComparisonProgress]
    counts: list[KindCounted]
    found: int
    in_transition: int
    differences: list[DifferenceAnswer]
    next_cursor: str | None


class RepairReceipt(BaseModel):
    """差異についての判断の控え。"""

    difference_id: UUID
    state: DifferenceState
    case_number: str | None = Field(description="修正の案件（手作業で直したなら null）")
