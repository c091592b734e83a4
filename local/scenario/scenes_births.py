"""Scenes about births: healthy ones, and those that meet trouble outside or a change of mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.scenario.caller import eventually, step_of
from local.scenario.cast import HERE
from local.scenario.habits import require
from local.scenario.town import TARGET_STOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.scenario.cast import Household
    from local.scenario.stage import Stage

_NUMBER = "個人番号を要求して登録する"
_MAILING = "送付先情報を送る"
_ANNOUNCEMENT = "本人確認情報を送信する"
_TOP_UP = "住民票コード補充"
_LINKAGE = "機関別符号を取得する"
_TIMES_AWAY = 4


async def stock_refills_itself(stage: Stage) -> str:
    """1: five codes in stock; when births bring it below the mark, more are ordered."""
    caller = stage.caller
    try:
        await caller.completed([await _first_order(stage)])
    finally:
        stage.stocked.set()
    stock = (await caller.stock())["stock"]
    require(stock == TARGET_STOCK, f"在庫 {stock}")
    orders = await _until_two_orders(stage)
    await caller.completed(order["case_number"] for order in orders)
    refilled = (await caller.stock())["stock"]
    require(refilled == TARGET_STOCK, f"在庫 {refilled}")
    clients = "、".join(order["client"] for order in orders[:-1])
    return f"在庫 {stock} → 下限割れ → 補充 {len(orders) - 1} 件（{clients}）→ 在庫 {refilled}"


async def three_healthy_births(stage: Stage) -> str:
    """2: three births, whose names stay as they were written, byte for byte."""
    await stage.stocked.wait()
    households = [next(stage.households) for _ in range(3)]
    for household in households:
        number = await stage.birth(household)
        await stage.caller.completed([number])
        await _named_everywhere(stage, household)
        stage.first_born.append((household, number))
    return "3 件完了、氏名は住民票と統合宛名で一字一句同じ"


async def jlis_is_away(stage: Stage) -> str:
    """3: J-LIS answers 503 four times; the child has no name yet, which is legal."""
    await stage.outside.arm("jlis", "UNAVAILABLE", message="CS-12", times=_TIMES_AWAY)
    number = await stage.birth(name="", name_kana="")
    case = (await stage.caller.completed([number], seconds=60))[0]
    failed = step_of(case, _MAILING)["failed_attempts"]
    require(failed >= _TIMES_AWAY, f"失敗 {failed} 回")
    return f"503 を {_TIMES_AWAY} 回受け、試行 {failed} 回の失敗の後に完了（氏名未定の子）"


async def the_reply_is_lost(stage: Stage) -> str:
    """4: the 個人番号 is generated, the reply lost: it is asked for, and not made again."""
    await stage.outside.arm("jlis", "LOSE_REPLY", message="CS-02")
    number = await stage.birth()
    case = (await stage.caller.completed([number]))[0]
    require(step_of(case, _NUMBER)["failed_attempts"] >= 1, "返信は失われなかった")
    child = await _only_child(stage, case)
    ledger = (await stage.outside.ledgers()).jlis
    made = {held["number"] for held in ledger["people"] if held["code"] == child.code}
    require(made == {child.number}, f"個人番号 {len(made)} 個")
    return "照会して受領、個人番号は 1 個のまま"


async def staff_amend_an_address(stage: Stage) -> str:
    """5: J-LIS refuses an address that does not fit its 郵便番号, until staff correct it."""
    household = next(stage.households)
    wrong = {"postal_code": another_postal_code(household), "line": household.address}
    number = await stage.birth(household, address=wrong)
    case = await stage.caller.until(number, lambda case: bool(case["incidents"]), "職員の判断待ち")
    incident = case["incidents"][0]
    require(incident["step"] == _ANNOUNCEMENT, incident["step"])
    right = {"postal_code": household.postal_code, "line": household.address}
    decision = await stage.caller.decide(
        number,
        "amend",
        incident_id=incident["incident_id"],
        reason="郵便番号の誤りを届書で確認した。",
        amendment={"address": right},
    )
    case = (await stage.caller.completed([number]))[0]
    states = {made["decision_id"]: made["state"] for made in case["decisions"]}
    require(states[decision["decision_id"]] == "worked", str(states))
    return f"{incident['code']} で停止 → 訂正 → 完了"


async def a_birth_is_withdrawn(stage: Stage) -> str:
    """6: withdrawn after step 5 while step 7 is being retried: countered everywhere."""
    await stage.outside.arm("jlis", "UNAVAILABLE", message="CS-13", times=None)
    number = await stage.birth()
    await stage.caller.until(number, _fails_at(_LINKAGE), "符号取得の再試行")
    await stage.caller.decide(number, "withdraw", reason="届出人からの取下げ書による。")
    case = await stage.caller.until(number, lambda case: case["state"] == "withdrawn", "取下げ済み")
    await stage.outside.calm()
    await stage.agrees()
    child = await _only_child(stage, case)
    ledger = (await stage.outside.ledgers()).jlis
    held = next(person for person in ledger["people"] if person["code"] == child.code)
    require(not held["live"] and held["number"] == child.number, "住基ネットに残っている")
    undone = [step["step"] for step in case["steps"] if step["persons"][0]["state"] == "undone"]
    return f"{len(undone)} 処理を取消し、住基ネットは消除、宛名は閉鎖、番号は欠番"


async def reported_again(stage: Stage) -> str:
    """9: the same child a second time is held back before anything is numbered."""
    require(stage.first_born, "先の届出がない")
    household, first = stage.first_born[0]
    answer = await stage.caller.report_birth(household, stage.born_on)
    problem = answer.expect(409)
    require(first in problem.get("case_numbers", ()), "元の案件を示さない")
    return f"409 {problem['code']}、元の案件を示す"


async def _first_order(stage: Stage) -> str:
    """Order codes, unless the relay has noticed the empty stock already and ordered them."""
    ordered = await stage.caller.cases(procedure=_TOP_UP)
    return ordered[-1]["case_number"] if ordered else await stage.caller.order_codes()


async def _until_two_orders(stage: Stage) -> list[dict[str, Any]]:
    """The orders for codes, newest first, once there is more than the first."""
    return await eventually(
        lambda: stage.caller.cases(procedure=_TOP_UP),
        lambda orders: len(orders) > 1,
        "補充 2 件",
        lambda orders: f"{len(orders)} 件",
    )


async def _named_everywhere(stage: Stage, household: Household) -> None:
    name, _ = household.child
    entered = [member["name"] for member in await stage.caller.members(household)]
    addressees = (await stage.outside.ledgers()).unified_addressee["addressees"]
    told = [held["contents"].get("name") for held in addressees]
    require(name in entered, "住民票の氏名が違う")
    require(name in told, "統合宛名の氏名が違う")


async def _only_child(stage: Stage, case: dict[str, Any]) -> Any:
    resident_id = case["persons"][0]["resident_id"]
    people = await stage.register.people()
    return next(person for person in people if str(person.resident_id) == resident_id)


def _fails_at(step: str) -> Callable[[dict[str, Any]], bool]:
    return lambda case: step_of(case, step)["failed_attempts"] > 0


def another_postal_code(household: Household) -> str:
    """A 郵便番号 of another part of the town."""
    return next(code for code in HERE.postal_codes if code != household.postal_code)
