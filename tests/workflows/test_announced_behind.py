"""A 転居予約 beside others, or behind the 転居届 itself: whichever comes first, one case."""

from __future__ import annotations

import asyncio

from domain.address_change import AddressChange
from domain.cases import CaseState, Procedure
from domain.residents import Address
from register import address_changes, arrivals, inbox
from register.inbox import Received
from tests.announcing import (
    NOT_TODAY,
    announces,
    arrives,
    comes,
    envelope,
    linked,
    waiting,
)
from tests.changing import NEW_HOME, Locals


async def test_an_announcement_behind_the_report_is_merged(here: Locals) -> None:
    """OSS data after the visit: nothing is entered twice, and the citizen hears 完了.

    The 転居 has ended the certificate it was signed with; the office had linked it before.  Red:
    believe J-LIS alone, or open a case for every 転居予約.
    """
    family = await here.family()
    await linked(here, family)
    await here.frontier.delay("mynaportal", "OS-02", here.town, NOT_TODAY)
    filed = await announces(here, family)
    case = await here.move(family)
    await case.closes()

    await arrives(here, filed)
    await here.frontier.sees(filed, "完了")

    assert await here.frontier.inbox_of(here.town) == ["merged"]
    assert await here.frontier.cases_of(here.town, Procedure.ADDRESS_CHANGE) == [case]
    assert await family.history() == ["移行", "転居"]


async def test_whose_certificate_the_move_has_ended_staff_may_tell(here: Locals) -> None:
    """Nobody had linked it: 本人特定 waits for staff, then the citizen hears 完了 as well."""
    family = await here.family()
    await here.frontier.delay("mynaportal", "OS-02", here.town, NOT_TODAY)
    filed = await announces(here, family)
    await (await here.move(family)).closes()
    await arrives(here, filed)
    asking = await here.frontier.case_of(here.town, Procedure.CERTIFICATE_SERIAL)
    assert (await asking.parks())["code"] == "CERTIFICATE_REVOKED"

    [listed] = (await here.frontier.get(here.town, "/v1/inbox"))["messages"]
    said = {"verb": "match", "code": family.codes[0], "reason": "電話。", "evidence": "生年月日。"}
    status, _ = await here.post(f"/v1/inbox/{listed['message_id']}/decisions", said)

    assert status == 202
    await here.frontier.sees(filed, "完了")
    assert await family.history() == ["移行", "転居"]


async def test_an_announcement_while_the_report_is_under_way_joins_it(here: Locals) -> None:
    """Not before the case has ended does the citizen hear that it has."""
    family = await here.family()
    await here.town.fault("jlis", "UNAVAILABLE", message="CS-04", times=None)
    case = await here.move(family)

    filed = await announces(here, family)
    await here.frontier.inbox_settles(here.town, attached=1)
    assert (await here.frontier.seen(filed)).get("state") != "完了"
    await here.frontier.house.world.control("DELETE", f"faults?municipality={here.town.code}")

    await case.closes()
    await here.frontier.sees(filed, "完了")


async def test_a_move_announced_twice_is_one_case(here: Locals) -> None:
    """Two applications, or one delivered twice: each is answered, and one visit is enough."""
    family = await here.family()
    first = await announces(here, family)
    case = await waiting(here)
    again = await announces(here, family)
    await here.frontier.inbox_settles(here.town, attached=2)
    await arrives(here, first)

    assert (await comes(here, case, family))[0] == 202
    await case.closes()

    for filed in (first, again):
        await here.frontier.sees(filed, "完了")
    assert await here.frontier.cases_of(here.town, Procedure.ADDRESS_CHANGE) == [case]
    assert await family.history() == ["移行", "転居"]


async def test_two_of_a_family_who_announced_it_apart_are_received_together(here: Locals) -> None:
    """Two 転居予約, one 転居届 of both: one case goes on, the other has nobody left to wait for."""
    family = await here.family()
    filed = [await announces(here, family, who=one) for one in (0, 1)]
    await here.frontier.inbox_settles(here.town, attached=2)
    for each in filed:
        await here.frontier.sees(each, "受付")
    first, second = await here.frontier.cases_of(here.town, Procedure.ADDRESS_CHANGE)

    status, receipt = await comes(here, second, family)

    assert (status, receipt["case_number"]) == (202, second.ref.case_number)
    await second.closes()
    await first.closes(CaseState.WITHDRAWN)
    for each in filed:
        await here.frontier.sees(each, "完了")


async def test_announcement_and_report_of_the_same_instant_meet(here: Locals) -> None:
    """Whichever is first, the move is entered once.

    住基ネット is away until they have met: by the CS-04 the certificate would have ended.
    """
    for household in (0, 1):
        family = await here.family(household)
        await here.town.fault("jlis", "UNAVAILABLE", message="CS-04", times=None)
        filed, case = await asyncio.gather(announces(here, family), here.move(family))

        await here.frontier.inbox_settles(here.town, attached=household + 1)
        await here.frontier.house.world.control("DELETE", f"faults?municipality={here.town.code}")
        await case.closes()
        await here.frontier.sees(filed, "完了")
        assert await family.history() == ["移行", "転居"]
    assert len(await here.frontier.cases_of(here.town, Procedure.ADDRESS_CHANGE)) == 2


async def test_announcement_and_report_meet_under_one_lock(here: Locals) -> None:
    """Who joins while the 届出 is being stored waits for it, and finds its case.

    Red: look for the case without `alone_with`, and it opens one that nobody will come to.
    """
    family = await here.family()
    await here.frontier.delay("mynaportal", "OS-02", here.town, NOT_TODAY)
    filed = await announces(here, family)
    vault, town = here.frontier.house.vault, here.town.code
    arrival = await envelope(here, filed)

    async def joins() -> str:
        async with here.town.transaction() as tx:
            kept = Received("mynaportal", arrival.message_id, arrival.kind, b"{}")
            await inbox.receive(tx, vault, town, kept)
            await arrivals.identified(tx, vault, town, arrival, family.codes[0])
            standing = await inbox.standing(tx, town, arrival.message_id)
            return (standing and standing.case_number) or ""

    async with here.town.transaction() as tx:
        today = await here.today()
        report = AddressChange(
            household_id=family.household_id,
            residents=tuple(family.people),
            notified_on=today,
            moved_on=today,
            address=Address(line=NEW_HOME["line"]),
        )
        case = await address_changes.accept(tx, vault, here.town.acting(), report)
        joining = asyncio.create_task(joins())
        done, _ = await asyncio.wait({joining}, timeout=0.5)
        assert not done

    assert await joining == case.case_number
