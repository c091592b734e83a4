"""符号取得: one person's 機関別符号, asked for by itself (番号法21条の2)."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.linkage import Linkage
    from domain.cases import CaseRef, Procedure
    from workflows.conduct import Conduct


@workflow.defn(name=Procedure.LINKAGE_CODE)
class LinkageCode(Conduct):
    """Has a person's 符号 made, and waits until 中間サーバー has it."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """The office's manual for a 符号取得."""
        # No undo: the 符号 belongs to the person, and lapses with the 住民票.
        await self.perform(Linkage.obtain_code)
