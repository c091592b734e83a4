"""住民票コード変更: another code for somebody, the old one nobody's for ever (法30条の4)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from activities.juki_net import JukiNet
    from activities.residents import Residents
    from activities.serials import Serials
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.CODE_CHANGE)
class CodeChange(Conduct):
    """Gives a resident another code from the pool, and tells 住基ネット both."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 住民票コードの変更."""
        await self.perform(Changes.enter, undo=Changes.take_back)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        # No undo: whose certificates they are has not changed; they are asked for under the code.
        await self.perform(Serials.link_again)
        await self.perform(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal)
