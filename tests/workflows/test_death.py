"""死亡: 除票, certificates revoked, and an open 転出 gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.cases import CaseState, Procedure, Verb
from domain.dates import Wording
from domain.residents import HEAD, Presence
from tests.agreement import agrees
from tests.moving import Family

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case
    from tests.moving import Movers

WORDED = {
    Wording.AROUND_YEAR: "令和8年頃",
    Wording.AROUND_MONTH: "令和8年11月頃",
    Wording.AROUND_DAY: "令和8年11月20日頃",
    Wording.ESTIMATED_DAY: "推定令和8年11月20日",
    Wording.ESTIMATED_MONTH: "推定令和8年11月",
    Wording.SEASON: "令和8年春",
    Wording.THIRD_OF_MONTH: "令和8年11月上旬",
    Wording.AROUND_THIRD_OF_MONTH: "令和8年11月中旬頃",
    Wording.UNKNOWN: "令和8年月日不詳",
}


async def test_who_died_is_nowhere_a_resident(here: Locals) -> None:
    """除票, 消除 at J-LIS, 宛名 closed, 副本 deleted; the next head is the one who stays."""
    family = await here.family()

    case = await _dies(here, family, 1, 2)
    await case.closes()

    assert await family.presence(1) is Presence.STRUCK
    assert await family.presence(0) is Presence.RESIDENT
    await agrees(here.town)


async def test_the_last_who_stays_becomes_head(here: Locals) -> None:
    """標準仕様書 4.0.4: one stays, and is head ex officio (令25条)."""
    family = await here.family()

    await (await _dies(here, family, 0, 1)).closes()

    assert (await family.person(2)).entry.relationship == HEAD
    await agrees(here.town)


async def test_a_head_who_dies_leaves_the_question_who_heads_now(here: Locals) -> None:
    """Two stay: the 届出 says who, or that it is left open."""
    family = await here.family()

    status, problem = await here.post("/v1/deaths", await _form(here, family, 0))
    assert (status, problem["code"]) == (409, "HEAD_TO_BE_NAMED")

    await (await _dies(here, family, 0, stays={"head_left_open": True})).closes()
    assert (await family.person(1)).entry.relationship != HEAD


@pytest.mark.parametrize("notation", WORDED.values(), ids=[str(one) for one in WORDED])
async def test_a_day_that_is_not_known_keeps_its_words(here: Locals, notation: str) -> None:
    """推定 and 不詳 days are stored as worded, and go to 住基ネット with 不詳フラグ (1.1.8)."""
    family = await here.family()

    case = await _dies(here, family, 2, died_on={"notation": notation, "day": "2026-11-20"})
    await case.closes()

    async with here.town.transaction() as tx:
        row = await tx.fetchrow(
            "SELECT effective_on, effective_notation FROM resident_history WHERE resident_id = $1"
            " ORDER BY history_no DESC LIMIT 1",
            family.people[2],
        )
    assert row["effective_notation"] == notation


async def test_somebody_who_is_gone_already_cannot_die_here(here: Locals) -> None:
    """除票 is 除票; the refusal says so."""
    family = await here.family()
    await (await _dies(here, family, 2)).closes()

    status, problem = await here.post("/v1/deaths", await _form(here, family, 2))

    assert (status, problem["code"]) == (409, "NOT_RESIDENT")


async def test_a_death_withdrawn_leaves_a_resident(here: Locals) -> None:
    """取下げ before its end: alive everywhere again."""
    family = await here.family()
    await here.town.fault("unified_addressee", "REFUSE", message="AT-03")

    case = await _dies(here, family, 2)
    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await case.closes(CaseState.WITHDRAWN)

    assert await family.presence(2) is Presence.RESIDENT
    await agrees(here.town)


async def test_a_departure_of_nobody_else_is_withdrawn_by_a_death(
    movers: Movers, here: Locals
) -> None:
    """死亡 wins: the 転出 is taken back by a decision that names the death, its CS-05 is void."""
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.in_days(20), 2)
    await leaving.waits_for("departure_day", 1)
    town = _at(here, movers)

    death = await _dies(town, family, 2)
    await death.closes()
    await leaving.closes(CaseState.WITHDRAWN)

    assert await family.presence(2) is Presence.STRUCK
    shown = await movers.show(leaving)
    assert shown["decisions"][-1]["author"] == f"死亡 {death.ref.case_number}"
    assert await leaving.sent("転出証明書情報を無効にする") == ["delivered"]
    assert await leaving.sent("本人確認情報を送信する") == []
    await agrees(movers.origin)


async def test_a_departure_goes_on_without_who_died(movers: Movers, here: Locals) -> None:
    """With others left a new CS-05 goes out without them, and the former one is void."""
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.in_days(20))
    await leaving.waits_for("departure_day", 3)
    town = _at(here, movers)

    await (await _dies(town, family, 2)).closes()
    await leaving.settles("転出証明書情報を送る")

    assert await family.presence(2) is Presence.STRUCK
    assert await leaving.state() == CaseState.OPEN
    certificates = await leaving.sent("転出証明書情報を送る")
    assert certificates == ["delivered", "delivered"]
    assert (await family.person(0)).leaving


async def test_a_death_does_not_wait_behind_a_parked_correction(here: Locals) -> None:
    """Law 13: people decide about the correction in their own time; the death goes first.

    Red: let a 消除 wait in the lane like anything else.
    """
    family = await here.family()
    await here.town.fault("jlis", "REFUSE", message="CS-04", times=1)
    correction = await here.accepted(
        Procedure.CORRECTION,
        "/v1/corrections",
        {
            "kind": "職権修正",
            "basis": "戸籍の届出又は通知",
            "evidence": "通知-1",
            "household_id": str(family.household_id),
            "residents": [str(family.people[2])],
            "happened_on": (await here.today()).isoformat(),
            "corrections": {"name_kana": "サトウ　ハナ"},
        },
    )
    incident = await correction.parks()

    await (await _dies(here, family, 2)).closes()
    await correction.decide(Verb.RETRY, incident=incident["incident_id"])
    await correction.closes()

    assert await family.presence(2) is Presence.STRUCK
    await agrees(here.town)


def _at(here: Locals, movers: Movers) -> Locals:
    return type(here)(movers.frontier, movers.origin)


async def _form(here: Locals, family: Family, *who: int, **said: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "household_id": str(family.household_id),
        "residents": [str(family.people[one]) for one in who],
        "died_on": (await here.today()).isoformat(),
    }
    return usual | said


async def _dies(here: Locals, family: Family, *who: int, **said: Any) -> Case:
    form = await _form(here, family, *who, **said)
    return await here.accepted(Procedure.DEATH, "/v1/deaths", form)
