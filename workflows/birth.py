"""出生付番: a newborn is entered and numbered (戸籍法49条, 住民基本台帳法8条, 番号法7条)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.juki_net import JukiNet
    from activities.linkage import Linkage
    from activities.residents import Residents
    from activities.unified_addressee import UnifiedAddressee
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.BIRTH)
class Birth(Conduct):
    """Enters a newborn and tells everyone who must know."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a birth."""
        await self.perform(Residents.enter_newborn, undo=Residents.strike_newborn)
        # No undo: a number once generated stays bound to its code (番号法8条).
        await self.perform(JukiNet.request_number)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        # No undo: a letter is not called back; a later change of address corrects the next one.
        await self.perform(JukiNet.send_mailing_address)
        await self.perform(
            UnifiedAddressee.request_addressee, undo=UnifiedAddressee.close_addressee
        )
        # No undo: 統合宛名 sends that notice itself, and corrects it when the 宛名 is closed.
        await self.perform(UnifiedAddressee.confirm_notified)
        # No undo: the 符号 belongs to the person, and lapses with the 住民票.
        await self.perform(Linkage.obtain_code)
        await self.perform(UnifiedAddressee.register_copy, undo=UnifiedAddressee.delete_copy)
        await self.perform(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal)
