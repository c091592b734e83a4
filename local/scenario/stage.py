"""The stage: a running office, the town it serves, and everybody who plays a part."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp

from domain.acting import Acting
from domain.dates import jst_day
from local.scenario.agreement import Register, agreement
from local.scenario.caller import Caller, eventually
from local.scenario.cast import HOUSEHOLDS, POSTAL_CODES, TOWN, TOWN_NAME, as_csv, residents
from local.scenario.outside import Outside
from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from datetime import date
    from pathlib import Path

    from local.scenario.agreement import Agreement
    from local.scenario.cast import Household
    from local.stack import LocalStack

LOW_WATER, TARGET_STOCK = 3, 5


@dataclass
class Stage:
    """Who and what the scenes play with.

    ``households`` gives one that had no birth yet, ``lost`` is where the engine's files went,
    ``comparison`` each newborn's 宛名番号 and state in the four systems.
    """

    stack: LocalStack
    caller: Caller
    outside: Outside
    register: Register
    lost: Path
    households: Iterator[Household] = field(default_factory=lambda: iter(HOUSEHOLDS))
    born_on: date = field(default_factory=lambda: jst_day(datetime.now(UTC)) - timedelta(days=3))
    stocked: asyncio.Event = field(default_factory=asyncio.Event)
    first_born: list[tuple[Household, str]] = field(default_factory=list["tuple[Household, str]"])
    comparison: list[tuple[str, ...]] = field(default_factory=list["tuple[str, ...]"])

    async def birth(self, household: Household | None = None, **child: object) -> str:
        """Report a birth in a household, by default the next one; its case number."""
        household = household or next(self.households)
        answer = await self.caller.report_birth(household, self.born_on, **child)
        return answer.expect(202)["case_number"]

    async def agreement(self) -> Agreement:
        """Everybody compared, as of now."""
        return await agreement(self.register, await self.outside.ledgers())

    async def agrees(self, seconds: float = 10) -> Agreement:
        """Wait until all systems agree: notices between them take a moment to arrive."""
        return await eventually(
            self.agreement,
            lambda compared: not compared.differences,
            "一致",
            lambda compared: "; ".join(compared.differences),
            seconds,
        )


@asynccontextmanager
async def set_up(stack: LocalStack) -> AsyncGenerator[Stage]:
    """Open the town in a fresh stack, with its people inside and outside, and an empty stock."""
    async with (
        aiohttp.ClientSession() as session,
        database.pool(stack.database_url("juki_app"), application="scenario", largest=2) as pool,
    ):
        outside = Outside(session, stack.url("simulators"), TOWN)
        await _found(stack, outside)
        tokens = {role: stack.tokens[f"{TOWN}/{role}"] for role in _ROLES}
        register = Register(
            Transactions(pool),
            Vault(keyring.load(stack.keyring)),
            Acting(municipality=TOWN, actor="scenario", purpose="突合"),
        )
        caller = Caller(session, stack.url("api"), tokens)
        yield Stage(stack, caller, outside, register, stack.directory / "lost")


_ROLES = ("client", "counter", "chief", "operations")


async def _found(stack: LocalStack, outside: Outside) -> None:
    people = residents()
    file = stack.directory / "people.csv"
    file.write_bytes(as_csv(people))
    levels = ("--low-water", str(LOW_WATER), "--target-stock", str(TARGET_STOCK))
    await stack.command(
        "municipality", "add", TOWN, "--name", TOWN_NAME, "--opening", "always", *levels
    )
    await stack.command("import", str(file), "--municipality", TOWN)
    await outside.settle(people)
    await outside.print_postal_codes(POSTAL_CODES)
