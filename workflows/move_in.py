"""転入: with a paper 転出証明書, from abroad, or after a 未届 (住民基本台帳法22条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseRef, Procedure
    from workflows.arrival import arrival
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.MOVE_IN)
class MoveIn(Conduct):
    """Enters people whose 転入届 was accepted at the counter, and tells everyone."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 転入."""
        await arrival(self)
