"""People who announce online that they move inside their town, and come with a 転居届."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from clients import inbox as wire
from domain.cases import Procedure
from domain.telegrams import Peer
from runtime.settings import TokenRole
from tests.changing import NEW_HOME, Locals
from tests.newcomers import waits

if TYPE_CHECKING:
    from domain.moves import Arrival
    from tests.house import Case
    from tests.moving import Family

EXPECTED = "来庁を待つ"
NOT_TODAY = 10_000
"""Seconds by which what the portal owes is late until `arrives` is called."""


async def arrives(here: Locals, filed: dict[str, Any]) -> None:
    """Have the portal send the 転居予約, for the first time or once more, at once."""
    await here.frontier.delay("mynaportal", "OS-02", here.town, 0)
    path = f"mynaportal/applications/{filed['id']}/again"
    await here.frontier.house.world.control("POST", path, {"kind": "OS-02"})


async def envelope(here: Locals, filed: dict[str, Any]) -> Arrival:
    """What the portal has not sent yet."""
    parts = (await here.town.ledger("mynaportal"))["parts"]
    sent = filed["messages"]["OS-02"]
    told = next(one["envelope"] for one in parts if one["message_id"] == sent)
    return wire.read(Peer.MYNAPORTAL, json.dumps(told).encode())


async def linked(here: Locals, family: Family) -> None:
    """The office knows the certificates of the first (証明書シリアル取得)."""
    serial = str(5 * 10**18 + int(family.codes[0]))
    issued = {"serial": serial, "purpose": "signature", "code": family.codes[0]}
    await here.frontier.house.world.control("PUT", "certificates", issued)
    said = {"resident_id": str(family.people[0])}
    path = "/v1/certificate-serials"
    await (await here.accepted(Procedure.CERTIFICATE_SERIAL, path, said)).closes()


async def announces(here: Locals, family: Family, who: int = 0) -> dict[str, Any]:
    """File a 転居予約 of today online; the application."""
    person = await family.person(who)
    serial = str(5 * 10**18 + int(family.codes[who]))
    issued = {"serial": serial, "purpose": "signature", "code": family.codes[who]}
    await here.frontier.house.world.control("PUT", "certificates", issued)
    today = (await here.today()).isoformat()
    return await here.frontier.house.world.control(
        "POST",
        "mynaportal/applications",
        {
            "origin": here.town.code,
            "destination": here.town.code,
            "moving_on": today,
            "visit_on": today,
            "serial": serial,
            "persons": [
                {"name": person.entry.name, "born_on": person.entry.born_on.day.isoformat()}
            ],
        },
    )


async def waiting(here: Locals) -> Case:
    """The one 転居 of the town, once it waits for the visit."""
    case = await here.frontier.case_of(here.town, Procedure.ADDRESS_CHANGE)
    await waits(case, EXPECTED)
    return case


async def form(here: Locals, family: Family, *who: int, **said: Any) -> dict[str, Any]:
    people = [str(family.people[one]) for one in who or range(len(family.people))]
    usual = {
        "household_id": str(family.household_id),
        "residents": people,
        "moved_on": (await here.today()).isoformat(),
        "address": NEW_HOME,
    }
    return usual | said


async def comes(
    here: Locals, case: Case, family: Family, *who: int, **said: Any
) -> tuple[int, dict[str, Any]]:
    """Who announced it comes with a 転居届."""
    path = f"/v1/cases/{case.ref.case_number}/visit"
    return await here.post(path, await form(here, family, *who, **said), TokenRole.COUNTER)
