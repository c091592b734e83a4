"""職権記載: somebody lives here whom no 届出 has told of (住民基本台帳法8条, 施行令12条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseRef, Procedure
    from workflows.arrival import arrival
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.ENTRY)
class Entry(Conduct):
    """Enters people ex officio, and tells everyone, as after a 転入."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 職権記載."""
        await arrival(self)
