"""Staff: what stands still is looked at, as the runbook says, and tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.scenario.caller import Caller, Json

_ROUND = 2.0
_ENDED = "CERTIFICATE_REVOKED"
_AGAIN = "相手先の障害が終わったため。"
_WHOSE = {"reason": "申請の後に失効したため。", "evidence": "本人確認書類の写しと照合した。"}


@dataclass
class Staff:
    """The chiefs of both towns; ``serials`` tell whose certificate is whose, as papers would."""

    chiefs: tuple[Caller, ...]
    serials: Mapping[str, str]
    decided: int = 0

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            for chief in self.chiefs:
                for case in await chief.cases(waiting_for_staff="true"):
                    await self._look(chief, case["case_number"])
            await asyncio.sleep(_ROUND)

    async def _look(self, chief: Caller, number: str) -> None:
        case = await chief.case(number)
        for incident in case["incidents"]:
            if incident["state"] != "open":
                continue
            if incident["code"] == _ENDED:
                await self._say_whose(chief, number)
            else:
                await self._retry(chief, number, incident)

    async def _retry(self, chief: Caller, number: str, incident: Json) -> None:
        ruling = {"verb": "retry", "incident_id": incident["incident_id"], "reason": _AGAIN}
        await self._decide(chief, f"cases/{number}/decisions", ruling)

    async def _say_whose(self, chief: Caller, number: str) -> None:
        """Filed with a certificate that the move itself has ended by now."""
        listed = (await chief.get("chief", "inbox")).expect(HTTPStatus.OK)["messages"]
        for message in listed:
            if message["case_number"] == number:
                path = f"inbox/{message['message_id']}"
                shown = (await chief.get("chief", path)).expect(HTTPStatus.OK)
                code = self.serials[shown["contents"]["contents"]["serial"]]
                ruling = {"verb": "match", "code": code, **_WHOSE}
                await self._decide(chief, f"{path}/decisions", ruling)

    async def _decide(self, chief: Caller, path: str, ruling: Json) -> None:
        """Whoever was overtaken by the case itself looks at it again in the next round."""
        answer = await chief.post("chief", path, ruling)
        self.decided += answer.status == HTTPStatus.ACCEPTED
