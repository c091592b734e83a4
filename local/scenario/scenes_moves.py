"""Scenes about people who move from one town to the other, and one about those who did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.scenario import forms
from local.scenario.caller import Missed, eventually, step_of
from local.scenario.cast import HERE, MOVING, THERE
from local.scenario.habits import (
    cases_of,
    file_at_the_counter,
    new_case,
    require,
    voided,
    waits_for,
)
from local.scenario.outside import Seen
from local.scenario.whereabouts import Where

if TYPE_CHECKING:
    from local.scenario.cast import Household
    from local.scenario.person import Person
    from local.scenario.stage import Stage
    from local.scenario.town import Town

_LEAVING, _COMING = "転出受理", "特例転入"
_NOTICE = "転入通知を送る"
_DAYS_AHEAD, _LATER = 2, 10


async def a_family_moves(stage: Stage) -> str:
    """10: online, by card, and the reply to the 転入通知 is lost; the newborn moves along."""
    household, family = await _with_child(stage, 0)
    application, leaving, coming = await _file_online(stage, household, family)
    await stage.there.outside.arm("jlis", "LOSE_REPLY", message="CS-07")
    visit = forms.visit(household, THERE, family[0], await stage.today())
    (await stage.there.caller.post("counter", f"cases/{coming}/visit", visit)).expect(202)
    arrived = (await stage.there.caller.completed([coming]))[0]
    await stage.caller.completed([leaving])
    require(step_of(arrived, _NOTICE)["failed_attempts"] >= 1, "返信は失われなかった")
    notices = await _notices(stage, family)
    require(notices == 1, f"転入通知 {notices} 通")
    await _reads(stage, application, Seen("完了", "完了"))
    await _both_agree(stage)
    return f"{len(family)} 人が{THERE.name}で現存、転入通知は 1 通、市民には「完了」"


async def a_move_is_called_off(stage: Stage) -> str:
    """11: taken back online after everybody is 除票, and before anybody came: all are back."""
    household, family = await _with_child(stage, 1)
    application, leaving, coming = await _file_online(stage, household, family)
    require(not await _present(stage.here, family), "除票になっていない")
    await stage.outside.take_move_out_back(application)
    for town, number in ((stage.here, leaving), (stage.there, coming)):
        await town.caller.until(number, lambda case: case["state"] == "withdrawn", "取下げ済み")
    await _reads(stage, application, Seen("取消", "取消"))
    require(await voided(stage, family[0].code), "転出証明書情報が有効のまま")
    await _both_agree(stage)
    back = await _present(stage.here, family)
    require(back == len(family), f"現存 {back} 人")
    return f"転出証明書情報は無効、{back} 人とも{HERE.name}で現存、市民には「取消」"


async def the_head_leaves(stage: Stage) -> str:
    """12: on paper, days ahead; at 0:00 one is 除票 and the other heads the household."""
    household = MOVING[0]
    head, spouse = await _family(stage.here, household)
    day = await stage.in_days(_DAYS_AHEAD)
    leaving = await file_at_the_counter(stage, household, _named([head]), day, with_card=False)
    await stage.caller.until(leaving, waits_for("departure_day"), "予定日待ち")
    before = await stage.caller.members(household)
    require(len(before) == len((head, spouse)), "予定日の前に除票")
    await stage.move_clock_to(day)
    await stage.caller.until(leaving, waits_for("move_in_notice"), "転入通知待ち")
    staying = [one["relationship"] for one in await stage.caller.members(household)]
    require(staying == ["世帯主"], "、".join(staying))
    form = forms.with_certificate(household, THERE, head, day)
    coming = (await stage.there.caller.post("counter", "move-ins", form)).expect(202)
    await stage.there.caller.completed([coming["case_number"]])
    await stage.caller.completed([leaving])
    await _both_agree(stage)
    return f"時計を {_DAYS_AHEAD} 日進め、0 時に除票と世帯主変更 → 紙の転出証明書で転入"


async def others_are_on_their_way(stage: Stage) -> str:
    """13: one household has yet to leave, another has left and not arrived: both are told so."""
    later, now = MOVING[1:]
    for household, day, kind, where in (
        (later, await stage.in_days(_LATER), "departure_day", Where.TO_LEAVE),
        (now, await stage.today(), "move_in_notice", Where.LEFT),
    ):
        family = await _family(stage.here, household)
        leaving = await file_at_the_counter(stage, household, _named(family), day, with_card=True)
        await stage.caller.until(leaving, waits_for(kind), where)
        stage.on_their_way[where] += len(family)
    await _both_agree(stage)
    return "、".join(f"{where} {count} 人" for where, count in stage.on_their_way.items())


async def _with_child(stage: Stage, place: int) -> tuple[Household, list[Person]]:
    """A household to whom a child was born in the second scene."""
    if len(stage.first_born) <= place:
        raise Missed("先の届出がない")
    household, _ = stage.first_born[place]
    return household, await _family(stage.here, household)


async def _family(town: Town, household: Household) -> list[Person]:
    """Who lives in a household, the parents first."""
    household_id = await town.caller.household_id(household)
    people = await town.register.people()
    return [p for p in people if p.present and str(p.entry.household_id) == household_id]


def _named(leaving: list[Person]) -> dict[str, Any]:
    """Some of one household, for a form."""
    return {
        "household_id": str(leaving[0].entry.household_id),
        "residents": [str(one.resident_id) for one in leaving],
    }


async def _present(town: Town, family: list[Person]) -> int:
    """How many of a family are residents now."""
    ours = {one.resident_id for one in family}
    return sum(one.present for one in await town.register.people() if one.resident_id in ours)


async def _file_online(
    stage: Stage, household: Household, family: list[Person]
) -> tuple[str, str, str]:
    """File a move of today; 申請番号 and case numbers, once all is sent here and expected there."""
    leaving, coming = await cases_of(stage.here, _LEAVING), await cases_of(stage.there, _COMING)
    await stage.outside.issue_card(household.serial, family[0].code or "")
    move = forms.online(household, family, THERE, await stage.today())
    application = await stage.outside.file_move(move)
    left = await new_case(stage.here, _LEAVING, leaving)
    await stage.caller.until(left, waits_for("move_in_notice", len(family)), "転入通知待ち")
    expected = await new_case(stage.there, _COMING, coming)
    await stage.there.caller.until(expected, waits_for("visit"), "来庁待ち")
    await eventually(
        lambda: stage.outside.seen(application), lambda seen: seen.visit == "受付", "来庁予定の受付"
    )
    return application, left, expected


async def _reads(stage: Stage, application: str, right: Seen) -> None:
    """Wait until the citizen reads this."""
    await eventually(
        lambda: stage.outside.seen(application), lambda seen: seen == right, "・".join(right), str
    )


async def _notices(stage: Stage, family: list[Person]) -> int:
    """How many 転入通知 the other town sent about anybody of a family."""
    ours = {one.code for one in family}
    sent = (await stage.there.outside.ledgers()).jlis["move_in_notices"]
    codes = (set(notice["contents"]["住民票コード"]) for notice in sent)
    return sum(not ours.isdisjoint(each) for each in codes)


async def _both_agree(stage: Stage) -> None:
    for town in (stage.here, stage.there):
        await town.agrees()
