"""符号取得: asked for through 住基ネット, found in 中間サーバー; either may be silent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.cases import Procedure
from domain.telegrams import Message
from register.municipalities import Parameters
from tests.eventually import eventually

if TYPE_CHECKING:
    from uuid import UUID

    from tests.frontier import Frontier
    from tests.house import Case, Town

SOON = Parameters(linkage_patience=timedelta(seconds=1))


@pytest.mark.parametrize("later", [0.0, 30.0], ids=["the-second-comes", "the-first-comes-late"])
async def test_what_does_not_come_is_asked_for_anew_and_there_is_one_code(
    frontier: Frontier, later: float
) -> None:
    """A new 処理通番 each time, one 符号 whichever arrives first, and the late one changes nothing.

    Red: let J-LIS make a 符号 per request, or look only after the newest 処理通番.
    """
    town = await frontier.open_town(parameters=SOON)
    await frontier.delay("jlis", "SYMBOL", town, 4)
    case = await _asks(frontier, town)
    await eventually(lambda: _asked(town, 1))
    await frontier.delay("jlis", "SYMBOL", town, later)

    await case.closes()

    asked = [one["request_number"] for one in (await town.ledger("jlis"))["linkage_requests"]]
    assert len(set(asked)) >= 2
    assert len(await _told(case)) == len(asked)
    if not later:
        await eventually(lambda: _arrived(town, len(asked)))
    assert len({one["symbol"] for one in await _linkages(town)}) == 1


async def test_staff_see_that_the_intermediate_server_is_silent(frontier: Frontier) -> None:
    """When 住基ネット took it, under which 処理通番, and that 中間サーバー has nothing yet."""
    town = await frontier.open_town()
    await frontier.delay("jlis", "SYMBOL", town, 3)
    case = await _asks(frontier, town)

    await case.waits("linkage_code")

    (waiting,) = (await frontier.get(town, f"/v1/cases/{case.ref.case_number}"))["waiting_for"]
    (number,) = await _told(case)
    assert waiting["until"] is not None
    assert number in waiting["silent_ja"]
    assert waiting["silent_ja"].startswith("住基ネットは2026-12-01 12:0")
    assert waiting["silent_ja"].endswith("中間サーバーにまだありません。")
    await case.closes()


async def test_staff_see_that_juki_net_is_silent(frontier: Frontier) -> None:
    """Nothing was taken yet: it is not 中間サーバー that has to be asked."""
    town = await frontier.open_town(gates={"gate_failures": 1000})
    await town.fault("jlis", "UNAVAILABLE", message=Message.LINKAGE_REQUEST, on="any", times=None)
    case = await _asks(frontier, town)

    await case.fails("機関別符号を取得する")

    (waiting,) = (await frontier.get(town, f"/v1/cases/{case.ref.case_number}"))["waiting_for"]
    assert waiting["silent_ja"] == "住基ネットがまだ受け付けていません。"
    await frontier.house.world.control("DELETE", f"faults?municipality={town.code}")
    await case.closes()


async def test_a_day_without_an_answer_is_waited_for_by_the_calendar(frontier: Frontier) -> None:
    """The municipality's patience counts by the office's clock.  Red: count from the true one."""
    town = await frontier.open_town(parameters=Parameters(linkage_patience=timedelta(hours=24)))
    await frontier.delay("jlis", "SYMBOL", town, 600)
    case = await _asks(frontier, town)
    await case.waits("linkage_code")
    assert len(await _told(case)) == 1
    await frontier.delay("jlis", "SYMBOL", town, 0)

    await frontier.on((await frontier.today()) + timedelta(days=1), 13)

    await case.closes()
    assert len(await _told(case)) == 2


async def test_one_request_at_a_time_for_one_person(frontier: Frontier) -> None:
    """A second one is refused and names the first; so is one for somebody nobody knows."""
    town = await frontier.open_town()
    await frontier.delay("jlis", "SYMBOL", town, 2)
    case = await _asks(frontier, town)
    body = {"resident_id": str(await _somebody(town))}

    status, problem = await frontier.post(town, "/v1/linkage-codes", body)

    assert (status, problem["code"]) == (409, "ALREADY_UNDER_WAY")
    assert problem["case_numbers"] == [case.ref.case_number]
    nobody = {"resident_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"}
    assert (await frontier.post(town, "/v1/linkage-codes", nobody))[0] == 404
    await case.closes()


async def _asks(frontier: Frontier, town: Town) -> Case:
    body = {"resident_id": str(await _somebody(town))}
    status, receipt = await frontier.post(town, "/v1/linkage-codes", body)
    assert status == 202, receipt
    return await frontier.case_of(town, Procedure.LINKAGE_CODE)


async def _somebody(town: Town) -> UUID:
    async with town.transaction() as tx:
        return await tx.fetchval(
            "SELECT resident_id FROM resident ORDER BY addressee_number LIMIT 1"
        )


async def _told(case: Case) -> list[str]:
    """The 処理通番 住基ネット has taken, as the case's own page of the register has them."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT request_number FROM linkage_request WHERE case_id = $1 ORDER BY log_id",
            case.ref.case_id,
        )
    return [str(row["request_number"]) for row in rows]


async def _asked(town: Town, times: int) -> bool:
    return len((await town.ledger("jlis"))["linkage_requests"]) >= times


async def _linkages(town: Town) -> list[dict[str, Any]]:
    """What 中間サーバー holds under a 処理通番 of ours."""
    asked = {one["request_number"] for one in (await town.ledger("jlis"))["linkage_requests"]}
    held = (await town.ledger("intermediate_server"))["linkages"]
    return [one for one in held if one["request_number"] in asked]


async def _arrived(town: Town, times: int) -> bool:
    return len(await _linkages(town)) == times
