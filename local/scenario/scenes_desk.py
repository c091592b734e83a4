"""A day of the town hall, at its end: 決裁, the statement of the day, and 突合."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from local.scenario.caller import step_of
from local.scenario.cast import DAY, FORMER_ADDRESS, HERE, TAKEN_OVER
from local.scenario.habits import carry_out, hand_in, home_of, require, waits_for
from local.scenario.scenes_day import address_of, lives_at

if TYPE_CHECKING:
    from local.scenario.caller import Caller, Json
    from local.scenario.stage import Stage

_NUMBER = "個人番号を要求して登録する"
_PLANTED = Counter({"ADDRESSEE_CONTENTS": 1, "COPY_MISSING": 1})
"""What 統合宛名 and 中間サーバー have otherwise of those taken over."""


async def a_second_person_approves(stage: Stage) -> str:
    """25: 審査・決裁, which the town asks for of a 転居: nothing is entered before it."""
    household = DAY.examined
    home = await home_of(stage.caller, household)
    await stage.here.settle_parameter(stage.stack, "approval", "転居")
    moved_on = (await stage.today()).isoformat()
    form = home.whole | {"moved_on": moved_on, "address": address_of(household)}
    number = await hand_in(stage.caller, "examiner", "address-changes", form)
    await stage.caller.until(number, waits_for("approval"), "決裁待ち")
    await lives_at(stage, home, household.address)
    read = (await stage.caller.get("chief", f"cases/{number}/report")).expect(200)
    approval = {"verdict": "approved", "version": read["version"]}
    own = await stage.caller.post("examiner", f"cases/{number}/approvals", approval)
    refused = own.expect(409)["code"]
    require(refused == "OWN_REPORT", refused)
    (await stage.caller.post("chief", f"cases/{number}/approvals", approval)).expect(202)
    await stage.caller.completed([number])
    await lives_at(stage, home, household.new_home(HERE))
    await stage.here.settle_parameter(stage.stack, "approval", "")
    return f"決裁まで住所は元のまま、受け付けた本人は 409 {refused}、別の職員の決裁で転居"


async def the_day_is_complete(stage: Stage) -> str:
    """26: 一日の完全性: while J-LIS gives no number the statement names the child, then nobody."""
    await stage.outside.arm("jlis", "UNAVAILABLE", message="CS-02", on="any", times=None)
    number = await stage.birth(DAY.expecting)
    await stage.caller.until(
        number, lambda case: step_of(case, _NUMBER)["failed_attempts"] > 0, "番号要求の再試行"
    )
    lacking = await _completeness(stage.caller)
    named = {one["case_number"]: one["missing"] for one in lacking["exceptions"]}
    require(named.keys() == {number}, "、".join(named) or "例外なし")
    require(named[number][0] == "個人番号がまだない", "、".join(named[number]))
    await stage.outside.calm()
    await stage.caller.completed([number], seconds=60)
    statement = await _completeness(stage.caller)
    require(not statement["exceptions"], statement["ja"])
    return f"「{named[number][0]}」と例外 1 件 → {statement['ja']}"


async def differences_are_repaired(stage: Stage) -> str:
    """27: 突合 finds what was planted and nothing else; staff decide; it is gone."""
    known = await stage.here.take_over(stage.stack, TAKEN_OVER)
    known[0]["addressee"] |= {"address": FORMER_ADDRESS}
    known[1]["copy_facts"] = None
    await stage.outside.settle(known)
    found = await reconcile(stage.caller)
    kinds = Counter(one["kind"] for one in found["differences"])
    require(kinds == _PLANTED, "、".join(sorted(kinds.elements())))
    for difference in found["differences"]:
        await _repair(stage.caller, difference)
    again = await reconcile(stage.caller)
    require(again["found"] == 0, f"差異 {again['found']} 件")
    repairs = "、".join(sorted(str(one["repair"]) for one in found["differences"]))
    return f"差異 {found['found']} 件 → 職員の判断で差異修正（{repairs}）→ 差異 0"


async def reconcile(caller: Caller) -> Json:
    """Hold a whole register against everybody else, as its own staff do; what was found."""
    case = await carry_out(caller, "counter", "reconciliations", {})
    path = f"reconciliations/{case['case_number']}?limit=200"
    return (await caller.get("counter", path)).expect(200)


async def _repair(caller: Caller, difference: Json) -> None:
    decision = {"verb": "repair", "reason": "届書の写しで台帳の記載が正しいことを確かめた。"}
    path = f"differences/{difference['difference_id']}/decisions"
    await carry_out(caller, "chief", path, decision)


async def _completeness(caller: Caller) -> Json:
    return (await caller.get("counter", "completeness")).expect(200)
