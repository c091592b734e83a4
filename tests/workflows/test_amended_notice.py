"""転入通知 after an amendment: the 転出地 learns where people live, by a newer notice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from register import telegrams
from tests.eventually import eventually
from tests.moving import NEW_HOME, Family

if TYPE_CHECKING:
    from tests.house import Case
    from tests.moving import Leaving, Movers

AMENDED = {"postal_code": "1020072", "line": "東京都千代田区飯田橋一丁目9番9号", "building": ""}


async def announced(movers: Movers) -> tuple[Family, Leaving, Case]:
    """A family that has reported its 転出 for today, with a card, and the case that expects it."""
    family = await Family.of(movers.origin)
    leaving = await movers.leave(family, await movers.frontier.today())
    await leaving.waits_for("move_in_notice")
    return family, leaving, await movers.frontier.case_of(movers.destination)


async def comes(movers: Movers, family: Family) -> None:
    """The family comes to the counter."""
    said = {
        "code": family.codes[0],
        "visitor": "本人",
        "card": "verified",
        "pin": "matched",
        "moved_in_on": (await movers.frontier.today()).isoformat(),
        "address": {"line": NEW_HOME.line},
    }
    status, answer = await movers.frontier.post(movers.destination, "/v1/special-move-ins", said)
    assert status == 202, answer


async def amends(movers: Movers, case: Case) -> int:
    """Have staff amend the address of whoever's step was refused; which person it is."""
    incident = await case.parks()
    path = f"/v1/cases/{case.ref.case_number}/decisions"
    said: dict[str, Any] = {
        "verb": "amend",
        "incident_id": str(incident["incident_id"]),
        "reason": "届書の住所の写し誤り。",
        "amendment": {"address": AMENDED},
    }
    status, answer = await movers.frontier.post(case.town, path, said)
    assert status == 202, answer
    return incident["subject"]


async def notices(case: Case) -> list[tuple[int, str, list[str]]]:
    """版, address and codes of each CS-07 that arrived, in the order they were sent."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT telegram_id FROM telegram JOIN telegram_state USING (municipality, telegram_id)"
            " WHERE telegram.case_id = $1 AND message = 'CS-07' AND telegram_state.state ="
            " 'delivered' ORDER BY log_id",
            case.ref.case_id,
        )
        town, vault = case.town.code, case.town.house.vault
        bodies = [await telegrams.body(tx, vault, town, row[0], "out") for row in rows]
    said = [json.loads(body or b"{}")["本文"] for body in bodies]
    return [(one["版"], json.dumps(one["転入後住所"]), one["住民票コード"]) for one in said]


async def test_an_address_amended_after_the_notice_is_told_by_a_newer_one(movers: Movers) -> None:
    """What was delivered is never sent again: a second CS-07, about that person alone.

    Red: let the step not follow amendments, or reopen only the steps of the person.
    """
    family, _, case = await announced(movers)
    await movers.destination.fault("unified_addressee", "REFUSE", message="AT-01")
    await comes(movers, family)
    subject = await amends(movers, case)

    await case.closes()

    first, second = await notices(case)
    assert (first[0], sorted(first[2])) == (1, sorted(family.codes))
    assert (second[0], second[2]) == (2, [family.codes[subject - 1]])
    assert second[1] != first[1]

    async def corrected() -> bool:
        left = (await family.person(subject - 1)).entry.left
        return left is not None and left.address.line == AMENDED["line"]

    assert await eventually(corrected)
    other = (await family.person(subject % 3)).entry.left
    assert other is not None
    assert other.address.line == NEW_HOME.line


async def test_an_address_amended_before_the_notice_is_the_one_that_is_told(
    movers: Movers,
) -> None:
    """One notice for each address, and the 転出地 has everybody where they live.

    Red: tell the address of the 届出 of everybody.
    """
    family, leaving, case = await announced(movers)
    await movers.destination.fault("jlis", "REFUSE", message="CS-04")
    await comes(movers, family)
    subject = await amends(movers, case)

    await case.closes()
    await leaving.closes()

    told = await notices(case)
    assert [one[0] for one in told] == [1, 2]
    assert sorted(len(one[2]) for one in told) == [1, 2]
    lines = [
        left.address.line
        for who in range(3)
        if (left := (await family.person(who)).entry.left) is not None
    ]
    expected = [NEW_HOME.line] * 3
    expected[subject - 1] = AMENDED["line"]
    assert lines == expected


async def test_an_amendment_of_something_else_tells_the_origin_nothing(movers: Movers) -> None:
    """A name is not what CS-07 says.  Red: send the next generation whatever it says."""
    family, _, case = await announced(movers)
    await movers.destination.fault("unified_addressee", "REFUSE", message="AT-01")
    await comes(movers, family)
    incident = await case.parks()
    path = f"/v1/cases/{case.ref.case_number}/decisions"
    said: dict[str, Any] = {
        "verb": "amend",
        "incident_id": str(incident["incident_id"]),
        "reason": "フリガナの誤り。",
        "amendment": {"name_kana": "サトウ　ハル"},
    }
    assert (await movers.frontier.post(case.town, path, said))[0] == 202

    await case.closes()

    assert [one[0] for one in await notices(case)] == [1]
