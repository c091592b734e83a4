"""証明書シリアル一括取得: what became of our residents' certificates of late (CS-14)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.serials import Serials
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.SERIAL_BATCH)
class SerialBatch(Conduct):
    """Takes in what was issued, renewed and revoked; one at a time per municipality."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for the day's certificates."""
        # No undo: what has changed at J-LIS stays changed.
        await self.perform(Serials.take_changes)
