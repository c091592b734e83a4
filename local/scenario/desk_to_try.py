"""A desk to try: what the demo leaves behind, cases done, cases waiting, an incident of each kind.

Everything is handed in and decided through the public API, as counter, citizens and chief do it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from local.scenario import forms
from local.scenario.cast import DESK, FORMER_ADDRESS, HERE
from local.scenario.habits import (
    carry_out,
    cases_of,
    file_at_the_counter,
    hand_in,
    home_of,
    new_case,
    waits_for,
)
from local.scenario.scenes_births import another_postal_code
from local.scenario.scenes_day import address_of, correction
from local.scenario.scenes_desk import reconcile
from local.scenario.stage import two_towns

if TYPE_CHECKING:
    from local.scenario.caller import Json
    from local.scenario.cast import Household
    from local.scenario.stage import Stage
    from local.stack import LocalStack

_STOCK = (10, 40)
_DAYS_AHEAD = 10
_FOR_APPROVAL = "世帯変更,転居"
_LETTER = "送付先情報を送る"


async def leave_a_desk(stack: LocalStack) -> None:
    """Fill a fresh office; raises `Missed` where something does not come out as it should."""
    async with two_towns(stack) as stage:
        await stage.there.found(stack, DESK.coming)
        settled = (one for one in DESK if one not in (DESK.coming, DESK.differing))
        await stage.here.found(stack, *settled, levels=_STOCK)
        await _plant_a_difference(stage)
        await asyncio.gather(_cases_done(stage), _cases_waiting(stage))
        # One after the other: a fault that is armed meets whoever comes next.
        for trouble in (_misaddressed, _declined, _garbled, _overtaken, _taken_back, _told_before):
            await trouble(stage)
        await reconcile(stage.caller)


async def _cases_done(stage: Stage) -> None:
    numbers = [await stage.birth(one) for one in (DESK.born, DESK.born_too)]
    await stage.caller.completed(numbers)


async def _cases_waiting(stage: Stage) -> None:
    """For a day, for another town's notice, for a visit, and for a second person."""
    caller, today = stage.caller, await stage.today()
    for household, day, kind in (
        (DESK.leaving, await stage.in_days(_DAYS_AHEAD), "departure_day"),
        (DESK.left, today, "move_in_notice"),
    ):
        home = await home_of(caller, household)
        number = await file_at_the_counter(stage, household, home.whole, day, with_card=True)
        await caller.until(number, waits_for(kind), kind)
    await _somebody_is_coming(stage)
    await stage.here.settle_parameter(stage.stack, "approval", _FOR_APPROVAL)
    home = await home_of(caller, DESK.parting)
    form = home.of(1) | {"kind": "世帯分離", "changed_on": today.isoformat()}
    number = await hand_in(caller, "counter", "household-changes", form)
    await caller.until(number, waits_for("approval"), "決裁待ち")


async def _somebody_is_coming(stage: Stage) -> None:
    """A family of the other town has filed its move online."""
    known = await cases_of(stage.here, "特例転入")
    household_id = await stage.there.caller.household_id(DESK.coming)
    people = await stage.there.register.people()
    family = [one for one in people if str(one.entry.household_id) == household_id]
    await stage.outside.issue_card(DESK.coming.serial, family[0].code or "")
    await stage.outside.file_move(forms.online(DESK.coming, family, HERE, await stage.today()))
    number = await new_case(stage.here, "特例転入", known)
    await stage.caller.until(number, waits_for("visit"), "来庁待ち")


async def _misaddressed(stage: Stage) -> None:
    """J-LIS refuses an address that does not fit its 郵便番号: to be amended."""
    household = DESK.misaddressed
    wrong = {"postal_code": another_postal_code(household), "line": household.address}
    await _parks(stage, await stage.birth(household, address=wrong))


async def _declined(stage: Stage) -> None:
    """統合宛名 declines three times: to be tried again, all at once, when it is mended there."""
    await stage.outside.arm("unified_addressee", "REFUSE", code="UNKNOWN_NUMBER", times=3)
    for household in (DESK.declined, DESK.declined_too, DESK.declined_again):
        await _parks(stage, await stage.birth(household))


async def _garbled(stage: Stage) -> None:
    """J-LIS answers with something that is no answer."""
    damaged = {"message": "CS-02", "form": "OTHER_CODE", "on": "any", "times": None}
    await stage.outside.arm("jlis", "MALFORMED", **damaged)
    await _parks(stage, await stage.birth(DESK.garbled))
    await stage.outside.calm()


async def _overtaken(stage: Stage) -> None:
    """A 転居 waits for approval while another case changes the household: to be looked at again."""
    caller, household = stage.caller, DESK.overtaken
    home, today = await home_of(caller, household), (await stage.today()).isoformat()
    form = home.whole | {"moved_on": today, "address": address_of(household)}
    moving = await hand_in(caller, "counter", "address-changes", form)
    await caller.until(moving, waits_for("approval"), "決裁待ち")
    renamed = await correction(stage, home.of(1), name=f"{household.surname}　みち子")
    await carry_out(caller, "examiner", "corrections", renamed)
    version = (await caller.get("chief", f"cases/{moving}/report")).expect(200)["version"]
    approval = {"verdict": "approved", "version": version}
    (await caller.post("chief", f"cases/{moving}/approvals", approval)).expect(202)
    await _parks(stage, moving)


async def _taken_back(stage: Stage) -> None:
    """Something done by hand is to be taken back, which only people can."""
    number = await _announced_by_hand(stage, DESK.taken_back)
    await stage.caller.decide(number, "withdraw", reason="届出人からの取下げ書による。")
    await _parks(stage, number, "take_back_by_hand")


async def _told_before(stage: Stage) -> None:
    """Something told by hand was amended since: to be told by hand again."""
    household = DESK.told_before
    number = await _announced_by_hand(stage, household)
    case = await stage.caller.case(number)
    name, name_kana = household.child
    await stage.caller.decide(
        number,
        "amend",
        incident_id=case["incidents"][0]["incident_id"],
        reason="届書の氏名を読み違えていた。",
        amendment={"name": f"{name}子", "name_kana": f"{name_kana}コ"},
    )
    await _parks(stage, number, "tell_by_hand")


async def _announced_by_hand(stage: Stage, household: Household) -> str:
    """A birth whose 本人確認情報 was told by hand, and which stands still at the letter."""
    for message in ("CS-04", "CS-12"):
        await stage.outside.arm("jlis", "REFUSE", message=message, code="BAD_CHARACTER")
    number = await stage.birth(household)
    case = await _parks(stage, number)
    first = case["incidents"][0]
    told = {"incident_id": first["incident_id"], "evidence": "電話記録-2026-0107"}
    await stage.caller.decide(number, "done_by_hand", reason="電話で伝えた。", **told)
    await stage.caller.until(
        number, lambda case: _LETTER in {one["step"] for one in case["incidents"]}, "送付先で停止"
    )
    return number


async def _plant_a_difference(stage: Stage) -> None:
    """統合宛名 has not heard that somebody moved: found by 突合, with a repair proposed."""
    known = await stage.here.take_over(stage.stack, DESK.differing)
    known[0]["addressee"] |= {"address": FORMER_ADDRESS}
    await stage.outside.settle(known)


async def _parks(stage: Stage, number: str, kind: str = "") -> Json:
    """Wait until a case waits for staff, on account of such an incident."""

    def stands(case: dict[str, Any]) -> bool:
        return any(kind in {"", one["kind"]} for one in case["incidents"])

    return await stage.caller.until(number, stands, "職員の判断待ち")
