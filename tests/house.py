"""The whole house, running: register, engine, simulators, worker, relay, and towns to live in.

One house serves a whole test run; every test opens a town of its own in it.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg
from pydantic import SecretStr

from domain.acting import Acting
from domain.cases import CaseRef, CaseState, Procedure, StepRef, workflow_id
from domain.dates import RegisterDate
from domain.notifications import BirthNotification, Child
from domain.numbers import MunicipalityCode
from domain.opening_hours import OpeningCalendar
from domain.people_file import read_people
from domain.residents import Sex
from register import births, cases, decisions, municipalities
from register.cases import Acceptance
from register.decisions import Ruling
from register.municipalities import Municipality
from register.people import import_people
from register.transactions import Transactions
from register.vault import Vault
from relay.engine import Engine
from relay.rounds import Rounds
from runtime import database, keyring, temporal
from runtime.settings import WorkerSettings
from tests.eventually import eventually
from tests.people import as_csv, families
from tests.simulators.world import World, a_world
from worker.assembly import Surroundings, worker

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path
    from uuid import UUID

    from temporalio.client import Client

    from domain.cases import Verb
    from tests.server import Place

_towns = itertools.count(1)
_GATES = {
    "gate_budget": 1000,
    "gate_probe_first": timedelta(milliseconds=200),
    "gate_probe_most": timedelta(seconds=1),
}


@dataclass
class House:
    """The parts of a running house, for tests to use and to look behind."""

    place: Place
    settings: WorkerSettings
    transactions: Transactions
    vault: Vault
    world: World
    client: Client
    rounds: Rounds
    given: Surroundings

    async def open_town(self, **settled: Any) -> Town:
        """A municipality nobody else uses, with two families and codes in stock.

        Its ``gates`` are tried sooner than an office's, and let all through at once, if not said
        otherwise.
        """
        ordinal = next(_towns)
        code = MunicipalityCode.from_five(f"{ordinal % 47 + 1:02}{ordinal // 47 + 1:03}")
        town = Town(self, code)
        await self._found(code, **settled)
        await town.settle(families(2, first=ordinal * 100))
        return town

    async def _found(self, code: MunicipalityCode, **settled: Any) -> None:
        said = settled.pop("gates", {})
        usual: dict[str, Any] = {
            "opening": OpeningCalendar(always_open=True),
            "low_water": 0,
            "target_stock": 20,
        }
        owner = await asyncpg.connect(self.place["database_urls"]["juki_owner"])
        try:
            town = Municipality(code=code, name="試験市", **(usual | settled))
            hurried = town.parameters.model_copy(update=_GATES | said)
            await municipalities.add(owner, town.model_copy(update={"parameters": hurried}))
        finally:
            await owner.close()

    @asynccontextmanager
    async def worker(self, **more: Any) -> AsyncGenerator[None]:
        """A worker of this house; ``more`` as `worker.assembly.worker` takes it."""
        async with worker(self.client, self.given, **more):
            yield


@dataclass
class Town:
    """One municipality as a test sees it."""

    house: House
    code: MunicipalityCode
    households: list[UUID] = field(default_factory=list)

    def acting(self) -> Acting:
        """A test acting for this town."""
        return Acting(municipality=self.code, actor="test", purpose="test")

    def transaction(self) -> Any:
        """A transaction of this town's register."""
        return self.house.transactions.open(self.acting())

    async def settle(self, people: Any, *, addressees: bool = True) -> None:
        """Bring people into the register and into every system outside.

        Without ``addressees`` only 住基ネット knows them, as those who have left by now.
        """
        file = read_people(as_csv(people))
        assert not file.flaws, file.flaws
        async with self.transaction() as tx:
            done = await import_people(tx, self.acting(), file.people, self.house.vault)
            assert not done.flaws, done.flaws
            rows = await tx.fetch("SELECT household_id FROM household ORDER BY household_number")
        self.households = [row["household_id"] for row in rows]
        known: list[dict[str, object]] = [
            {
                "code": p.code,
                "number": p.my_number,
                "addressee_number": p.addressee_number if addressees else None,
                "contents": {},
            }
            for p in file.people
        ]
        await self.house.world.control(
            "POST", "people", {"municipality": self.code, "people": known}
        )

    async def stock(self, count: int = 20) -> None:
        """Have a top-up fill the stock."""
        async with self.transaction() as tx:
            case = await cases.order_top_up(tx, self.code, "test")
        if case is not None:
            await self.case(case, Procedure.CODE_TOP_UP).closes()

    async def report_birth(
        self,
        *names: str,
        household: int = 0,
        procedure: str = Procedure.BIRTH,
        twin_of: str = "",
        **child: Any,
    ) -> Case:
        """A birth, accepted; several names make one case of several children."""
        usual: dict[str, Any] = {
            "born_on": RegisterDate.on(date(2026, 11, 20)),
            "sex": Sex.FEMALE,
            "name_kana": "タナカ　ハルカ",
        }
        children = tuple(Child(name=name, **(usual | child)) for name in names or ("田中　遥",))
        notification = BirthNotification(
            household_id=self.households[household],
            notified_on=date(2026, 11, 23),
            children=children,
            not_the_same_as=(twin_of,) if twin_of else (),
            not_the_same_reason="双子" if twin_of else "",
        )
        return await self.accept(procedure, notification)

    async def accept(self, procedure: str, notification: BirthNotification) -> Case:
        """Accept a 届出 of any procedure."""
        acceptance = Acceptance(
            procedure,
            notification.model_dump(mode="json"),
            "test",
            persons=len(notification.children),
        )
        async with self.transaction() as tx:
            case = await cases.accept(tx, self.code, acceptance)
            await births.claim(tx, case, notification)
        return self.case(case, procedure)

    def case(self, case: CaseRef, procedure: str) -> Case:
        """A case as a test sees it."""
        return Case(self, case, procedure)

    async def ledger(self, system: str) -> dict[str, Any]:
        """What a system outside holds of this town."""
        return await self.house.world.ledger(system, self.code)

    async def fault(self, system: str, kind: str, **how: Any) -> None:
        """Arm a fault outside, for this town only."""
        await self.house.world.arm(self.code, system=system, kind=kind, **how)


@dataclass
class Case:
    """One case as a test sees it."""

    town: Town
    ref: CaseRef
    procedure: str

    @property
    def whole(self) -> StepRef:
        """The case as a step about all of its persons takes it."""
        return StepRef(municipality=self.ref.municipality, case_id=self.ref.case_id, subject=0)

    async def state(self) -> str:
        """Where the case stands."""
        return await self._value("SELECT state FROM case_file WHERE case_id = $1")

    async def closes(self, state: CaseState = CaseState.COMPLETED) -> None:
        """Wait until the case is closed, and require how."""
        await self._until("SELECT state <> 'open' FROM case_file WHERE case_id = $1")
        assert await self.state() == state

    async def parks(self) -> dict[str, Any]:
        """Wait until somebody must decide; the incident."""
        await self._until(
            "SELECT EXISTS (SELECT FROM incident WHERE case_id = $1 AND state = 'open')"
            " OR EXISTS (SELECT FROM case_file WHERE case_id = $1 AND state <> 'open')"
        )
        assert await self.state() == "open", "closed without standing still"
        async with self.town.transaction() as tx:
            row = await tx.fetchrow(
                "SELECT * FROM incident WHERE case_id = $1 AND state = 'open'"
                " ORDER BY opened_at LIMIT 1",
                self.ref.case_id,
            )
        return dict(row)

    async def fails(self, step: str) -> None:
        """Wait until a step got no answer, or stands at the gate of a peer that gives none."""
        await self._until(
            "SELECT EXISTS (SELECT FROM step_failure WHERE case_id = $1 AND step = $2)"
            " OR EXISTS (SELECT FROM case_wait WHERE case_id = $1 AND step = $2 AND kind = 'gate')",
            step,
        )

    async def sends(self, step: str) -> None:
        """Wait until a telegram of a step is written, and nothing is known of it yet."""
        await self._until(
            "SELECT EXISTS (SELECT FROM telegram_state WHERE case_id = $1 AND step = $2"
            " AND state = 'sending')",
            step,
        )

    async def waits(self, *kinds: str) -> str:
        """Wait until the case waits for one of these; the case number in front, if there is one."""
        rows = "FROM case_wait WHERE case_id = $1 AND kind = ANY($2::text[]) AND NOT over"
        await self._until(f"SELECT EXISTS (SELECT {rows})", list(kinds))
        return await self._value(f"SELECT behind {rows}", list(kinds))

    async def decide(self, verb: Verb, *, incident: UUID | None = None, **said: Any) -> UUID:
        """Decide as staff would; ``changes`` amends, ``number`` goes with a step done by hand."""
        changes, number = said.pop("changes", None), said.pop("number", None)
        subject = said.pop("subject", 1)
        ruling = Ruling(self.ref.case_id, incident, verb, "test", "chief", "試験", **said)
        async with self.town.transaction() as tx:
            await cases.lock(tx, self.ref)
            if changes is not None:
                version = await decisions.amend_notification(
                    tx, self.ref.municipality, ruling, subject, changes
                )
                ruling = ruling._replace(version=version)
            if number is not None:
                ref = StepRef(
                    municipality=self.ref.municipality, case_id=self.ref.case_id, subject=subject
                )
                await decisions.enter_number(tx, self.town.house.vault, ref, number)
            return await decisions.accept(tx, self.ref.municipality, ruling)

    async def lines(self, subject: int = 1) -> dict[str, str]:
        """Step to state, for one person and for the whole case."""
        async with self.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT step, state FROM step_ledger WHERE case_id = $1 AND subject = ANY($2)",
                self.ref.case_id,
                [0, subject],
            )
        return {row["step"]: row["state"] for row in rows}

    async def terminate(self) -> None:
        """End the engine's run, as an operator may."""
        handle = self.town.house.client.get_workflow_handle(self.workflow_id)
        await handle.terminate("試験")

    @property
    def workflow_id(self) -> str:
        """The engine's id."""
        return workflow_id(self.procedure, self.ref.case_number)

    async def _until(self, question: str, *about: str | list[str]) -> None:
        try:
            await eventually(lambda: self._value(question, *about))
        except TimeoutError:
            raise AssertionError(await self.why_still()) from None

    async def why_still(self) -> str:
        """What an engineer would look at when a case does not move."""
        told: list[str] = []
        for table in (
            "case_file",
            "step_ledger",
            "step_failure",
            "case_wait",
            "incident",
            "wakeup",
            "telegram_state",
        ):
            async with self.town.transaction() as tx:
                rows = await tx.fetch(f"SELECT * FROM {table} WHERE case_id = $1", self.ref.case_id)  # noqa: S608
            told += [f"{table}: {dict(row)}" for row in rows]
        return "\n".join(told)

    async def _value(self, question: str, *about: str | list[str]) -> Any:
        async with self.town.transaction() as tx:
            return await tx.fetchval(question, self.ref.case_id, *about)


@asynccontextmanager
async def a_house(
    place: Place,
    outside_url: str,
    keyring_path: Path,
    namespace: str,
    *,
    task_queue: str = "procedures",
    relay: bool = True,
    **outside: Any,
) -> AsyncGenerator[House]:
    """Everything but the worker, which tests compose as they need it; the ``relay`` if they say.

    Houses of one run that stand beside each other in a namespace need a ``task_queue`` each;
    ``outside`` are further settings of the simulators.
    """
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(a_world(outside_url, symbol_delay=0.05, **outside))
        settings = _settings(place, world, keyring_path, namespace).model_copy(
            update={"temporal_task_queue": task_queue}
        )
        pool = await stack.enter_async_context(
            database.pool(settings.database_url.get_secret_value(), application="tests", largest=30)
        )
        relay_pool = await stack.enter_async_context(
            database.pool(place["database_urls"]["juki_relay"], application="relay", largest=5)
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        transactions, vault = Transactions(pool), Vault(keyring.load(keyring_path))
        client = await temporal.connect(settings, identity="tests", lazy=False)
        rounds = Rounds(
            relay_pool, Engine(client, settings.temporal_task_queue), interval=0.1, repeat=1
        )
        running = asyncio.create_task(_relaying(rounds) if relay else asyncio.Event().wait())
        try:
            given = Surroundings(settings, transactions, vault, session)
            yield House(place, settings, transactions, vault, world, client, rounds, given)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _relaying(rounds: Rounds) -> None:
    await asyncio.gather(rounds.run(), rounds.watch_gates())


def _settings(place: Place, world: World, keyring_path: Path, namespace: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=SecretStr(place["database_urls"]["juki_app"]),
        temporal_address=place["temporal_address"],
        temporal_namespace=namespace,
        keyring_path=keyring_path,
        jlis_url=f"{world.url}/jlis",
        unified_addressee_url=f"{world.url}/unified-addressee",
        intermediate_server_url=f"{world.url}/intermediate-server",
        jlis_settling=timedelta(milliseconds=50),
        unified_addressee_settling=timedelta(milliseconds=50),
        mynaportal_url=f"{world.url}/mynaportal",
        mynaportal_settling=timedelta(milliseconds=50),
        http_timeout=timedelta(seconds=3),
        patience_scale=0.02,
        worker_grace=timedelta(seconds=1),
        worker_sticky_timeout=timedelta(milliseconds=200),
    )
