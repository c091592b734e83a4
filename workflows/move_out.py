"""転出受理: people leave for another municipality or abroad (住民基本台帳法24条, 24条の2)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.certificates import Certificates
    from activities.departures import Departures
    from activities.juki_net import JukiNet
    from activities.portal import Portal
    from activities.residents import Residents
    from activities.unified_addressee import UnifiedAddressee
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct, line


@workflow.defn(name=Procedure.MOVE_OUT)
class MoveOut(Conduct):
    """Enters a 転出 ahead, waits for its day and for the 転入通知, and tells everyone."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 転出."""
        await self.perform(Departures.enter_departure, undo=Departures.cancel_departure)
        await self.perform(Certificates.send_certificate, undo=Certificates.void_certificate)
        # No undo: what is void stays void; the newest is voided by the undo above.
        await self.perform(Certificates.void_outdated)
        await self.perform(Portal.report_done, undo=Portal.report_withdrawn)
        await self.apart(
            # No undo of the waits, nor of what the 転入地 told: 異動の取消し takes every row back.
            line(Departures.await_departure),
            line(Departures.pass_on_headship, undo=Departures.give_headship_back),
            line(
                UnifiedAddressee.follow_succession,
                undo=UnifiedAddressee.follow_succession_back,
                since="残る世帯員の副本",
            ),
            line(JukiNet.announce, undo=JukiNet.withdraw_announcement),
            line(Departures.await_notice),
            line(Departures.confirm_destination),
            # No undo: after a 転入通知 nothing is withdrawn; a newer one corrects what was said.
            line(Certificates.report_confirmed),
            line(UnifiedAddressee.close_leaver, undo=UnifiedAddressee.reopen_leaver),
            line(UnifiedAddressee.delete_leavers_copy, undo=UnifiedAddressee.restore_leavers_copy),
            line(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal),
        )
