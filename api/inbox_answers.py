"""The inbox as the API shows it; what a message says is shown only where it was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from register.inbox import InboxState


class Taken(BaseModel):
    """受け取ったことの控え。"""

    message_id: UUID


class InboxItem(BaseModel):
    """受信した電文一つ。内容は含まない。"""

    message_id: UUID
    system: str = Field(description="送ってきたシステム")
    message: str = Field(description="電文の種類（読めなければ空）", examples=["OS-02"])
    state: InboxState = Field(
        description="identifying: 本人特定中、attached: 案件に結び付いた、"
        "merged: 新しい内容がない、"
        "unclaimed: 待っている案件がない、settled: 職員が処理した"
    )
    flaw: str = Field(description="案件に結び付かない理由の符号")
    advice_ja: str = Field(description="どうすればよいか")
    advice_en: str
    case_number: str | None = Field(description="関係する案件")
    received_at: datetime
    erased: bool = Field(description="内容を消去したか")


class InboxPage(BaseModel):
    """受信箱。古いものから。"""

    messages: list[InboxItem]


class InboxDetail(InboxItem):
    """受信した電文とその内容。個人番号は含まない。"""

    contents: dict[str, Any] | None = Field(description="内容（読めない、又は消去したときは null）")
