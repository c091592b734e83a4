"""転居: people move inside the municipality (住民基本台帳法23条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from activities.juki_net import JukiNet
    from activities.visits import Visits
    from domain.cases import CaseRef, Procedure
    from workflows.change import followed_by_everybody
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.ADDRESS_CHANGE)
class AddressChange(Conduct):
    """Waits for whoever announced a 転居, enters it, and tells everyone who must know."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 転居; unless somebody announced it, nobody is waited for."""
        since = "転居予約"
        await self.perform(Visits.prepare, undo=Visits.call_off, since=since)
        # No undo: waiting has changed nothing yet.
        await self.perform(Visits.await_visit, since=since)
        await self.perform(Changes.enter, undo=Changes.take_back)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        await followed_by_everybody(self)
        # No undo: the undo of the first line tells the citizen as well.
        await self.perform(Visits.report_back, though_over=True, since=since)
