"""Municipalities: opened once, settled by the owner, each loaded by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from domain.cases import Procedure
from domain.errors import Refused
from domain.numbers import MunicipalityCode
from register import municipalities
from register.municipalities import Municipality, Parameters
from runtime.database import prepare

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from register.transactions import Tx
    from tests.towns import Town


@pytest.fixture
async def owner(database_urls: Mapping[str, str]) -> AsyncGenerator[Tx]:
    """The owner of the database, whose act it is to open and settle a town."""
    connection = await asyncpg.connect(database_urls["juki_owner"])
    await prepare(connection)
    yield connection
    await connection.close()


async def test_a_town_knows_itself_and_its_defaults(town: Town) -> None:
    async with town.open() as tx:
        loaded = await municipalities.load(tx)

    assert (loaded.code, loaded.name, loaded.parameters) == (town.code, "試験市", Parameters())


async def test_a_town_is_opened_once(town: Town, owner: Tx) -> None:
    """Adding it again is refused and changes nothing."""
    again = Municipality(code=MunicipalityCode(town.code), name="別の名", low_water=1)

    with pytest.raises(Refused, match="MUNICIPALITY_EXISTS"):
        await municipalities.add(owner, again)

    async with town.open() as tx:
        assert (await municipalities.load(tx)).name == "試験市"


async def test_a_parameter_is_settled_and_the_others_stay(town: Town, owner: Tx) -> None:
    code = MunicipalityCode(town.code)

    await municipalities.set_parameters(owner, code, {"second_person_for_by_hand": "true"})
    await municipalities.set_parameters(owner, code, {})

    async with town.open() as tx:
        loaded = await municipalities.load(tx)
    assert loaded.parameters == Parameters(second_person_for_by_hand=True)
    assert loaded.name == "試験市"


async def test_several_values_are_written_with_commas(town: Town, owner: Tx) -> None:
    """As on the command line, where a list is one word."""
    code = MunicipalityCode(town.code)

    await municipalities.set_parameters(owner, code, {"approval": "転居、死亡"})

    async with town.open() as tx:
        loaded = await municipalities.load(tx)
    assert loaded.parameters.approval == (Procedure.ADDRESS_CHANGE, Procedure.DEATH)


@pytest.mark.parametrize(
    ("settled", "refusal"),
    [
        ({"approval": "火星転入"}, "PARAMETER_VALUE"),
        ({"second_person": "true"}, "PARAMETER_UNKNOWN"),
        ({"second_person_for_by_hand": "maybe"}, "PARAMETER_VALUE"),
    ],
)
async def test_a_parameter_that_makes_no_sense_is_refused(
    town: Town, owner: Tx, settled: dict[str, object], refusal: str
) -> None:
    with pytest.raises(Refused, match=refusal):
        await municipalities.set_parameters(owner, MunicipalityCode(town.code), settled)


async def test_the_target_stock_lies_above_the_low_water_mark(town: Town, owner: Tx) -> None:
    """Otherwise an order would be due again the moment it arrives."""
    level = Municipality(
        code=MunicipalityCode(town.code), name="試験市", low_water=100, target_stock=100
    )

    with pytest.raises(Refused, match="STOCK_LEVELS"):
        await municipalities.change(owner, level)


async def test_only_the_owner_may_settle_a_town(town: Town) -> None:
    """The application's role reads its own town and changes none."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with town.open() as tx:
            await municipalities.set_parameters(tx, MunicipalityCode(town.code), {})
