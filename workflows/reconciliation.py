"""突合: what others hold of our people, compared with the register (標準仕様書 7.1.1.2)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.reconciliations import Reconciliations
    from activities.serials import Serials
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.RECONCILIATION)
class Reconciliation(Conduct):
    """Goes through everybody, and lists every difference no open case explains."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 突合; nothing is undone, because nothing is changed."""
        # No undo: these look, and list.  統合宛名 first: it is open when 住基ネット is not.
        await self.perform(Reconciliations.compare_addressees)
        # No undo: what has changed at J-LIS stays changed; only what is left after it differs.
        await self.perform(Serials.take_changes)
        await self.perform(Reconciliations.compare_juki_net)
        await self.perform(Reconciliations.conclude)
