"""A procedure for tests: three children in one 届出, whose steps are those of a birth.

It shows that whatever is kept per person – ids, lanes, incidents, by-hand marks, reservations –
never becomes something per case.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseRef  # noqa: TC001 - the engine reads annotations
    from workflows.birth import Birth
    from workflows.conduct import Conduct

TRIPLETS = "三つ子の出生付番（試験）"
NAMES = ("田中　一葉", "田中　二葉", "田中　三葉")


@workflow.defn(name=TRIPLETS)
class Triplets(Conduct):
    """Enters three newborns and tells everyone who must know."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """As for one child; each line is done for each of them."""
        await Birth.story(self)  # pyright: ignore[reportArgumentType]
