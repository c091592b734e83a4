"""異動取消: a finished case is taken back by appending, never by deleting (標準仕様書 4.6)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.cancellations import Cancellations
    from activities.changes import Changes
    from activities.juki_net import JukiNet
    from domain.cases import CaseRef, Procedure
    from workflows.change import followed_by_everybody
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.CANCELLATION)
class Cancellation(Conduct):
    """Takes back what another case changed, and tells everyone whom that case had told."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for an 異動の取消し."""
        await self.perform(Changes.enter, undo=Changes.take_back)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        # No undo: whether they live there after all, a new 転入 tells.
        await self.perform(Cancellations.withdraw_notice)
        await followed_by_everybody(self)
