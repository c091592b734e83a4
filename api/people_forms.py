"""How people and households are looked for, and how a person's history is shown."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.forms import Day
from domain.residents import Address, Presence, Sex
from register.search import SearchCriteria


class SearchForm(SearchCriteria):
    """検索条件と、続きの位置。条件は URL に載せない。"""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    born_on: Day | None = Field(default=None, description="生年月日（西暦 YYYY-MM-DD）")
    cursor: UUID | None = Field(default=None, description="前の頁の next_cursor")

    @property
    def given(self) -> list[str]:
        """The names of the criteria that were given; a cursor is none."""
        return [field for field in SearchCriteria.model_fields if getattr(self, field)]


class EntryView(BaseModel):
    """住民票の記載事項。"""

    name: str
    name_kana: str
    former_name: str
    former_name_kana: str
    alias: str
    alias_kana: str
    sex: Sex
    born_on: str = Field(description="生年月日（和暦、又は不詳の表記）")
    household_id: UUID
    relationship: str
    address: Address
    domicile: str = Field(description="本籍")
    head_of_family_register: str = Field(description="筆頭者")
    resident_since: str | None = Field(description="住民となった年月日")
    address_since: str | None = Field(description="住所を定めた年月日")


class HistoryRowView(BaseModel):
    """履歴の一行。"""

    history_no: int = Field(description="履歴番号")
    case_id: UUID | None
    reason: str = Field(description="異動事由")
    effective_on: str = Field(description="異動日（和暦、又は不詳の表記）")
    processed_on: date = Field(description="処理日")
    notified_on: date | None = Field(description="届出日")
    presence: Presence
    code_masked: str = Field(description="住民票コード（下4桁のほかは伏せる）")
    entry: EntryView
    changed: list[str] = Field(description="この行で変わった項目")
    cancels: list[int] = Field(description="この行が取り消した履歴番号")


class PersonOnDayView(BaseModel):
    """ある日の記載。"""

    effective_on: date
    known_on: date
    presence: Presence
    code_masked: str
    entry: EntryView


class HistoryView(BaseModel):
    """履歴の全体と、求められた日の記載（その日に住民でなければ null）。"""

    resident_id: UUID
    since: date = Field(description="最も古い異動日（不詳のときは暦日に直した日）")
    rows: list[HistoryRowView]
    as_of: PersonOnDayView | None
