"""A day of the town hall, on: numbers, 符号 and certificates, changed or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.scenario.cast import DAY, residents
from local.scenario.habits import carry_out, certify, hand_in, home_of, require, waits_for

if TYPE_CHECKING:
    from local.scenario.caller import Json
    from local.scenario.cast import Household
    from local.scenario.stage import Stage

_LATE, _USUAL = 3.0, 0.3
"""Seconds until a 符号 appears in 中間サーバー."""
_RENEWED = 3


async def a_code_is_changed(stage: Stage) -> str:
    """21: 住民票コード変更: another from stock, the former nobody's for ever, 個人番号 the same."""
    household = DAY.recoded
    home, former = await home_of(stage.caller, household), await certify(stage, household)
    await carry_out(stage.caller, "counter", "code-changes", home.one(0))
    ledgers = await stage.outside.ledgers()
    retired = {row["code"]: row["replaced_by"] for row in ledgers.jlis["retired_codes"]}
    require(former in retired, "前のコードが生きている")
    held = ledgers.at_jlis(retired[former])
    require(held and held["live"], "新しいコードで現存していない")
    require(held and held["number"] == _number(household), "個人番号が変わった")
    return "新しいコードで現存、前のコードは二度と使われない、個人番号はそのまま"


async def a_number_is_changed(stage: Stage) -> str:
    """22: 個人番号 that leaked is changed: J-LIS makes another, under the same 団番."""
    household = DAY.leaked
    home = await home_of(stage.caller, household)
    before = await _addressee(stage, home.addressee_numbers[0])
    form = home.one(0) | {"kind": "個人番号の変更請求", "grounds": "番号漏えい-0003"}
    await carry_out(stage.caller, "examiner", "number-changes", form)
    held = (await stage.outside.ledgers()).at_jlis(household.codes[0])
    after = await _addressee(stage, home.addressee_numbers[0])
    require(held and held["number"] != _number(household), "個人番号が同じ")
    require(held and after["my_number"] == held["number"], "統合宛名が違う番号を持つ")
    require(after["unified_number"] == before["unified_number"], "団番が変わった")
    return "住基ネットと統合宛名に新しい番号、団番はそのまま"


async def a_linkage_code_is_obtained(stage: Stage) -> str:
    """23: 符号取得: staff see which of the two systems is silent until the 符号 is there."""
    home = await home_of(stage.caller, DAY.linked)
    await stage.outside.delay("jlis", "SYMBOL", _LATE)
    number = await hand_in(
        stage.caller, "counter", "linkage-codes", {"resident_id": home.people[0]}
    )
    case = await stage.caller.until(number, waits_for("linkage_code"), "符号待ち")
    silent = str(case["waiting_for"][0]["silent_ja"])
    require(silent.endswith("中間サーバーにまだありません。"), silent)
    await stage.caller.completed([number])
    await stage.outside.delay("jlis", "SYMBOL", _USUAL)
    return "住基ネットは受付済み、中間サーバーを待つと示す → 届いて完了"


async def certificates_are_taken_in(stage: Stage) -> str:
    """24: 証明書シリアル取得, of one person and then of everybody: issued, renewed, revoked."""
    household = DAY.certified
    home = await home_of(stage.caller, household)
    await certify(stage, household)
    one = {"resident_id": home.people[0]}
    await carry_out(stage.caller, "counter", "certificate-serials", one)
    before = await _batch(stage)
    signature, authentication = household.serial_of(1), household.serial_of(2)
    await stage.outside.renew_certificate(signature, household.serial_of(_RENEWED))
    await stage.outside.revoke_certificate(authentication)
    changed, again = await _batch(stage), await _batch(stage)
    require(_told(changed) == (1, 1, 0), str(_told(changed)))
    require(_told(again) == (0, 0, 0), str(_told(again)))
    return (
        f"一人について完了。一括は初回 {before['linked']} 枚、その後は更新 1・失効 1、"
        "もう一度は 0、台帳にいない人 0"
    )


async def _batch(stage: Stage) -> Json:
    """Take in what changed since the last time; what it came to."""
    number = await hand_in(stage.caller, "counter", "certificate-serials/batches", {})
    await stage.caller.completed([number])
    return (await stage.caller.get("counter", f"certificate-serials/batches/{number}")).expect(200)


def _told(batch: Json) -> tuple[int, int, int]:
    return batch["linked"], batch["revoked"], batch["unmatched"]


async def _addressee(stage: Stage, number: str) -> Json:
    held = (await stage.outside.ledgers()).addressee(number)
    require(held is not None, "宛名がない")
    return held or {}


def _number(household: Household) -> str:
    """個人番号 of the head, as it was."""
    return residents(household)[0]["個人番号"]
