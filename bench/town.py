"""Two municipalities to measure in: people of single households in one, and the other to move to.

Everybody is there from the beginning, whatever becomes of them, so that no series meets a smaller
register than another.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from bench.people import as_known, head, in_kanji
from domain.acting import Acting
from domain.dates import RegisterDate, jst_day
from domain.notifications import BirthNotification, Child
from domain.numbers import MunicipalityCode
from domain.opening_hours import OpeningCalendar
from domain.people_file import read_people
from domain.residents import Sex
from local.scenario.cast import as_csv
from local.scenario.outside import Outside
from register import cases, municipalities
from register.municipalities import Municipality
from register.people import import_people
from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence
    from uuid import UUID

    import aiohttp

    from local.stack import LocalStack

TOWN = MunicipalityCode("131016")
"""Where children are born, and people leave."""
THERE = MunicipalityCode("012025")
"""Where people move to."""
ACTING = Acting(municipality=TOWN, actor="bench", purpose="bench")

_LOW_WATER = 100
_SECONDS_FOR_STOCK = 60
_SECONDS_FOR_IMPORT = 600
_SETTLED_AT_ONCE = 1_000


class Numbers(NamedTuple):
    """How many people there are, by what becomes of them."""

    births: int
    moves: int
    waiting: int


class Resident(NamedTuple):
    """Somebody who lives alone, as the register knows them."""

    ordinal: int
    resident_id: UUID
    household_id: UUID
    code: str


@asynccontextmanager
async def opened(
    stack: LocalStack, session: aiohttp.ClientSession, numbers: Numbers
) -> AsyncGenerator[Town]:
    """Open both towns, with people and codes in stock; they live as long as the stack."""
    pool = database.pool(
        stack.database_url("juki_app"), application="bench", patience=_SECONDS_FOR_IMPORT
    )
    async with pool as connections:
        transactions = Transactions(connections)
        vault = Vault(keyring.load(stack.keyring))
        await _found(stack, numbers.births)
        everybody = iter(await _settle(transactions, vault, sum(numbers)))
        parents, movers, leavers = ([*itertools.islice(everybody, one)] for one in numbers)
        await _make_known(Outside(session, stack.url("simulators"), TOWN), movers)
        town = Town(transactions, vault, iter(parents), iter(movers), leavers)
        await town.fill_stock(numbers.births)
        yield town


@dataclass
class Town:
    """Whom something happens to; to nobody has anything happened before.

    ``movers`` are known to the systems outside, ``leavers`` will leave in weeks.
    """

    transactions: Transactions
    vault: Vault
    parents: Iterator[Resident]
    movers: Iterator[Resident]
    leavers: list[Resident]
    _ordinals: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next_birth(self) -> BirthNotification:
        """One child, born four days ago and reported today."""
        ordinal = next(self._ordinals)
        today = jst_day(datetime.now(UTC))
        child = Child(
            name=f"計測　{in_kanji(ordinal)}",
            name_kana="ケイソク　コ",
            sex=Sex.FEMALE if ordinal % 2 else Sex.MALE,
            born_on=RegisterDate.on(today - timedelta(days=4)),
        )
        household_id = next(self.parents).household_id
        return BirthNotification(household_id=household_id, notified_on=today, children=(child,))

    async def fill_stock(self, births: int) -> None:
        """Order 住民票コード and wait until there are more than so many births will take."""
        async with self.transactions.open(ACTING) as tx:
            await cases.order_top_up(tx, TOWN, "bench")
        async with asyncio.timeout(_SECONDS_FOR_STOCK):
            while await self._stock() < births + _LOW_WATER:  # noqa: ASYNC110 - another process's rows
                await asyncio.sleep(0.1)

    async def _stock(self) -> int:
        async with self.transactions.open(ACTING) as tx:
            return await tx.fetchval(
                "SELECT count(*) FROM pool_code WHERE municipality = $1 AND state = 'free'", TOWN
            )


async def _found(stack: LocalStack, births: int) -> None:
    always = OpeningCalendar(always_open=True)
    owner = await asyncpg.connect(stack.database_url("juki_owner"))
    try:
        town = Municipality(
            code=TOWN,
            name="計測市",
            opening=always,
            low_water=_LOW_WATER,
            target_stock=births + 2 * _LOW_WATER,
        )
        await municipalities.add(owner, town)
        # Whoever moves in brings a code along.
        there = Municipality(code=THERE, name="転入市", opening=always, low_water=0)
        await municipalities.add(owner, there)
    finally:
        await owner.close()


async def _settle(transactions: Transactions, vault: Vault, count: int) -> list[Resident]:
    heads = [head(ordinal) for ordinal in range(1, count + 1)]
    people = read_people(as_csv(heads))
    async with transactions.open(ACTING) as tx:
        imported = await import_people(tx, ACTING, people.people, vault)
        if people.flaws or imported.flaws:
            raise RuntimeError("the people of the benchmark are flawed")
        rows = await tx.fetch(
            "SELECT resident_id, household_id, code FROM resident_present WHERE municipality = $1",
            TOWN,
        )
    ordinals = {one["住民票コード"]: ordinal for ordinal, one in enumerate(heads, start=1)}
    return sorted(Resident(ordinals[row["code"]], *row) for row in rows)


async def _make_known(outside: Outside, movers: Sequence[Resident]) -> None:
    known = [as_known(one.ordinal) for one in movers]
    for start in range(0, len(known), _SETTLED_AT_ONCE):
        await outside.settle(known[start : start + _SETTLED_AT_ONCE])
