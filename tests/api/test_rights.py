"""Who may do what: every cell of the one table, over HTTP, in one's own municipality and another's.

Exactly ROLE_NOT_ALLOWED is a no of the table; any other answer has passed it.
"""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import pytest

from api.rights import COLUMNS, ELSE, TABLE, Act, roles
from domain.cases import Procedure
from domain.numbers import MunicipalityCode
from runtime.settings import TokenGrant, TokenRole
from tests.api.counter import Api, an_api
from tests.api.every_right import BEGUN_AT, Cell, a_case_of_each

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from tests.api.conftest import Land
    from tests.api.counter import Answer, Client

PROCEDURES = list(Procedure)
NO = (403, "ROLE_NOT_ALLOWED")


class Hall(NamedTuple):
    """Two towns at one API, the cases of the first, and whoever works in either."""

    api: Api
    numbers: dict[Procedure, str]

    def somebody(self, role: TokenRole, *, elsewhere: bool = False) -> Client:
        """In this role, here or in the other town."""
        return self.api.stranger(_token(role, "there" if elsewhere else "here"))

    def narrowed(self, procedure: Procedure) -> Client:
        """A chief of the first town narrowed to one procedure, whose cases they may also cancel."""
        return self.api.stranger(_token(TokenRole.CHIEF, procedure.name))


@pytest.fixture(scope="session")
async def hall(
    database_urls: Mapping[str, str], keyring_path: Path, land: Land
) -> AsyncGenerator[Hall]:
    """An API of its own, which knows a few tokens and therefore answers fast."""
    here, there = [await land.open_town(households=1) for _ in range(2)]
    codes = (MunicipalityCode(here.code), MunicipalityCode(there.code))
    grants = _grants(*codes)
    async with an_api(database_urls["juki_app"], keyring_path, codes, api_tokens=grants) as api:
        yield Hall(api, await a_case_of_each(here))


@pytest.mark.parametrize("procedure", PROCEDURES, ids=str)
async def test_each_role_may_do_with_a_case_what_the_table_says(
    hall: Hall, procedure: Procedure
) -> None:
    """Every role, every act; the table itself stands in the runbook.  Red: ask for another act."""
    asked = [(role, cell) for cell in _cells(procedure) for role in TokenRole]
    answers = await _gathered(hall, procedure, asked)

    for (role, cell), answer in zip(asked, answers, strict=True):
        refused = (answer.status, answer.json.get("code")) == NO
        assert refused is (role not in TABLE[procedure].of(cell.act)), (role, cell, answer.text)


@pytest.mark.parametrize("procedure", PROCEDURES, ids=str)
async def test_nobody_does_anything_with_another_towns_case(
    hall: Hall, procedure: Procedure
) -> None:
    """Not even its chief: whoever may do it at home is told there is no such case."""
    acts = [cell for cell in _cells(procedure) if cell.act is not Act.REPORT]
    asked = [(role, cell) for cell in acts for role in TokenRole]
    answers = await _gathered(hall, procedure, asked, elsewhere=True)

    for (role, cell), answer in zip(asked, answers, strict=True):
        may = role in roles(cell.act)
        expected = (404, "UNKNOWN_CASE") if may else NO
        assert (answer.status, answer.code) == expected, (role, cell, answer.text)


@pytest.mark.parametrize("procedure", PROCEDURES, ids=str)
async def test_who_is_narrowed_to_a_procedure_does_nothing_with_others(
    hall: Hall, procedure: Procedure
) -> None:
    """They still see every case.  Red: forget the procedure at any one of the demands."""
    other = _another(procedure)
    client = hall.narrowed(procedure)
    for cell in _cells(procedure):
        answer = await cell.asked_by(client, hall.numbers[procedure])
        assert (answer.status, answer.json.get("code")) != NO, (cell, answer.text)
    for cell in _cells(other):
        answer = await cell.asked_by(client, hall.numbers[other])
        refused = (answer.status, answer.json.get("code")) == NO
        assert refused is (cell.act is not Act.SEE_CASES), (cell, answer.text)


def test_every_procedure_has_a_row() -> None:
    """Whoever adds a procedure says who may do what with it."""
    for procedure in Procedure:
        assert procedure in TABLE, (
            f"手続「{procedure}」の行が api/rights.py の TABLE にありません。"
            "誰が何をしてよいかを決め、`make docs` で運用手引き15.1に書き出してください。"
        )
    assert set(TABLE) == set(Procedure)


def test_every_act_stands_in_the_table_or_beside_it() -> None:
    """And in one of them only."""
    assert sorted(act.name for act in chain(COLUMNS, ELSE)) == sorted(act.name for act in Act)


def test_what_somebody_may_begin_has_a_place_where_it_is_begun() -> None:
    """And nothing else has one: a procedure that only other systems begin has no route."""
    assert {procedure for procedure, row in TABLE.items() if row.report} == set(BEGUN_AT)


def _cells(procedure: Procedure) -> list[Cell]:
    """Every act that can be asked for; what is taken back comes last, since it ends the case."""
    acts = sorted(COLUMNS, key=lambda act: act is Act.WITHDRAW)
    begun = procedure in BEGUN_AT
    return [Cell(procedure, act) for act in acts if begun or act is not Act.REPORT]


async def _gathered(
    hall: Hall,
    procedure: Procedure,
    asked: list[tuple[TokenRole, Cell]],
    *,
    elsewhere: bool = False,
) -> list[Answer]:
    number = hall.numbers[procedure]
    return await asyncio.gather(
        *(cell.asked_by(hall.somebody(role, elsewhere=elsewhere), number) for role, cell in asked)
    )


def _another(procedure: Procedure) -> Procedure:
    """Another procedure, of which something is begun here."""
    others = [one for one in PROCEDURES if one in BEGUN_AT and one is not Procedure.CANCELLATION]
    place = others.index(procedure) if procedure in others else 0
    return others[(place + 1) % len(others)]


def _grants(here: MunicipalityCode, there: MunicipalityCode) -> dict[str, TokenGrant]:
    towns = {"here": here, "there": there}
    grants = {
        _token(role, place): TokenGrant(client=f"{role}-01", role=role, municipality=code)
        for place, code in towns.items()
        for role in TokenRole
    }
    for one in Procedure:
        only = frozenset({one, Procedure.CANCELLATION})
        grants[_token(TokenRole.CHIEF, one.name)] = TokenGrant(
            client=f"only-{one.name}", role=TokenRole.CHIEF, municipality=here, procedures=only
        )
    return grants


def _token(role: TokenRole, place: str) -> str:
    return f"{role}-{place}"
