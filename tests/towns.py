"""A municipality of its own for every test, so that no test sees another's people."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from domain.acting import Acting
from domain.numbers import MunicipalityCode
from domain.people_file import read_people
from register import municipalities
from register.municipalities import Municipality
from register.people import Imported, import_people
from register.transactions import Transactions
from register.vault import Vault
from runtime.database import pool, prepare
from runtime.keyring import load
from tests.people import as_csv

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping
    from pathlib import Path

    from register.transactions import Tx


class Town(NamedTuple):
    """A municipality, and the register as its own office sees it."""

    acting: Acting
    transactions: Transactions
    vault: Vault

    @property
    def code(self) -> str:
        """Its 全国地方公共団体コード."""
        return self.acting.municipality

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Tx]:
        """A transaction of this town."""
        async with self.transactions.open(self.acting) as tx:
            yield tx

    async def take_over(self, people: Iterable[dict[str, str]]) -> Imported:
        """Import people, given as the rows of a file without flaws."""
        read = read_people(as_csv(people))
        assert not read.flaws, read.flaws
        async with self.open() as tx:
            return await import_people(tx, self.acting, read.people, self.vault)


def a_municipality_code() -> MunicipalityCode:
    """A valid code, drawn at random from those with 5 to 8 in the middle."""
    return MunicipalityCode.from_five(f"{random.randint(1, 47):02}{random.randint(500, 899):03}")


@asynccontextmanager
async def a_town(urls: Mapping[str, str], keyring: Path) -> AsyncGenerator[Town]:
    """Open a new municipality in the register at ``urls`` (by role)."""
    owner = await asyncpg.connect(urls["juki_owner"])
    try:
        await prepare(owner)
        code = await _opened(owner)
    finally:
        await owner.close()
    acting = Acting(municipality=code, actor="test", purpose="試験")
    async with pool(urls["juki_app"], application="test", smallest=0, largest=5) as connections:
        yield Town(acting, Transactions(connections), Vault(load(keyring)))


async def _opened(owner: Tx) -> MunicipalityCode:
    taken = {one.code for one in await municipalities.every(owner)}
    code = next(code for code in iter(a_municipality_code, None) if code not in taken)
    await municipalities.add(owner, Municipality(code=code, name="試験市"))
    return code
