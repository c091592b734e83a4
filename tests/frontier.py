"""Two towns and the road between them: house, API and inbox, and a clock that tests may move."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import aiohttp
import uvicorn
from pydantic import SecretStr

from api.app import application
from clients import jlis_moves
from clients.jlis import JlisClient
from clients.wire import Wire
from domain.cases import CaseRef, Procedure, StepRef
from domain.dates import JST, RegisterDate
from domain.moves import Certificate, Mover
from domain.numbers import MunicipalityCode, MyNumber, ResidentCode
from domain.residents import Address, Entry, Presence, Reason, Sex
from local.ports import LOCALHOST, any_free
from register import cases, residents, telegrams
from register.residents import NewRow
from runtime.settings import ApiSettings, TokenGrant, TokenRole
from tests.api.counter import INBOX_SECRETS
from tests.eventually import eventually
from tests.house import Case, Town, a_house
from tests.moving import Clock, a_place_apart
from tests.numbers import my_number, resident_code
from tests.simulators.office import Office, a_notice
from tests.simulators.world import KEEP_ALIVE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from tests.house import House
    from tests.server import Place

DAY = date(2026, 12, 1)
"""The day it is when a test begins: a Tuesday."""
HOME = Address(postal_code="", line="北海道函館市五稜郭町１番")
OLD_HOME = Address(postal_code="", line="東京都千代田区飯田橋三丁目１番")
_ordinals = iter(range(500_000, 900_000))


@dataclass
class Person:
    """Somebody who lives in the town they come from, as J-LIS knows them."""

    ordinal: int = field(default_factory=lambda: next(_ordinals))
    name: str = "佐藤　花子"
    relationship: str = "世帯主"
    born_on: date = date(1990, 4, 1)

    @property
    def code(self) -> ResidentCode:
        """住民票コード."""
        return ResidentCode(resident_code(self.ordinal))

    @property
    def serial(self) -> str:
        """The serial number of their certificate."""
        return str(10**18 + self.ordinal)

    @property
    def known(self) -> dict[str, Any]:
        """As the simulators load them."""
        serials = {"signature": self.serial, "authentication": str(2 * 10**18 + self.ordinal)}
        return {
            "code": self.code,
            "number": my_number(self.ordinal),
            "contents": {},
            "serials": serials,
        }

    def mover(self) -> Mover:
        """As a 転出証明書情報 has them."""
        return Mover(
            code=self.code,
            number=my_number(self.ordinal),
            name=self.name,
            name_kana="サトウ　ハナコ",
            sex=Sex.FEMALE,
            born_on=RegisterDate.on(self.born_on),
            relationship=self.relationship,
            is_head=self.relationship == "世帯主",
            domicile="東京都千代田区丸の内一丁目１番",
            head_of_family_register=self.name,
            former_address=OLD_HOME,
        )


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
            "Authorization": f"Bearer {_token(town.code, role)}",
            "Idempotency-Key": str(uuid4()),
            "Content-Type": "application/json",
        }
        data = json.dumps(body, ensure_ascii=False).encode()
        async with self.session.post(self.url + path, data=data, headers=headers) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, town: Town, path: str) -> dict[str, Any]:
        """Read from the API as staff of a town."""
        headers = {"Authorization": f"Bearer {_token(town.code, TokenRole.CHIEF)}"}
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
        async with asyncio.timeout(10):
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
        async with asyncio.timeout(10):
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
        async with asyncio.timeout(10):
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
        async with asyncio.timeout(10):
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


async def waits(case: Case, step: str) -> None:
    """Wait until a case stands at a step and waits there."""
    async with asyncio.timeout(10):
        while step not in await _waiting(case):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def entries(case: Case) -> list[Entry]:
    """The residents of a case as entered, in order."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT entry::text AS entry FROM resident_today JOIN case_person"
            " USING (municipality, resident_id) WHERE case_id = $1 AND presence = '現存'"
            " ORDER BY subject",
            case.ref.case_id,
        )
    return [Entry.model_validate_json(row["entry"]) for row in rows]


async def addressee_numbers(case: Case) -> list[str]:
    """The 宛名番号 of the persons of a case."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT addressee_number FROM resident JOIN case_person"
            " USING (municipality, resident_id) WHERE case_id = $1 ORDER BY subject",
            case.ref.case_id,
        )
    return [row["addressee_number"] for row in rows]


async def strike(frontier: Frontier, case: Case) -> None:
    """Strike the first person of a case, as a 転出 of yesterday would."""
    ref = StepRef(municipality=case.ref.municipality, case_id=case.ref.case_id, subject=1)
    async with case.town.transaction() as tx:
        resident_id = await cases.person(tx, ref)
        held = (await residents.lock(tx, ref.municipality, [resident_id]))[resident_id]
        row = NewRow(
            reason=Reason.MOVE_OUT,
            effective_on=RegisterDate.on(await frontier.today() - timedelta(days=1)),
            notified_on=None,
            entry=held.entry,
            presence=Presence.STRUCK,
            code=held.code,
            owes_notice=False,
        )
        await residents.append(tx, ref, resident_id, row)


async def _count(case: Case, question: str) -> int:
    async with case.town.transaction() as tx:
        return await tx.fetchval(question, case.ref.case_id)


async def _waiting(case: Case) -> list[str]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT step FROM case_wait WHERE case_id = $1 AND NOT over", case.ref.case_id
        )
    return [row["step"] for row in rows]


@asynccontextmanager
async def a_frontier(place: Place, keyring: Path, **crew: Any) -> AsyncGenerator[Frontier]:
    """A house whose simulators push into its own API's inbox; its worker runs.

    ``crew`` as `worker.assembly.worker` takes it.
    """
    port = any_free()
    url = f"http://{LOCALHOST}:{port}"
    outside: dict[str, Any] = {"inbox_url": url} | {
        f"{name}_inbox_secret": key for name, key in INBOX_SECRETS.items()
    }
    place = await a_place_apart(place, "frontier")
    house = a_house(
        place, place["outside_url"], keyring, place["namespace"], task_queue="frontier", **outside
    )
    async with (
        house as built,
        _api(place, keyring, port),
        aiohttp.ClientSession() as session,
        built.worker(**crew),
    ):
        yield Frontier(built, session, url, Clock(place["database_urls"]["juki_owner"]))


@asynccontextmanager
async def _api(place: Place, keyring: Path, port: int) -> AsyncGenerator[None]:
    settings = ApiSettings(
        database_url=SecretStr(place["database_urls"]["juki_app"]),
        keyring_path=keyring,
        api_tokens=_tokens(range(1, 400)),
        api_inbox_secrets={name: SecretStr(key) for name, key in INBOX_SECRETS.items()},
    )
    config = uvicorn.Config(
        application(settings),
        host=LOCALHOST,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEEP_ALIVE,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            while not server.started:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await serving


def _tokens(ordinals: Sequence[int]) -> dict[str, TokenGrant]:
    codes = [MunicipalityCode.from_five(f"{one % 47 + 1:02}{one // 47 + 1:03}") for one in ordinals]
    return {
        _token(code, role): TokenGrant(client=f"{role}-01", role=role, municipality=code)
        for code in codes
        for role in TokenRole
    }


def _token(code: str, role: TokenRole) -> str:
    return f"{code}-{role}-frontier"
