"""The stage: a running office, the two towns it serves, and everybody who plays a part."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import aiohttp
import asyncpg

from domain.acting import Acting
from domain.dates import JST, jst_day
from local.postgres import OWNER
from local.scenario.agreement import Register
from local.scenario.caller import Caller
from local.scenario.cast import DAY, HERE, HOUSEHOLDS, MOVING, RESIDENT_THERE, THERE
from local.scenario.outside import Outside
from local.scenario.town import Town
from local.scenario.whereabouts import Where
from register import clock
from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from datetime import date
    from pathlib import Path

    from local.scenario.agreement import Agreement
    from local.scenario.cast import Household, Place
    from local.stack import LocalStack

_ROLES = ("client", "counter", "examiner", "chief", "operations")


@dataclass
class Stage:
    """Who and what the scenes play with.

    Births are reported ``here``, and people move ``there``.  ``households`` gives one that had no
    birth yet, ``lost`` is where the engine's files went, ``on_their_way`` how many people should be
    between the towns at the end, ``comparison`` whoever was born, moved or changed,
    with town, 宛名番号 and state in the four systems.
    """

    stack: LocalStack
    here: Town
    there: Town
    lost: Path
    households: Iterator[Household] = field(default_factory=lambda: iter(HOUSEHOLDS))
    born_on: date = field(default_factory=lambda: jst_day(datetime.now(UTC)) - timedelta(days=3))
    stocked: asyncio.Event = field(default_factory=asyncio.Event)
    first_born: list[tuple[Household, str]] = field(default_factory=list["tuple[Household, str]"])
    on_their_way: Counter[Where] = field(default_factory=Counter[Where])
    comparison: list[tuple[str, ...]] = field(default_factory=list["tuple[str, ...]"])

    @property
    def caller(self) -> Caller:
        """Whoever calls the API here."""
        return self.here.caller

    @property
    def outside(self) -> Outside:
        """The world outside, seen from here."""
        return self.here.outside

    @property
    def register(self) -> Register:
        """The register here."""
        return self.here.register

    async def birth(self, household: Household | None = None, **child: object) -> str:
        """Report a birth in a household, by default the next one; its case number."""
        household = household or next(self.households)
        answer = await self.caller.report_birth(household, self.born_on, **child)
        return answer.expect(202)["case_number"]

    async def agrees(self) -> Agreement:
        """Wait until all systems agree about everybody here."""
        return await self.here.agrees()

    async def today(self) -> date:
        """The day it is in Japan, by the business clock."""
        owner = await asyncpg.connect(self.stack.database_url(OWNER))
        try:
            return jst_day(await clock.now(owner))
        finally:
            await owner.close()

    async def in_days(self, days: int) -> date:
        """So many days from today."""
        return await self.today() + timedelta(days=days)

    async def move_clock_to(self, day: date) -> None:
        """Make it one minute past midnight of a day in Japan, for the office and for others."""
        ahead = datetime.combine(day, time(0, 1), JST) - datetime.now(UTC)
        owner = await asyncpg.connect(self.stack.database_url(OWNER))
        try:
            await clock.move(owner, ahead)
        finally:
            await owner.close()
        await self.outside.move_clock(ahead)


@asynccontextmanager
async def set_up(stack: LocalStack) -> AsyncGenerator[Stage]:
    """The stage of the demo, its people settled in both towns."""
    async with two_towns(stack) as stage:
        await stage.there.found(stack, *RESIDENT_THERE)
        await stage.here.found(stack, *HOUSEHOLDS, *MOVING, *DAY)
        yield stage


@asynccontextmanager
async def two_towns(stack: LocalStack) -> AsyncGenerator[Stage]:
    """Two towns in a fresh stack, yet to be founded."""
    async with (
        aiohttp.ClientSession() as session,
        database.pool(stack.database_url("juki_app"), application="scenario", largest=2) as pool,
    ):
        transactions = Transactions(pool)
        here, there = (_town(stack, session, transactions, place) for place in (HERE, THERE))
        yield Stage(stack, here, there, stack.directory / "lost")


def _town(
    stack: LocalStack, session: aiohttp.ClientSession, transactions: Transactions, place: Place
) -> Town:
    tokens = {role: stack.tokens[f"{place.code}/{role}"] for role in _ROLES}
    acting = Acting(municipality=place.code, actor="scenario", purpose="突合")
    return Town(
        place,
        Caller(session, stack.url("api"), tokens),
        Outside(session, stack.url("simulators"), place.code),
        Register(transactions, Vault(keyring.load(stack.keyring)), acting),
    )
