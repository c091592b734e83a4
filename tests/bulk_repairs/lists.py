"""The bulk repairs of a town, as staff draft them and say what is to become of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.numbers import MunicipalityCode
from register import bulk_items, bulk_repairs, municipalities
from runtime.settings import TokenRole
from tests.api.desk import ANNOUNCE

if TYPE_CHECKING:
    from register.transactions import Tx
    from tests.api.counter import Answer, Api, Client
    from tests.api.desk import Desk
    from tests.towns import Town

REASON = "直ったと連絡があった。"
WANTED = {"peer": "jlis", "incident_code": "ADDRESS_MISMATCH", "step": ANNOUNCE}


@dataclass
class Lists:
    """The bulk repairs of a town."""

    api: Api
    town: Town
    desk: Desk
    owner: Tx

    def client(self, role: TokenRole = TokenRole.CHIEF) -> Client:
        """Somebody of a role."""
        return self.api.client(self.town, role)

    async def parked(self, count: int, **how: Any) -> list[str]:
        """Cases that stand still at one step; their numbers, in the order of a list."""
        first = len((await self.desk.client.get("/v1/cases", limit="200")).json["cases"])
        days = range(first + 2, first + 2 + count)
        numbers = [await self.desk.report(days_ago=days_ago) for days_ago in reversed(days)]
        for number in numbers:
            await self.desk.park(number, **how)
        return numbers

    async def draft(
        self, role: TokenRole = TokenRole.CHIEF, reason: str = REASON, **wanted: Any
    ) -> Answer:
        """Draft a list of what is wanted, or of the usual cause."""
        body = {"wanted": wanted or WANTED, "reason": reason}
        return await self.client(role).post("/v1/bulk-repairs", body)

    async def drafted(self, **wanted: Any) -> str:
        """The id of a draft."""
        answer = await self.draft(**wanted)
        assert answer.status == 201, answer.text
        return answer.json["bulk_id"]

    async def say(
        self, bulk_id: str, what: str, role: TokenRole = TokenRole.CHIEF, reason: str = REASON
    ) -> Answer:
        """Say something of one."""
        body = {} if what in {"confirm", "discard"} else {"reason": reason}
        return await self.client(role).post(f"/v1/bulk-repairs/{bulk_id}/{what}", body)

    async def show(self, bulk_id: str, **params: str) -> dict[str, Any]:
        """One, as whoever may see it."""
        answer = await self.client().get(f"/v1/bulk-repairs/{bulk_id}", **params)
        assert answer.status == 200, answer.text
        return answer.json

    async def decide_next(self, bulk_id: str) -> None:
        """What the worker does with the item whose turn it is."""
        async with self.town.open() as tx:
            bulk = await bulk_repairs.find(tx, UUID(bulk_id))
            turn = await bulk_items.next_turn(tx, self.town.code, UUID(bulk_id))
            confirmed = await bulk_repairs.confirmed(tx, UUID(bulk_id))
            assert bulk is not None
            assert turn is not None
            assert confirmed is not None
            await bulk_items.decide(tx, self.town.code, bulk, turn, confirmed)

    async def states(self, bulk_id: str) -> dict[str, str]:
        """Case number to what has become of it."""
        shown = await self.show(bulk_id)
        return {one["case_number"]: one["state"] for one in shown["items"]}

    async def incident(self, number: str) -> UUID:
        """What a case stands still at."""
        ref = await self.desk.ref(number)
        async with self.town.open() as tx:
            return await tx.fetchval(
                "SELECT incident_id FROM incident WHERE case_id = $1 AND state = 'open'",
                ref.case_id,
            )

    async def works(self, number: str) -> None:
        """The step a case stands still at works, as after a decision, or a late telegram."""
        ref = await self.desk.ref(number)
        about = (ref.municipality, ref.case_id, ANNOUNCE)
        async with self.town.open() as tx:
            await tx.execute("SELECT step_worked($1, $2, $3, 1)", *about)

    async def alone_up_to(self, size: int) -> None:
        """Up to how many items somebody may confirm what they drafted."""
        settled: dict[str, object] = {"bulk_alone_up_to": size}
        await municipalities.set_parameters(self.owner, MunicipalityCode(self.town.code), settled)
