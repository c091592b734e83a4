"""死亡: a resident has died (戸籍法86条, 住民基本台帳法施行令8条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from activities.juki_net import JukiNet
    from domain.cases import CaseRef, Procedure
    from workflows.change import followed_by_everybody
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.DEATH)
class Death(Conduct):
    """Enters a death, lets an open 転出 give way to it, and tells everyone."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a death."""
        await self.perform(Changes.enter, undo=Changes.take_back)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        await followed_by_everybody(self)
