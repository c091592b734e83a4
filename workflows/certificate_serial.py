"""証明書シリアル取得: whose certificate an application has, or which ones a person has."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.serials import Serials
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.CERTIFICATE_SERIAL)
class CertificateSerial(Conduct):
    """Finds the person of one application, or the certificates of one person."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for 本人特定 and 紐付け; what was not asked for passes at once."""
        await self.perform(Serials.identify, undo=Serials.leave_unclaimed)
        # No undo: it says what has happened.
        await self.perform(Serials.answer_merged)
        # Where nobody applied, and staff ask which certificates a resident has.
        await self.perform(Serials.link, undo=Serials.unlink)
