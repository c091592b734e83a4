"""Scenarios about numbers: changed, asked for in vain, mistyped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import Procedure
from register.municipalities import Parameters
from register.serials import SERIAL
from register.vault import MY_NUMBER
from tests.acceptance import deeds
from tests.acceptance.deeds import BOTH
from tests.agreement import agrees
from tests.changing import Locals
from tests.comparable import comparable
from tests.moving import Family, Movers, at_rest

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

CHILD = 2
A_DAY = Parameters(linkage_patience=timedelta(hours=24))


async def test_9_18_another_code_takes_the_number_and_the_certificates_along(
    frontier: Frontier,
) -> None:
    """住民票コード change: CS-04 carries old code; serial relinked and found.

    Red: ask nothing about the certificates under the new code.
    """
    movers = Movers(frontier, await comparable(frontier), await frontier.open_town())
    here, family = deeds.at(movers, movers.origin), await Family.of(movers.origin)
    former, number = family.codes[CHILD], await deeds.number_of(family, CHILD)
    serials = await deeds.certified(frontier, family, CHILD)

    await (await deeds.changes_code(here, family, CHILD)).closes()

    now = (await family.person(CHILD)).code
    held = {one["code"]: one for one in (await here.town.ledger("jlis"))["people"]}
    assert now != former
    assert held[now]["entries"][-1]["former_code"] == former
    assert await deeds.number_of(family, CHILD) == number == held[now]["number"]
    assert await deeds.valid(here.town, serials) == BOTH
    assert await _linked(family, CHILD) == _keys(here.town, serials)
    today = await frontier.today()
    filed = await deeds.files_online(movers, family, today, CHILD, serials["signature"])
    leaving = await movers.filed(family)
    await leaving.waits_for("move_in_notice", 1)
    assert (await movers.told(filed))["state"] == "完了"
    assert (await deeds.people_of(leaving)).people == [family.people[CHILD]]
    await agrees(here.town)
    for town in (movers.origin, movers.destination):
        await at_rest(town)


async def test_9_19_another_number_keeps_the_unified_number(here: Locals) -> None:
    """個人番号 change: same 団番; the former number is kept as history.

    Red: tell 統合宛名 nothing of the new number.
    """
    family = await here.family()
    before, unified = await deeds.number_of(family), await deeds.unified_number_of(family)

    await (await deeds.changes_number(here, family, 0)).closes()

    after = await deeds.number_of(family)
    assert after != before
    assert (await family.at_jlis())["number"] == after
    assert await deeds.unified_number_of(family) == unified
    async with here.town.transaction() as tx:
        kept = await tx.fetchval(
            "SELECT count(*) FROM vault WHERE resident_id = $1 AND field = $2",
            family.people[0],
            MY_NUMBER,
        )
    assert kept == 2
    await agrees(here.town)


async def test_9_20_a_symbol_that_does_not_come_is_asked_for_again_and_found_elsewhere(
    frontier: Frontier,
) -> None:
    """符号 request lost / answered at 中間サーバー only: polled completion, resend.

    Red: ask anew instead of asking after what was sent.
    """
    town = await frontier.open_town(parameters=A_DAY)
    here, family = Locals(frontier, town), await Family.of(town)
    await town.fault("jlis", "LOSE_REPLY", message="CS-13")
    await frontier.delay("jlis", "SYMBOL", town, 600)
    form = {"resident_id": str(family.people[0])}
    case = await here.accepted(Procedure.LINKAGE_CODE, "/v1/linkage-codes", form)
    await case.waits("linkage_code")
    await frontier.delay("jlis", "SYMBOL", town, 0)
    await frontier.on((await frontier.today()) + timedelta(days=1), 13)

    await case.closes()

    asked = await _requests(town)
    numbers = {one["request_number"] for one in asked}
    assert len(numbers) == len(asked) == 2
    held = (await town.ledger("intermediate_server"))["linkages"]
    (symbol,) = {one["symbol"] for one in held if one["request_number"] in numbers}
    assert await _told_of(town, symbol) == 0
    # Each request was taken once, also the one whose answer was lost.
    assert (await deeds.kinds_told(town)).count("CS-13") == len(asked)


async def test_9_31_a_mistyped_number_is_an_error_at_entry(movers: Movers) -> None:
    """不正 check digit 個人番号 / 住民票コード: error at entry; nothing is kept or repeated."""
    family = await Family.of(movers.origin)
    code, number = family.codes[0], await deeds.number_of(family)
    person: dict[str, Any] = {
        "name": "佐藤　花子",
        "sex": "女",
        "born_on": "1990-04-01",
        "relationship": "世帯主",
        "code": _mistyped(code),
        "number": _mistyped(number),
    }
    form = {
        "origin": movers.origin.code,
        "moved_in_on": (await movers.frontier.today()).isoformat(),
        "address": deeds.HOME,
        "persons": [person],
    }

    status, problem = await movers.frontier.post(movers.destination, "/v1/move-ins", form)

    assert status == 422
    wrong = {one["field"]: one["code"] for one in problem["errors"]}
    assert wrong == {
        "persons.0.code": "WRONG_CHECK_DIGIT",
        "persons.0.number": "WRONG_CHECK_DIGIT",
    }
    for typed in (person["code"], person["number"]):
        assert typed not in str(problem)
    assert await movers.frontier.cases_of(movers.destination, Procedure.MOVE_IN) == []


async def _linked(family: Family, who: int) -> set[bytes]:
    """The valid serial numbers the register has of somebody, by their keys."""
    async with family.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT serial FROM certificate_serial WHERE resident_id = $1 AND state = 'valid'",
            family.people[who],
        )
    return {row["serial"] for row in rows}


def _keys(town: Town, serials: dict[str, str]) -> set[bytes]:
    vault = town.house.vault
    return {vault.key_of(town.code, SERIAL, serial) for serial in serials.values()}


def _mistyped(number: str) -> str:
    """With another last digit, which is the check digit."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


async def _requests(town: Town) -> list[dict[str, Any]]:
    return (await town.ledger("jlis"))["linkage_requests"]


async def _told_of(town: Town, symbol: str) -> int:
    """How many rows of ours hold a 符号: it must never come to the municipality."""
    async with town.transaction() as tx:
        return await tx.fetchval(
            "SELECT count(*) FROM linkage_request r WHERE r::text LIKE '%' || $1 || '%'", symbol
        )
