"""転入通知受理: news of people who were 除票 here already (住民基本台帳法9条1項)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.certificates import Certificates
    from activities.departures import Departures
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.MOVE_IN_NOTICE)
class MoveInNotice(Conduct):
    """Records where people who left, or were struck ex officio, live now."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a late or renewed 転入通知."""
        await self.perform(Departures.record_destination, undo=Departures.forget_destination)
        # No undo: that the 転入通知 was received stays true.
        await self.perform(Certificates.report_confirmed)
