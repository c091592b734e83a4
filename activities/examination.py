"""審査・決裁: where a case stands until a second person has approved what it is to enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.step import AWAIT_APPROVAL, step
from domain.cases import Progress, StepRef, WaitKind
from register import approvals

if TYPE_CHECKING:
    from activities.desk import Desk

# An approval wakes its case; this is only how long it would sleep by itself.
_PATIENCE = 30 * 86_400.0


class Examination:
    """The second person, as the steps of a case meet them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @step(AWAIT_APPROVAL, whole_case=True)
    async def await_approval(self, ref: StepRef) -> Progress:
        """Wait until the 届出 as it stands now is approved; returned, it waits on to be amended."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            said = await approvals.newest(work.tx, ref.municipality, ref.case_id)
            stands = said is not None and said.version == work.place.generation
            if said is not None and stands and said.event == "approved":
                return await work.done()
            return await work.waits(WaitKind.APPROVAL, _PATIENCE)
