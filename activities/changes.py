"""本登録 of a change in our own register, whichever the procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.residents import STOCK_PATIENCE
from activities.step import following_amendments, step, undo
from domain.cases import Progress, StepRef, WaitKind
from register import changing

if TYPE_CHECKING:
    from activities.desk import Desk


class Changes:
    """The register, as a case changes people who live here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @step("本登録する", whole_case=True, enters=True)
    async def enter(self, ref: StepRef) -> Progress:
        """Enter what the 届出 makes of everybody it concerns, in one transaction.

        Waits while a code is wanted and the pool empty.  Raises `Refused` RESIDENT_CHANGED, and
        whatever the 届出 is refused for by then.
        """
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            if not await changing.enter(work.tx, ref, following_amendments()):
                return await work.waits(WaitKind.CODE_STOCK, STOCK_PATIENCE)
            return await work.done()

    @undo(enter, "本登録を取り消す")
    async def take_back(self, ref: StepRef) -> Progress:
        """異動の取消し: what this case changed, and nothing else, by counter-rows."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await changing.take_back(work.tx, ref)
            return await work.done()
