"""出生付番 from acceptance to the last office told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import CaseState, Verb
from tests.agreement import agrees

if TYPE_CHECKING:
    from tests.house import Town


async def test_a_healthy_birth_completes(town: Town) -> None:
    """Every line of the procedure is done, in every system."""
    case = await town.report_birth("田中　遥")

    await case.closes()

    assert set((await case.lines()).values()) == {"done"}


async def test_a_refused_telegram_parks_until_staff_amend_the_address(town: Town) -> None:
    """J-LIS refuses the address; the corrected 届出 goes out again as the next generation."""
    await town.fault("jlis", "REFUSE", message="CS-04", code="ADDRESS_MISMATCH")
    case = await town.report_birth()

    incident = await case.parks()
    assert incident["code"] == "ADDRESS_MISMATCH"
    address = {"postal_code": "1000001", "line": "東京都千代田区千代田一番", "building": ""}
    await case.decide(Verb.AMEND, incident=incident["incident_id"], changes={"address": address})

    await case.closes()


async def test_a_birth_may_be_withdrawn_while_parked(town: Town) -> None:
    """取下げ from an incident at the 宛名 undoes what was sent, newest first."""
    await town.fault("unified_addressee", "REFUSE", message="AT-01")
    case = await town.report_birth()

    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])

    await case.closes(CaseState.WITHDRAWN)
    await agrees(town)


async def test_an_outage_is_ridden_out(town: Town) -> None:
    """Four 503 and a lost reply never reach staff."""
    await town.fault("jlis", "UNAVAILABLE", message="CS-02", times=4)
    await town.fault("jlis", "LOSE_REPLY", message="CS-04")
    case = await town.report_birth()

    await case.closes()
