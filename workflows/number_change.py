"""個人番号変更: another number for somebody whose number leaked, or was wrong (番号法7条2項)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.changes import Changes
    from activities.juki_net import JukiNet
    from activities.residents import Residents
    from activities.unified_addressee import UnifiedAddressee
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.NUMBER_CHANGE)
class NumberChange(Conduct):
    """Has another 個人番号 generated, or registers the right one, and tells everyone."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 個人番号の変更."""
        await self.perform(Changes.enter, undo=Changes.take_back)
        # No undo: a number once given up is nobody's for ever, so nothing is withdrawn after it.
        await self.perform(JukiNet.change_number)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        # No undo: a letter is not called back.
        await self.perform(JukiNet.send_mailing_address)
        await self.perform(UnifiedAddressee.follow_change, undo=UnifiedAddressee.follow_change_back)
        await self.perform(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal)
