"""Births to report and incidents to decide, as tests of the API need them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import StepRef, Verb
from domain.dates import jst_day
from domain.telegrams import Peer
from register import case_views, clock, incidents
from register.incidents import Trouble

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.counter import Answer, Client
    from tests.towns import Town

ANNOUNCE = "本人確認情報を送信する"
NUMBER = "個人番号を要求して登録する"
EVERY_VERB = tuple(Verb)


@dataclass
class Desk:
    """A town's desk."""

    town: Town
    client: Client
    households: list[UUID]
    today: date

    @classmethod
    async def of(cls, town: Town, client: Client) -> Desk:
        """The desk of a town that has households."""
        async with town.open() as tx:
            rows = await tx.fetch("SELECT household_id FROM household ORDER BY household_number")
            today = jst_day(await clock.now(tx))
        return cls(town, client, [row["household_id"] for row in rows], today)

    def birth(self, *, days_ago: int = 3, household: int = 0, **child: Any) -> dict[str, Any]:
        """A 届出 without flaws; ``child`` replaces fields of the child."""
        usual = {
            "name": "髙橋　遥",
            "name_kana": "タカハシ　ハルカ",
            "sex": "女",
            "born_on": (self.today - timedelta(days=days_ago)).isoformat(),
        }
        return {"household_id": str(self.households[household]), "child": usual | child}

    async def crowd(self) -> None:
        """Have ten connections stand open, so that what comes next meets at one instant."""
        await asyncio.gather(*(self.client.get("/v1/cases") for _ in range(30)))

    async def report(self, **birth: Any) -> str:
        """Report a birth; the number of its case."""
        answer = await self.client.post("/v1/births", self.birth(**birth))
        assert answer.status == 202, answer.text
        return answer.json["case_number"]

    async def park(
        self,
        case_number: str,
        *,
        step: str = ANNOUNCE,
        verbs: tuple[Verb, ...] = EVERY_VERB,
        code: str = "ADDRESS_MISMATCH",
    ) -> UUID:
        """Have a step of the case refused; the incident."""
        async with self.town.open() as tx:
            ref = await self.ref(case_number)
            return await incidents.park(tx, ref, step, Trouble("refused", code, Peer.JLIS), verbs)

    async def ref(self, case_number: str) -> StepRef:
        """The first person of a case."""
        async with self.town.open() as tx:
            file = await case_views.find(tx, case_number)
        assert file is not None
        return StepRef(municipality=self.town.code, case_id=file.case_id, subject=1)

    async def decide(
        self, case_number: str, verb: str, incident: UUID | None = None, **said: Any
    ) -> Answer:
        """Decide, with a reason unless told otherwise."""
        body: dict[str, Any] = {"verb": verb, "reason": "届書で確認した。"} | said
        if incident is not None:
            body["incident_id"] = str(incident)
        return await self.client.post(f"/v1/cases/{case_number}/decisions", body)
