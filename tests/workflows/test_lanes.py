"""Lanes: telegrams of one resident reach 住基ネット in the order of the resident's history."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.cases import CaseState, Verb
from domain.dates import RegisterDate
from domain.notifications import BirthNotification, Child
from tests.corrections import correct

if TYPE_CHECKING:
    from uuid import UUID

    from tests.house import Case, Town

_READINGS = ("イチ", "ニ", "サン")
_CHANGES = {"name_kana": "ニノ"}


@pytest.mark.parametrize(
    ("verb", "said", "arrived"),
    [
        (Verb.RETRY, {}, ["イチ", "サン", "サン"]),
        (Verb.AMEND, {"changes": _CHANGES}, ["イチ", "ニノ", "ニノ"]),
        (Verb.WITHDRAW, {}, ["イチ", "サン"]),
        (Verb.DONE_BY_HAND, {"evidence": "証跡"}, ["イチ", "サン"]),
    ],
)
async def test_the_third_telegram_waits_for_the_second(
    town: Town, verb: Verb, said: dict[str, Any], arrived: list[str]
) -> None:
    """The middle of three is refused: the third goes when staff have settled it, and in order.

    Red: let a lane look at open telegrams alone, and not at older rows that owe theirs.
    """
    resident_id = await _somebody(town)
    await town.fault("jlis", "REFUSE", message="CS-04", skip=1)
    first = await _correct(town, resident_id, _READINGS[0])
    await first.closes()
    second = await _correct(town, resident_id, _READINGS[1])
    incident = await second.parks()
    third = await _correct(town, resident_id, _READINGS[2])

    assert await third.waits("lane") == second.ref.case_number
    await second.decide(verb, incident=incident["incident_id"], **said)

    await second.closes(CaseState.WITHDRAWN if verb is Verb.WITHDRAW else CaseState.COMPLETED)
    await third.closes()
    assert await _entries(town) == list(enumerate(arrived, start=1))


async def _correct(town: Town, resident_id: UUID, reading: str) -> Case:
    day = date(2020, 4, 1)
    child = Child(name="氏　名", name_kana=reading, born_on=RegisterDate.on(day), relationship="子")
    right = BirthNotification(household_id=town.households[0], notified_on=day, children=(child,))
    return await correct(town, resident_id, right)


async def _somebody(town: Town) -> UUID:
    async with town.transaction() as tx:
        return await tx.fetchval(
            "SELECT resident_id FROM resident_present ORDER BY entry ->> 'relationship' LIMIT 1"
        )


async def _entries(town: Town) -> list[tuple[int, str]]:
    """更新順番号 and フリガナ of what J-LIS was told of this town's people."""
    people = (await town.ledger("jlis"))["people"]
    entries = [entry for person in people for entry in person["entries"]]
    return [(entry["update_number"], entry["contents"]["ふりがな氏名"]) for entry in entries]
