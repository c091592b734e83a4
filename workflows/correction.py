"""職権修正: what stands in the 住民票 is put right ex officio (住民基本台帳法施行令12条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from activities.juki_net import JukiNet
    from domain.cases import CaseRef, Procedure
    from workflows.change import followed_by_everybody
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.CORRECTION)
class Correction(Conduct):
    """Enters a 職権修正, 軽微な修正, 誤記修正 or 職権消除, and tells everyone."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 職権修正."""
        await self.perform(Changes.enter, undo=Changes.take_back)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        await followed_by_everybody(self)
