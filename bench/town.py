"""A municipality to measure in: single households, one birth for each, and codes in stock."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from domain.acting import Acting
from domain.dates import RegisterDate, jst_day
from domain.notifications import BirthNotification, Child
from domain.numbers import (
    AddresseeNumber,
    HouseholdNumber,
    MunicipalityCode,
    MyNumber,
    ResidentCode,
)
from domain.opening_hours import OpeningCalendar
from domain.people_file import read_people
from domain.residents import Sex
from register import cases, municipalities
from register.municipalities import Municipality
from register.people import import_people
from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from uuid import UUID

    from local.stack import LocalStack

TOWN = MunicipalityCode("131016")
ACTING = Acting(municipality=TOWN, actor="bench", purpose="bench")

_TEST_PREFIX = "90"
_LOW_WATER = 100
_SECONDS_FOR_STOCK = 60


@asynccontextmanager
async def opened(stack: LocalStack, households: int) -> AsyncGenerator[Town]:
    """Open the town with so many households and as many codes; it lives as long as the stack."""
    async with database.pool(stack.database_url("juki_app"), application="bench") as pool:
        transactions = Transactions(pool)
        await _found(stack, households)
        town = Town(transactions, await _settle(stack, transactions, households))
        await town.fill_stock(households)
        yield town


class Town:
    """Hands out 出生届, each for a household that has had none yet."""

    def __init__(self, transactions: Transactions, households: list[UUID]) -> None:
        self.transactions = transactions
        self._households = iter(households)
        self._ordinals = itertools.count(1)

    def next_birth(self) -> BirthNotification:
        """One child, born four days ago and reported today."""
        ordinal = next(self._ordinals)
        today = jst_day(datetime.now(UTC))
        child = Child(
            name=f"計測　{_in_kanji(ordinal)}",
            name_kana="ケイソク　コ",
            sex=Sex.FEMALE if ordinal % 2 else Sex.MALE,
            born_on=RegisterDate.on(today - timedelta(days=4)),
        )
        return BirthNotification(
            household_id=next(self._households), notified_on=today, children=(child,)
        )

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


async def _found(stack: LocalStack, households: int) -> None:
    owner = await asyncpg.connect(stack.database_url("juki_owner"))
    try:
        town = Municipality(
            code=TOWN,
            name="計測市",
            opening=OpeningCalendar(always_open=True),
            low_water=_LOW_WATER,
            target_stock=households + 2 * _LOW_WATER,
        )
        await municipalities.add(owner, town)
    finally:
        await owner.close()


async def _settle(stack: LocalStack, transactions: Transactions, count: int) -> list[UUID]:
    people = read_people(_as_csv([_head(place) for place in range(1, count + 1)]))
    vault = Vault(keyring.load(stack.keyring))
    async with transactions.open(ACTING) as tx:
        imported = await import_people(tx, ACTING, people.people, vault)
        if people.flaws or imported.flaws:
            raise RuntimeError("the people of the benchmark are flawed")
        rows = await tx.fetch("SELECT household_id FROM household ORDER BY household_number")
    return [row["household_id"] for row in rows]


def _head(place: int) -> dict[str, str]:
    """The head of one household, every number with the prefix set apart for tests."""
    return {
        "宛名番号": _numbered(AddresseeNumber, place),
        "世帯番号": _numbered(HouseholdNumber, place),
        "住民票コード": ResidentCode.with_check_digit(f"{_TEST_PREFIX}{place:08d}"),
        "個人番号": MyNumber.with_check_digit(f"{_TEST_PREFIX}{place:09d}"),
        "氏名": f"計測　{_in_kanji(place)}",
        "氏名_フリガナ": "ケイソク　オヤ",
        "性別": "男" if place % 2 else "女",
        "生年月日": "1995-04-01",
        "続柄表記": "世帯主",
        "住所_郵便番号": "1020072",
        "住所_都道府県": "東京都",
        "住所_市区郡町村名": "千代田区",
        "住所_町字": "飯田橋三丁目",
        "住所_番地号表記": f"{place}番1号",
        "本籍": "東京都千代田区丸の内一丁目1番",
        "筆頭者": f"計測　{_in_kanji(place)}",
        "住民となった年月日": "2010-04-01",
        "住所を定めた年月日": "2015-10-01",
    }


def _numbered(kind: type[AddresseeNumber | HouseholdNumber], place: int) -> str:
    """Sequence values without a check digit are passed over; thrice the place keeps them apart."""
    return next(filter(None, map(kind.from_sequence, itertools.count(place * 3))))


def _in_kanji(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


def _as_csv(people: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=people[0])
    writer.writeheader()
    writer.writerows(people)
    return text.getvalue().encode()
