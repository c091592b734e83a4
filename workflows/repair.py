"""差異修正: one difference put right as staff decided: what the register says, said again."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.repairs import Repairs
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.REPAIR)
class Repair(Conduct):
    """Does the one of these that was decided; the others pass at once."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 差異修正."""
        # No undo: the register's present state is what everybody should hold.
        await self.perform(Repairs.announce_anew)
        await self.perform(Repairs.ask_number)
        await self.perform(Repairs.register_addressee)
        await self.perform(Repairs.close_addressee)
        await self.perform(Repairs.register_copy)
        await self.perform(Repairs.delete_copy)
        await self.perform(Repairs.obtain_code)
        await self.perform(Repairs.link_serials)
