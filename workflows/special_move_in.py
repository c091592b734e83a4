"""特例転入: people whose 転出証明書情報 came ahead move in with a card (住民基本台帳法24条の2)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.arrivals import Arrivals
    from activities.visits import Visits
    from domain.cases import CaseRef, Procedure
    from workflows.arrival import arrival
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.SPECIAL_MOVE_IN)
class SpecialMoveIn(Conduct):
    """Expects people, receives them at the counter, enters them and tells everyone."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 特例転入."""
        await self.perform(Visits.prepare, undo=Visits.call_off)
        # No undo: waiting, fetching and comparing have changed nothing yet.
        await self.perform(Visits.await_visit)
        await self.perform(Arrivals.report_first)
        await self.perform(Arrivals.check)
        await arrival(self)
        # No undo: the undo of the first line tells the citizen as well.
        await self.perform(Visits.report_back, though_over=True)
