"""Scenarios about a newborn: numbered in time or later, and written as people write it."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from domain.cases import Procedure
from domain.opening_hours import Hours, OpeningCalendar
from tests.acceptance import deeds
from tests.agreement import agrees
from tests.changing import Locals

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.moving import Family

OFFICE_HOURS = OpeningCalendar(
    weekly=dict.fromkeys(range(5), Hours(opens=time(9), closes=time(17)))
)
FRIDAY, SUNDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 6), date(2026, 12, 7)


async def test_9_01_a_birth_after_hours_is_entered_at_once_and_numbered_on_monday(
    frontier: Frontier,
) -> None:
    """J-LIS closed (Fri 17:30): 住民票 exists, number pending, CS-02 sent Monday 09:00.

    Red: let a step send without looking at the opening hours.
    """
    here = Locals(frontier, await frontier.open_town(opening=OFFICE_HOURS))
    await frontier.keep_hours(here.town)
    family = await here.family()
    await frontier.on(FRIDAY, 17, 30)

    birth = await deeds.reports_birth(here, family)
    await birth.waits("opening")

    shown = await frontier.get(here.town, f"/v1/households/{family.household_id}")
    assert "田中　遥" in [one["name"] for one in shown["members"]]
    (waiting,) = (await here.show(birth))["waiting_for"]
    assert waiting["until"].startswith("2026-12-07T00:00:00")
    for day, hour, minute in ((SUNDAY, 12, 0), (MONDAY, 8, 59)):
        await frontier.on(day, hour, minute)
        assert await deeds.kinds_told(here.town) == []
    await frontier.on(MONDAY, 9)
    await birth.closes()
    assert (await deeds.kinds_told(here.town))[0] == "CS-02"
    steps = (await here.show(birth))["steps"]
    assert sum(one["failed_attempts"] for step in steps for one in step["persons"]) == 0
    await agrees(here.town)


async def test_9_02_a_lost_answer_leaves_one_number(here: Locals) -> None:
    """CS-02 answer lost: same number after retry; one number in table.

    Red: ask anew instead of asking after what was sent.
    """
    await here.town.fault("jlis", "LOSE_REPLY", message="CS-02")

    birth = await deeds.reports_birth(here, await here.family())
    await birth.closes()

    child = await deeds.people_of(birth)
    assert (await child.at_jlis())["number"] == await deeds.number_of(child)
    assert (await deeds.kinds_told(here.town)).count("CS-02") == 1
    assert await here.frontier.house.world.armed(here.town.code) == []
    await agrees(here.town)


async def test_9_03_at_the_low_water_mark_codes_are_ordered_and_an_empty_pool_waits(
    frontier: Frontier,
) -> None:
    """Pool at low-water mark, then empty: alert; case waits; resumes on CS-01.

    Red: order nothing.
    """
    here = Locals(frontier, await frontier.open_town(low_water=2, target_stock=3))
    await here.town.fault("jlis", "UNAVAILABLE", message="CS-01", on="any", times=None)
    family = await here.family()
    births = [
        await deeds.reports_birth(here, family, born_on=f"2026-11-2{day}") for day in range(3)
    ]
    for birth in births:
        await birth.closes()

    low = await frontier.get(here.town, "/v1/code-pool")
    assert (low["stock"], low["low_water"]) == (0, 2)
    assert low["open_top_up"]
    last = await deeds.reports_birth(here, family)
    await last.waits("code_stock")
    await deeds.well_again(here.town)
    await last.closes()

    _, top_up, *_ = await frontier.cases_of(here.town, Procedure.CODE_TOP_UP)
    assert top_up.ref.case_number == low["open_top_up"]
    await agrees(here.town)


async def test_9_30_a_day_nobody_knows_keeps_its_words_and_one_of_two_eras_its_era(
    here: Locals,
) -> None:
    """不詳日 birth, 1926-12-25 both eras: stored, displayed 和暦, converted for CS.

    Red: say of every day that it is known.
    """
    family = await here.family()
    worded = {"notation": "令和8年11月頃", "day": "2026-11-20"}
    birth = await deeds.reports_birth(here, family, born_on=worded)
    await birth.closes()
    child = await deeds.people_of(birth)

    assert await _born(here, child) == ("令和8年11月頃", ("2026-11-20", True))
    for said, shown in (
        ({"notation": "大正15年12月25日", "day": "1926-12-25"}, "大正15年12月25日"),
        ("1926-12-25", "昭和元年12月25日"),
    ):
        await (await deeds.corrects(here, family, 1, born_on=said)).closes()
        wife = type(family)(here.town, family.household_id, family.people[1:2], family.codes[1:2])
        assert await _born(here, wife) == (shown, ("1926-12-25", False))
    await agrees(here.town)


async def test_9_32_what_juki_net_cannot_write_travels_as_a_substitute(here: Locals) -> None:
    """Character outside 住基ネット統一文字: 代替文字 + 外字数; everybody else gets it as it is.

    Red: count no characters that were replaced.
    """
    name = "葛\U000e0101城　遥"
    birth = await deeds.reports_birth(here, await here.family(), name=name)
    await birth.closes()

    child = await deeds.people_of(birth)
    sent = (await child.at_jlis())["contents"]["漢字氏名"]
    assert sent == {"文字": "〓城　遥", "外字数": 1, "代替文字位置": [0]}
    assert (await deeds.resident(here, child))["name"] == name
    held = (await here.town.ledger("unified_addressee"))["addressees"]
    assert name in [one["contents"].get("name") for one in held]
    await agrees(here.town)


async def _born(here: Locals, person: Family) -> tuple[str, tuple[str, bool]]:
    """生年月日 as people read it, and as 住基ネット has it."""
    shown = (await deeds.history(here, person))["as_of"]["entry"]["born_on"]
    sent = (await person.at_jlis())["contents"]["生年月日"]
    return shown, (sent["年月日"], sent["不詳フラグ"])
