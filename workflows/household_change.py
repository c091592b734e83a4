"""世帯変更: households split, merge, or get another head (住民基本台帳法25条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from domain.cases import CaseRef, Procedure
    from workflows.change import followed_by_everybody
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.HOUSEHOLD_CHANGE)
class HouseholdChange(Conduct):
    """Enters a 世帯変更; 世帯 and 続柄 are no 本人確認情報, so 住基ネット is not told."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 世帯変更."""
        await self.perform(Changes.enter, undo=Changes.take_back)
        await followed_by_everybody(self)
