"""Two towns and the road between them: house, API and inbox, and a clock that tests may move."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from clients import jlis_moves
from clients.jlis import JlisClient
from clients.wire import Wire
from domain.cases import CaseRef, Procedure
from domain.dates import JST
from domain.moves import Certificate
from domain.numbers import MyNumber
from domain.residents import Address
from register import telegrams
from runtime.settings import TokenRole
from tests.eventually import SETTLED, eventually
from tests.numbers import my_number
from tests.simulators.office import Office, a_notice

if TYPE_CHECKING:
    import aiohttp

    from tests.clock import Clock
    from tests.house import Case, House, Town
    from tests.newcomers import Person

DAY = date(2026, 12, 1)
"""The day it is when a test begins: a Tuesday."""
HOME = Address(postal_code="", line="北海道函館市五稜郭町１番")


@dataclass
class Frontier:
    """A house whose towns talk to each other, and its one clock."""

    house: House
    session: aiohttp.ClientSession
    url: str
    clock: Clock

    async def open_town(self, **settled: Any) -> Town:
        """A town of this test's own."""
        town = await self.house.open_town(**settled)
        await town.stock()
        return town

    async def on(self, day: date, hour: int = 12, minute: int = 0) -> None:
        """Move the clock, here and outside, to an hour of a day in Japan."""
        instant = datetime.combine(day, time(hour, minute), JST)
        ahead = (instant - datetime.now(UTC)).total_seconds()
        await self.clock.at(instant)
        await self.house.world.control("PUT", "clock", {"offset_seconds": ahead})

    async def today(self) -> date:
        """The day it is, by the moved clock."""
        return await self.clock.today()

    async def settle(self, town: Town, *people: Person) -> None:
        """Have J-LIS know these people as residents of a town."""
        await self.house.world.control(
            "POST",
            "people",
            {"municipality": town.code, "people": [person.known for person in people]},
        )

    async def certify(
        self, origin: Town, destination: Town, *people: Person, **changes: Any
    ) -> UUID:
        """Have the origin send CS-05; the telegram's id."""
        said = Certificate(
            destination=destination.code,
            planned_on=changes.pop("planned_on", await self.today()),
            special=True,
            applicant=people[0].code,
            persons=tuple(person.mover() for person in people),
        ).model_copy(update=changes)
        telegram_id = uuid4()
        body = jlis_moves.certificate(origin.code, telegram_id, said)
        await self._jlis.send(origin.code, telegram_id, body)
        return telegram_id

    async def void(self, origin: Town, certificate_id: UUID) -> UUID:
        """Have the origin take a CS-05 back."""
        telegram_id = uuid4()
        body = jlis_moves.void_certificate(origin.code, telegram_id, certificate_id)
        await self._jlis.send(origin.code, telegram_id, body)
        return telegram_id

    async def file(
        self, origin: Town, destination: Town, person: Person, **changes: Any
    ) -> dict[str, Any]:
        """Have the citizen file a move online."""
        today = (await self.today()).isoformat()
        move = {
            "origin": origin.code,
            "destination": destination.code,
            "moving_on": today,
            "visit_on": today,
            "serial": person.serial,
            "persons": [{"name": person.name, "born_on": person.born_on.isoformat()}],
        }
        return await self.house.world.control("POST", "mynaportal/applications", move | changes)

    async def seen(self, application: dict[str, Any]) -> dict[str, Any]:
        """What the citizen sees of the visit."""
        told = await self.house.world.control("GET", f"mynaportal/applications/{application['id']}")
        return told["visit"]["status"] or {}

    async def post(
        self, town: Town, path: str, body: dict[str, Any], role: TokenRole = TokenRole.CHIEF
    ) -> tuple[int, dict[str, Any]]:
        """Ask the API as staff of a town."""
        headers = {
            "Authorization": f"Bearer {token(town.code, role)}",
            "Idempotency-Key": str(uuid4()),
            "Content-Type": "application/json",
        }
        data = json.dumps(body, ensure_ascii=False).encode()
        async with self.session.post(self.url + path, data=data, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, town: Town, path: str) -> dict[str, Any]:
        """Read from the API as staff of a town."""
        headers = {"Authorization": f"Bearer {token(town.code, TokenRole.CHIEF)}"}
        async with self.session.get(self.url + path, headers=headers) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def visit(
        self, town: Town, person: Person, case: Case | None = None, **said: Any
    ) -> tuple[int, dict[str, Any]]:
        """Somebody comes, with or without a case number."""
        path = "/v1/special-move-ins"
        if case is not None:
            path = f"/v1/cases/{case.ref.case_number}/visit"
        usual: dict[str, Any] = {
            "code": person.code,
            "visitor": "本人",
            "card": "verified",
            "pin": "matched",
            "moved_in_on": (await self.today()).isoformat(),
            "address": {"line": HOME.line},
        }
        body = {name: part for name, part in (usual | said).items() if part is not None}
        return await self.post(town, path, body)

    async def case_of(self, town: Town, procedure: str = Procedure.SPECIAL_MOVE_IN) -> Case:
        """The one case of a procedure in a town, once it is there."""
        async with asyncio.timeout(SETTLED):
            while True:
                found = await self.cases_of(town, procedure)
                if found:
                    assert len(found) == 1
                    return found[0]
                await asyncio.sleep(0.05)

    async def cases_of(self, town: Town, procedure: str) -> list[Case]:
        """Every case of a procedure in a town."""
        async with town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT municipality, case_id, case_number FROM case_file WHERE procedure = $1"
                " ORDER BY accepted_at",
                procedure,
            )
        return [town.case(CaseRef.model_validate(dict(row)), procedure) for row in rows]

    async def case_numbered(self, town: Town, number: str) -> Case:
        """The 特例転入 of this number."""
        cases = await self.cases_of(town, Procedure.SPECIAL_MOVE_IN)
        return next(case for case in cases if case.ref.case_number == number)

    async def inbox_of(self, town: Town) -> list[str]:
        """The states of a town's messages, oldest first."""
        async with town.transaction() as tx:
            rows = await tx.fetch("SELECT state FROM inbox_state ORDER BY received_at")
        return [row["state"] for row in rows]

    async def inbox_settles(self, town: Town, **states: int) -> None:
        """Wait until so many messages stand in each of these states."""
        async with asyncio.timeout(SETTLED):
            while True:
                found = await self.inbox_of(town)
                if all(found.count(state) == count for state, count in states.items()):
                    return
                await asyncio.sleep(0.05)

    async def inbox_rests(self, town: Town, messages: int) -> None:
        """Wait until so many messages have come, and each has joined a case or added nothing."""

        async def rest() -> bool:
            found = await self.inbox_of(town)
            return len(found) == messages and {*found} <= {"attached", "merged"}

        await eventually(rest)

    async def sees(self, application: dict[str, Any], state: str) -> None:
        """Wait until the citizen sees this state of the visit."""
        async with asyncio.timeout(SETTLED):
            while (await self.seen(application)).get("state") != state:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def delay(self, system: str, kind: str, town: Town, seconds: float) -> None:
        """Have a system take its time with what it owes a town."""
        said = {"system": system, "kind": kind, "municipality": town.code, "seconds": seconds}
        await self.house.world.control("PUT", "delays", said)

    async def keep_hours(self, town: Town) -> None:
        """Have J-LIS keep its usual hours for a town."""
        said: dict[str, Any] = {"system": "jlis", "municipality": town.code, "hours": {}}
        await self.house.world.control("PUT", "hours", said)

    async def told(self, case: Case, system: str) -> Counter[str]:
        """How often each kind of message of a case was taken by a system."""
        async with case.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT message, count(*) AS times FROM telegram JOIN telegram_state s"
                " USING (municipality, telegram_id) WHERE s.case_id = $1 AND peer = $2"
                " AND s.state = 'delivered' GROUP BY message",
                case.ref.case_id,
                system,
            )
        return Counter({row["message"]: row["times"] for row in rows})

    async def holder(self, town: Town, person: Person) -> str:
        """Which municipality J-LIS says a person lives in, asked for a town that knows them."""
        people = (await town.ledger("jlis"))["people"]
        return next(each["holder"] for each in people if each["code"] == person.code)

    async def notice_at(self, town: Town) -> set[str]:
        """What became of the CS-07 at a town, once it has come."""
        async with asyncio.timeout(SETTLED):
            while not (states := set(await self.inbox_of(town))):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return states

    async def codes_in_notice(self, case: Case) -> list[str]:
        """Whom the CS-07 of a case is about."""
        async with case.town.transaction() as tx:
            telegram_id = await tx.fetchval(
                "SELECT telegram_id FROM telegram WHERE case_id = $1 AND message = 'CS-07'",
                case.ref.case_id,
            )
            body = await telegrams.body(tx, self.house.vault, case.town.code, telegram_id, "out")
        return json.loads(body or b"{}")["本文"]["住民票コード"]

    async def outcome(self, case: Case) -> str:
        """How a case ended, or why it stands still; blank while it runs."""
        async with case.town.transaction() as tx:
            return await tx.fetchval(
                "SELECT coalesce((SELECT code FROM incident i WHERE i.case_id = c.case_id"
                " AND i.state = 'open'), nullif(c.state, 'open'), '') FROM case_file c"
                " WHERE c.case_id = $1",
                case.ref.case_id,
            )

    async def bodies(self, case: Case) -> int:
        """How many messages of a case can still be read."""
        return await _count(
            case,
            "SELECT count(*) FROM inbox_state JOIN inbox_body USING (municipality, message_id)"
            " WHERE case_id = $1 AND wrapped_key IS NOT NULL",
        )

    async def erasures(self, case: Case) -> int:
        """How many erasures the log of a case's messages tells of."""
        return await _count(
            case,
            "SELECT count(*) FROM inbox_event WHERE case_id = $1 AND event = 'body_erased'",
        )

    async def settle_again(self, town: Town, person: Person) -> None:
        """Have J-LIS know that somebody lives in the first town again."""
        office = Office(town.code, self.house.world.url, lambda url: Wire(self.session, url, 5))
        notice = a_notice(person.code, MyNumber(my_number(person.ordinal)))
        await office.tell(notice.model_copy(update={"reason": "転入等"}))

    @property
    def _jlis(self) -> JlisClient:
        return JlisClient(Wire(self.session, f"{self.house.world.url}/jlis", 5))


async def _count(case: Case, question: str) -> int:
    async with case.town.transaction() as tx:
        return await tx.fetchval(question, case.ref.case_id)


def token(code: str, role: TokenRole) -> str:
    """The bearer token of a role in a town."""
    return f"{code}-{role}-frontier"
