"""住民票コード補充: codes are fetched ahead of need (住民基本台帳法施行規則14条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.code_pool import CodePool
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.CODE_TOP_UP)
class CodeTopUp(Conduct):
    """Brings the stock of one municipality up to its target; one at a time."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a top-up."""
        # No undo: codes allotted to us stay ours, and wait in stock.
        await self.perform(CodePool.order_codes)
