"""転出取消 crossing the 転入通知: nobody stays 現存 in two places without staff knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure, Verb
from domain.residents import Presence
from tests.eventually import eventually
from tests.moving import NEW_HOME, Family

if TYPE_CHECKING:
    from datetime import date

    from tests.house import Case, Town
    from tests.moving import Movers


async def moved_in(movers: Movers, family: Family) -> Case:
    """The 特例転入 of a family that came today, done but for its CS-07, which is on its way."""
    await movers.origin.fault("jlis", "LOSE_REQUEST", message="CS-07", on="notice", times=None)
    case = await movers.frontier.case_of(movers.destination)
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
    await case.closes()
    return case


async def let_the_notice_arrive(movers: Movers) -> None:
    """Let CS-07 through."""
    await movers.house.world.control("DELETE", f"faults?municipality={movers.origin.code}")


async def listed(movers: Movers, town: Town, flaw: str) -> dict[str, Any]:
    """The message listed with this flaw, once it is."""

    async def found() -> dict[str, Any] | None:
        messages = (await movers.frontier.get(town, "/v1/inbox"))["messages"]
        return next((one for one in messages if one["flaw"] == flaw), None)

    message = await eventually(found)
    assert message is not None
    return message


async def decided(movers: Movers, town: Town, message: dict[str, Any], verb: str) -> str:
    """What became of a message staff have decided about."""
    path = f"/v1/inbox/{message['message_id']}/decisions"
    said = {"verb": verb, "reason": "転入地に照会した。"}
    status, placed = await movers.frontier.post(town, path, said)
    assert status == 202, placed
    return placed["state"]


async def gone(
    movers: Movers, family: Family, message: dict[str, Any], day: date, *who: int
) -> None:
    """The way staff are told: 転出 ex officio as of the 転入, and the notice taken again."""
    again = await movers.leave(family, day, *who, with_card=False)
    await again.waits_for("move_in_notice", people=len(who or family.people))
    assert await decided(movers, movers.origin, message, "take_again") == "attached"
    await again.closes()


async def test_a_withdrawal_that_crosses_the_notice_is_listed_on_both_sides(
    movers: Movers,
) -> None:
    """CS-05 was used, CS-07 is under way: the 取消 is accepted, and both offices learn of it.

    The 転入地 at once (CERTIFICATE_USED), the 転出地 when CS-07 comes (WITHDRAWN_HERE, with the
    case); what they are advised to do leaves everybody resident in one place.  Red: list it as
    STILL_RESIDENT without the case, or refuse `take_again`.
    """
    family = await Family.of(movers.origin)
    today = await movers.frontier.today()
    case = await movers.leave(family, await movers.in_days(5))
    await case.waits_for("departure_day")
    arrived = await moved_in(movers, family)

    assert (await movers.withdraw(case))[0] == 202
    await case.closes(CaseState.WITHDRAWN)
    assert await family.presence() is Presence.RESIDENT
    used = await listed(movers, movers.destination, "CERTIFICATE_USED")
    assert used["case_number"] == arrived.ref.case_number
    assert used["advice_ja"]
    await let_the_notice_arrive(movers)
    crossing = await listed(movers, movers.origin, "WITHDRAWN_HERE")

    assert crossing["case_number"] == case.ref.case_number
    assert "take_again" in crossing["advice_ja"]
    assert await movers.recorded(movers.origin) == []
    assert (await family.at_jlis())["holder"] == movers.destination.code
    await gone(movers, family, crossing, today)
    assert [await family.presence(one) for one in range(3)] == [Presence.STRUCK] * 3
    assert (await family.at_jlis())["holder"] == movers.destination.code
    assert await decided(movers, movers.destination, used, "settle") == "settled"


async def test_a_notice_in_the_midst_of_a_withdrawal_is_no_news_of_somebody_gone(
    movers: Movers,
) -> None:
    """After the day 住基ネット was told, and refuses to take back what it has elsewhere by now.

    While staff look into that, CS-07 finds people who are still 除票: it is listed all the same,
    and no 転入通知受理 writes on what is being taken back.  Red: judge by 除票 alone.
    """
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day)
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice")
    await moved_in(movers, family)

    assert (await movers.withdraw(case))[0] == 202
    incident = await case.parks()
    assert incident["code"] == "LIVE_ELSEWHERE"
    await let_the_notice_arrive(movers)
    crossing = await listed(movers, movers.origin, "WITHDRAWN_HERE")
    assert crossing["case_number"] == case.ref.case_number
    assert await movers.recorded(movers.origin) == []

    for _ in family.people:
        incident = await case.parks()
        await case.decide(
            Verb.DONE_BY_HAND,
            incident=incident["incident_id"],
            subject=incident["subject"],
            evidence="転入地に照会済み",
        )
    await case.closes(CaseState.WITHDRAWN)
    await gone(movers, family, crossing, day)
    assert await family.presence() is Presence.STRUCK
    assert (await family.at_jlis())["holder"] == movers.destination.code


async def test_a_notice_about_those_gone_and_one_still_here_hides_nobody(movers: Movers) -> None:
    """For two it is what they wait for, the third reported no 転出: they conclude, it is listed.

    Red: list a notice only where nobody waits for it.
    """
    family = await Family.of(movers.origin)
    day = await movers.in_days(5)
    case = await movers.leave(family, day, 1, 2)
    await case.waits_for("departure_day", people=2)
    await movers.frontier.on(day, 9)
    await case.waits_for("move_in_notice", people=2)

    await movers.tell(family, day, 0, 1, 2)

    await case.closes()
    listing = await listed(movers, movers.origin, "STILL_RESIDENT")
    assert listing["case_number"] == case.ref.case_number
    assert await family.presence(0) is Presence.RESIDENT
    await gone(movers, family, listing, day, 0)
    assert await family.presence(0) is Presence.STRUCK


async def test_a_cancelled_move_in_of_a_resident_says_that_all_is_well(movers: Movers) -> None:
    """The 転入地 takes its 転入 back: listed as that, not as one more contradiction."""
    family = await Family.of(movers.origin)
    today = await movers.frontier.today()
    await movers.tell(family, today, 1)
    await movers.tell(family, today, 1, version=2, withdrawn=True)

    cancelled = await listed(movers, movers.origin, "MOVE_IN_CANCELLED")
    for message in (cancelled, await listed(movers, movers.origin, "STILL_RESIDENT")):
        assert await decided(movers, movers.origin, message, "settle") == "settled"
    assert await movers.frontier.cases_of(movers.origin, Procedure.MOVE_IN_NOTICE) == []
