"""Cases that are stuck, as the API and the console show them; no personal data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from domain.stuck import WORDS, Stuck

if TYPE_CHECKING:
    from register.stuck_views import StuckCase


class StuckAnswer(BaseModel):
    """見張りが見つけた、止まっている理由と、運用担当がすること。"""

    kind: Stuck = Field(description="運用手引き10章の符号")
    ja: str = Field(examples=["Temporal にこの案件の実行がありません。"])
    en: str
    do_ja: str = Field(description="運用担当がすること")
    do_en: str
    since: datetime
    found_at: datetime = Field(description="見張りが見つけた時刻")
    failed_attempts: int = Field(description="TASK_FAILING で、失敗した回数")
    build: str = Field(description="TASK_FAILING で、失敗した worker の版")
    cause: str = Field(description="TASK_FAILING で、Temporal が言う失敗の分類")


class StuckCaseAnswer(StuckAnswer):
    """止まっている案件の一行。"""

    case_number: str = Field(examples=["131016-R8-000123"])
    procedure: str


class StuckPage(BaseModel):
    """止まっている案件の一頁。長く止まっているものから。"""

    cases: list[StuckCaseAnswer]
    looked_at: datetime | None = Field(description="見張りの最後の見回り（まだなければ null）")
    late: bool = Field(description="見回りが5分より古いか。古ければ、この一覧は信じられない")
    next_cursor: str | None


def stuck(one: StuckCase) -> StuckAnswer:
    """Why a case is stuck."""
    words = WORDS[one.kind]
    return StuckAnswer(
        kind=one.kind,
        ja=words.means.ja,
        en=words.means.en,
        do_ja=words.do.ja,
        do_en=words.do.en,
        since=one.since,
        found_at=one.found_at,
        failed_attempts=one.attempts,
        build=one.build,
        cause=one.cause,
    )


def stuck_case(one: StuckCase) -> StuckCaseAnswer:
    """The same, for a list."""
    return StuckCaseAnswer(case_number=one.case_number, procedure=one.procedure, **dict(stuck(one)))
