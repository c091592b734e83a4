"""Which cases a list is asked for."""

from __future__ import annotations

from pydantic import Field

from api.bodies import Form
from api.forms import Day, Reference
from domain.cases import CaseState, Procedure
from register.case_lists import Wanted


class CaseFilters(Form):
    """絞込みの条件。書いたものすべてを満たす案件を返す。"""

    state: CaseState | None = Field(default=None, description="案件の状態")
    procedure: Procedure | None = Field(default=None, description="手続")
    reference: Reference | None = Field(default=None, description="呼び出す側の参照番号（一致）")
    waiting_for_staff: bool = Field(default=False, description="職員の判断を待つものだけ")
    overdue: bool = Field(default=False, description="転入通知未着（未着照会の対象）だけ")
    accepted_from: Day | None = Field(default=None, description="受付日がこの日以後")
    accepted_to: Day | None = Field(default=None, description="受付日がこの日以前")
    cursor: str | None = Field(default=None, max_length=200, description="前の頁の next_cursor")
    limit: int = Field(default=50, ge=1, le=200, description="件数")

    def wanted(self) -> Wanted:
        """The conditions as the register understands them."""
        return Wanted(**{field: getattr(self, field) for field in Wanted._fields})
