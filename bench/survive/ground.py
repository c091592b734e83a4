"""Two towns with families in them, and everybody who calls, insists and reads."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import aiohttp

from bench.survive.stubborn import Stubborn
from domain.acting import Acting
from domain.dates import jst_day
from local.scenario.agreement import Register
from local.scenario.cast import HERE, THERE, Household
from local.scenario.outside import Outside
from local.scenario.town import Town
from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import date

    from local.scenario.cast import Place
    from local.scenario.person import Person
    from local.stack import LocalStack

_SURNAMES = (("髙橋", "タカハシ"), ("渡邉", "ワタナベ"), ("齋藤", "サイトウ"), ("佐藤", "サトウ"))
_ROLES = ("client", "counter", "chief")
_SECONDS_FOR_AN_ANSWER = 20
# Low enough that stock runs out now and then, while things are being killed.
_LOW_WATER, _TARGET_STOCK = 10, 40


class Family(NamedTuple):
    """A household and who lives there, as the register knows them."""

    household: Household
    people: list[Person]


@dataclass(frozen=True)
class Ground:
    """Births happen ``here``, and people move ``there``."""

    stack: LocalStack
    here: Town
    there: Town
    families: list[Family]
    neighbours: int
    """How many people have always lived there."""
    today: date

    @property
    def towns(self) -> tuple[Town, Town]:
        """Both."""
        return self.here, self.there

    @property
    def serials(self) -> dict[str, str]:
        """Whose certificate is whose, by 住民票コード."""
        return {one.household.serial: one.people[0].code or "" for one in self.families}

    @property
    def born_on(self) -> date:
        """When children are born who are reported today."""
        return self.today - timedelta(days=3)


@asynccontextmanager
async def prepared(stack: LocalStack, families: int) -> AsyncGenerator[Ground]:
    """Open both towns in a fresh stack, with so many families here and one there."""
    limit = aiohttp.ClientTimeout(total=_SECONDS_FOR_AN_ANSWER)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        aiohttp.ClientSession() as patient,
        database.pool(stack.database_url("juki_app"), application="survive", largest=2) as pool,
    ):
        households = [_household(ordinal, HERE) for ordinal in range(1, families + 1)]
        here, there = (
            _town(stack, place, Transactions(pool), (session, patient)) for place in (HERE, THERE)
        )
        levels = (_LOW_WATER, _TARGET_STOCK)
        await there.found(stack, _household(families + 1, THERE), levels=levels)
        await here.found(stack, *households, levels=levels)
        known = await _families(here, households), len(await there.register.people())
        yield Ground(stack, here, there, *known, jst_day(datetime.now(UTC)))


def _household(ordinal: int, place: Place) -> Household:
    return Household(ordinal, *_SURNAMES[ordinal % len(_SURNAMES)], place)


def _town(
    stack: LocalStack,
    place: Place,
    transactions: Transactions,
    sessions: tuple[aiohttp.ClientSession, aiohttp.ClientSession],
) -> Town:
    """Callers must be answered soon; ledgers may take their time."""
    session, patient = sessions
    tokens = {role: stack.tokens[f"{place.code}/{role}"] for role in _ROLES}
    acting = Acting(municipality=place.code, actor="survive", purpose="突合")
    return Town(
        place,
        Stubborn(session, stack.url("api"), tokens),
        Outside(patient, stack.url("simulators"), place.code),
        Register(transactions, Vault(keyring.load(stack.keyring)), acting),
    )


async def _families(town: Town, households: list[Household]) -> list[Family]:
    """The people of each household, the head first, as their 宛名番号 follow each other."""
    by_line: dict[str, list[Person]] = {}
    for person in await town.register.people():
        by_line.setdefault(person.entry.address.line, []).append(person)
    return [Family(one, by_line[one.address]) for one in households]
