"""People of one town who change something about themselves, through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.cases import CaseRef, Procedure
from runtime.settings import TokenRole
from tests.moving import Family

if TYPE_CHECKING:
    from datetime import date

    from tests.frontier import Frontier
    from tests.house import Case, Town

NEW_HOME = {"postal_code": "1020073", "line": "東京都千代田区九段北一丁目2番3号", "building": ""}


@dataclass
class Locals:
    """A town whose people stay, and its counter."""

    frontier: Frontier
    town: Town

    async def family(self, household: int = 0) -> Family:
        """A family of the town."""
        return await Family.of(self.town, household)

    async def today(self) -> date:
        """The day it is."""
        return await self.frontier.today()

    async def post(
        self, path: str, said: dict[str, Any], role: TokenRole | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Hand something in at the counter; the API's answer."""
        who = {} if role is None else {"role": role}
        return await self.frontier.post(self.town, path, said, **who)

    async def accepted(self, procedure: Procedure, path: str, said: dict[str, Any]) -> Case:
        """Hand something in that is accepted; its case."""
        status, answer = await self.post(path, said)
        assert status == 202, answer
        return await self.case(procedure, answer["case_number"])

    async def case(self, procedure: Procedure, number: str) -> Case:
        """A case by its number."""
        async with self.town.transaction() as tx:
            row = await tx.fetchrow(
                "SELECT municipality, case_id, case_number FROM case_file WHERE case_number = $1",
                number,
            )
        return self.town.case(CaseRef.model_validate(dict(row)), procedure)

    async def show(self, case: Case) -> dict[str, Any]:
        """The case as the API shows it."""
        return await self.frontier.get(self.town, f"/v1/cases/{case.ref.case_number}")

    async def move(self, family: Family, *who: int, **said: Any) -> Case:
        """A 転居 of some of them (everybody unless named) to a place of their own, today."""
        people = [str(family.people[one]) for one in who or range(len(family.people))]
        usual = {
            "household_id": str(family.household_id),
            "residents": people,
            "moved_on": (await self.today()).isoformat(),
            "address": NEW_HOME,
        }
        form = {name: part for name, part in (usual | said).items() if part is not None}
        return await self.accepted(Procedure.ADDRESS_CHANGE, "/v1/address-changes", form)

    async def approve(self, case: Case, verdict: str = "approved", **said: Any) -> tuple[int, Any]:
        """What a second person says of a case."""
        who = said.pop("role", TokenRole.EXAMINER)
        return await self.post(
            f"/v1/cases/{case.ref.case_number}/approvals",
            {"verdict": verdict, "version": 0} | said,
            who,
        )
