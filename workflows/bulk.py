"""一括処理: one decision of staff for many incidents, taken to each of their cases in turn."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.bulk_repairs import BulkRepairs
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.BULK)
class Bulk(Conduct):
    """Works off a list that was frozen and confirmed; may be paused, resumed and stopped."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 一括処理."""
        # No undo: decisions that were made stand, and each of those cases has its own 取下げ.
        await self.perform(BulkRepairs.decide)
        # No undo: it only looks.
        await self.perform(BulkRepairs.see_through)
