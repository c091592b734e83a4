"""Reporting a 転出 over HTTP: what is accepted, and how everything else is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from domain.residents import Presence

if TYPE_CHECKING:
    from tests.api.desk import Desk

ELSEWHERE = {"municipality": "012025", "line": "北海道函館市東雲町４番13号"}
ABROAD = {"country": "フランス共和国"}


async def report(desk: Desk, *who: int, household: int = 0, **said: Any) -> dict[str, Any]:
    """A 転出届 without flaws of some members of a household (all unless named)."""
    household_id = desk.households[household]
    async with desk.town.open() as tx:
        rows = await tx.fetch(
            "SELECT resident_id FROM resident_present JOIN resident USING"
            " (municipality, resident_id) WHERE household_id = $1 ORDER BY addressee_number",
            household_id,
        )
    people = [str(row["resident_id"]) for row in rows]
    usual = {
        "household_id": str(household_id),
        "residents": [people[one] for one in who or range(len(people))],
        "planned_on": (desk.today + timedelta(days=10)).isoformat(),
        "destination": ELSEWHERE,
    }
    return usual | said


async def test_an_accepted_move_out_says_what_to_hand_over(desk: Desk) -> None:
    """202 names the case and the papers; everybody is a resident until the day."""
    accepted = await desk.client.post("/v1/move-outs", await report(desk))
    assert accepted.status == 202, accepted.text
    assert accepted.json["papers"] == "転出証明書"
    number = accepted.json["case_number"]
    shown = (await desk.client.get(f"/v1/cases/{number}")).json
    assert (shown["procedure"], len(shown["persons"]), len(shown["steps"])) == ("転出受理", 3, 14)
    async with desk.town.open() as tx:
        states = await tx.fetch("SELECT DISTINCT presence FROM resident_today")
    assert [row["presence"] for row in states] == [Presence.RESIDENT]


FLAWS: list[tuple[str, dict[str, Any], str]] = [
    ("planned_on", {"planned_on": "2099-01-01"}, "TOO_FAR_AHEAD"),
    ("planned_on", {"planned_on": "12月10日"}, "NOT_A_DATE"),
    ("notified_on", {"notified_on": "2099-01-01"}, "FUTURE_DATE"),
    ("destination.municipality", {"destination": {}}, "MISSING"),
    ("destination.municipality", {"destination": ELSEWHERE | ABROAD}, "NOT_BOTH"),
    ("destination.municipality", {"destination": {"municipality": "012026"}}, "WRONG_CHECK_DIGIT"),
    ("with_card", {"destination": ABROAD, "with_card": True}, "NOT_ABROAD"),
    ("residents", {"residents": []}, "BLANK"),
]


@pytest.mark.parametrize(("field", "said", "code"), FLAWS)
async def test_a_flaw_names_its_field(
    desk: Desk, field: str, said: dict[str, Any], code: str
) -> None:
    """422 with the field and what is wrong with it; nothing is stored."""
    answer = await desk.client.post("/v1/move-outs", await report(desk, **said))
    assert answer.status == 422, answer.text
    assert (field, code) in answer.fields
    assert (await desk.client.get("/v1/cases")).json["cases"] == []


async def test_every_refusal_names_the_article_and_the_next_step(desk: Desk) -> None:
    """409 with the law behind it, and what to do instead."""
    here = str(desk.town.code)
    refusals = {
        "NOT_RESIDENT": await report(desk, residents=[str(uuid4())]),
        "OTHER_HOUSEHOLD": await report(desk, household_id=str(desk.households[1])),
        "SAME_MUNICIPALITY": await report(desk, destination={"municipality": here}),
        "HEAD_TO_BE_NAMED": await report(desk, 0),
    }
    for code, body in refusals.items():
        answer = await desk.client.post("/v1/move-outs", body)
        assert (answer.status, answer.code) == (409, code), answer.text
        assert "条" in answer.json["detail"]
        assert answer.json["next"]


async def test_the_new_head_is_somebody_who_stays(desk: Desk) -> None:
    """法25条: neither one who leaves, nor anybody where the head does not leave."""
    leaving = await report(desk, 0)
    body = leaving | {"new_head": leaving["residents"][0]}
    answer = await desk.client.post("/v1/move-outs", body)
    assert (answer.status, answer.code) == (422, "HEAD_NOT_STAYING")


async def test_only_a_waiting_move_out_is_amended_there(desk: Desk) -> None:
    """A birth has its incidents; an unknown case is unknown; a reason is needed."""
    birth = await desk.report()
    later = {"reason": "延期", "planned_on": (desk.today + timedelta(days=20)).isoformat()}
    answer = await desk.client.post(f"/v1/cases/{birth}/amendments", later)
    assert (answer.status, answer.code) == (409, "NOT_A_MOVE_OUT")
    accepted = await desk.client.post("/v1/move-outs", await report(desk, household=1))
    path = f"/v1/cases/{accepted.json['case_number']}/amendments"
    assert (await desk.client.post(path, later | {"reason": ""})).code == "MISSING_REASON"
    assert (await desk.client.post(path, {"reason": "同じ"})).code == "MISSING_AMENDMENT"
    assert (await desk.client.post(path, later)).status == 202
