"""来庁予定 and 転出証明書情報 find one case, in whatever order and however often they come."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.cases import CaseState, Procedure, Verb
from domain.opening_hours import OpeningCalendar
from tests.frontier import DAY
from tests.newcomers import Person, entries, waits

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

EXPECTED = "来庁を待つ"


async def test_a_plan_comes_first_and_the_certificate_joins_its_case(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """OS-02 opens the case once CS-14 has told whose it is; the citizen reads what to bring."""
    person = Person()
    await frontier.settle(origin, person)
    filed = await frontier.file(origin, destination, person)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    seen = await frontier.seen(filed)
    assert (seen["state"], seen["place"]) == ("受付", "住民窓口")
    assert seen["documents"]

    await frontier.certify(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    await frontier.visit(destination, person, case)

    await case.closes()
    assert await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN) == [case]
    assert (await frontier.seen(filed))["state"] == "完了"


async def test_plan_and_certificate_of_the_same_instant_meet_in_one_case(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """However they come, there is one case of the applicant."""
    person = Person()
    await frontier.settle(origin, person)

    await asyncio.gather(
        frontier.file(origin, destination, person),
        frontier.certify(origin, destination, person),
        frontier.visit(destination, person),
    )

    # What comes behind the visit adds nothing to it, and says so.
    await frontier.inbox_rests(destination, messages=2)
    case = await frontier.case_of(destination)
    await case.closes()
    assert len(await entries(case)) == 1


async def test_the_card_of_any_of_the_family_finds_their_case(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """法24条の2第2項: one card stands for all whom the 転出証明書情報 names, whosever it is.

    Red: look for the key of the case alone.
    """
    head, wife = Person(), Person(name="佐藤　次郎", relationship="夫")
    await frontier.settle(origin, head, wife)
    await frontier.certify(origin, destination, head, wife)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    status, receipt = await frontier.visit(destination, wife, visitor="同一世帯員")

    assert (status, receipt["case_number"]) == (202, case.ref.case_number)
    await case.closes()
    assert await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN) == [case]
    assert len(await entries(case)) == 2


async def test_a_plan_signed_by_any_of_the_family_joins_their_case(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Before they have come it is answered with them; afterwards it is merged, and told 完了.

    Red: look for the applicant's code alone, before the visit or after it.
    """
    head, wife = Person(), Person(name="佐藤　次郎", relationship="夫")
    await frontier.settle(origin, head, wife)
    await frontier.certify(origin, destination, head, wife)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    before = await frontier.file(origin, destination, wife)
    await frontier.sees(before, "受付")
    await frontier.visit(destination, head)
    await case.closes()
    await frontier.sees(before, "完了")
    after = await frontier.file(origin, destination, wife)
    await frontier.sees(after, "完了")

    assert await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN) == [case]


async def test_card_and_certificate_of_the_same_instant_meet_in_one_case(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Whichever is first, the family is entered once.  Red: lock the applicant's key alone."""
    for _ in range(3):
        head, wife = Person(name="鈴木　一"), Person(name="鈴木　花", relationship="妻")
        head.born_on = wife.born_on = DAY - timedelta(days=10_000 + head.ordinal % 1000)
        await frontier.settle(origin, head, wife)

        (status, receipt), _ = await asyncio.gather(
            frontier.visit(destination, wife), frontier.certify(origin, destination, head, wife)
        )

        assert status == 202
        case = await frontier.case_numbered(destination, receipt["case_number"])
        await case.closes()
        assert len(await entries(case)) == 2
    await frontier.inbox_rests(destination, messages=3)
    assert len(await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN)) == 3


async def test_two_who_announced_themselves_apart_are_brought_together(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Two plans, two cases, until the certificate tells that they move together: one waits on.

    The citizens read 受付 and then 完了, never that anything was called off.  Red: let the second
    case stand, and it expires with its citizen never told 完了.
    """
    head, wife = Person(), Person(name="佐藤　次郎", relationship="夫")
    await frontier.settle(origin, head, wife)
    filed = [await frontier.file(origin, destination, one) for one in (head, wife)]
    await frontier.inbox_settles(destination, attached=2)
    for each in filed:
        await frontier.sees(each, "受付")

    await frontier.certify(origin, destination, head, wife)
    await frontier.inbox_settles(destination, attached=3)
    first, second = sorted(
        await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN),
        key=lambda case: case.ref.case_number,
    )
    status, receipt = await frontier.visit(destination, wife)
    assert status == 202
    case = await frontier.case_numbered(destination, receipt["case_number"])
    await case.closes()
    await (second if case == first else first).closes(CaseState.WITHDRAWN)

    for each in filed:
        await frontier.sees(each, "完了")
    assert len(await entries(case)) == 2


async def test_a_plan_of_the_night_finds_its_person_in_the_morning(
    frontier: Frontier, origin: Town
) -> None:
    """住基ネット is closed: the plan is kept as 本人特定中 until CS-14 can be asked."""
    destination = await frontier.open_town(opening=OpeningCalendar())
    await frontier.keep_hours(destination)
    person = Person()
    await frontier.settle(origin, person)
    await frontier.on(DAY, hour=21)

    await frontier.file(origin, destination, person)
    asking = await frontier.case_of(destination, Procedure.CERTIFICATE_SERIAL)
    await waits(asking, "証明書のシリアル番号から本人を特定する")
    assert await frontier.inbox_of(destination) == ["identifying"]

    await frontier.on(DAY + timedelta(days=1), hour=9)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    await asking.closes()


async def test_an_application_filed_twice_is_answered_twice_and_leads_to_one_entry(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """One case, and both applications say the same to the citizen."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    filed = [await frontier.file(origin, destination, person) for _ in range(2)]
    await frontier.inbox_settles(destination, attached=3)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    for each in filed:
        await frontier.sees(each, "受付")

    await frontier.visit(destination, person, case)
    await case.closes()

    assert len(await entries(case)) == 1
    for each in filed:
        await frontier.sees(each, "完了")


async def test_a_plan_that_comes_after_the_visit_is_merged(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """The person is entered once, and the plan asks nobody to come."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)
    await case.closes()

    filed = await frontier.file(origin, destination, person)
    asking = await frontier.case_of(destination, Procedure.CERTIFICATE_SERIAL)
    await asking.closes()

    assert await frontier.inbox_of(destination) == ["attached", "merged"]
    await frontier.sees(filed, "完了")
    assert await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN) == [case]


async def test_an_unknown_serial_number_is_matched_by_staff_with_evidence(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Never by name alone: a code and what it was established by."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.file(origin, destination, person, serial="987654321")
    asking = await frontier.case_of(destination, Procedure.CERTIFICATE_SERIAL)
    assert (await asking.parks())["code"] == "UNKNOWN_SERIAL"
    [message] = (await frontier.get(destination, "/v1/inbox"))["messages"]
    shown = await frontier.get(destination, f"/v1/inbox/{message['message_id']}")
    assert shown["contents"]["contents"]["persons"][0]["name"] == person.name

    path = f"/v1/inbox/{message['message_id']}/decisions"
    said = {"verb": "match", "code": person.code, "reason": "照会で不明のため。"}
    assert (await frontier.post(destination, path, said))[1]["code"] == "MISSING_EVIDENCE"
    said |= {"evidence": "本人確認書類の写しと照合した。"}
    status, placed = await frontier.post(destination, path, said)

    assert (status, placed["state"]) == (202, "attached")
    await asking.closes()
    await waits(await frontier.case_of(destination), EXPECTED)


async def test_trying_again_leaves_no_application_with_nobody(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """A certificate that has ended names nobody, however often it is asked about.

    Red: take the question for said already when it is tried again; the case was completed, and the
    application in nobody's sight.
    """
    person = Person()
    await frontier.settle(origin, person)
    await frontier.house.world.control("POST", f"certificates/{person.serial}/revocations", {})
    await frontier.file(origin, destination, person)
    asking = await frontier.case_of(destination, Procedure.CERTIFICATE_SERIAL)
    incident = await asking.parks()

    await asking.decide(Verb.RETRY, incident=incident["incident_id"])
    again = await asking.parks()

    assert again["code"] == incident["code"] == "CERTIFICATE_REVOKED"
    [message] = (await frontier.get(destination, "/v1/inbox"))["messages"]
    said = {
        "verb": "match",
        "code": person.code,
        "reason": "失効のため。",
        "evidence": "照合した。",
    }
    await frontier.post(destination, f"/v1/inbox/{message['message_id']}/decisions", said)
    await asking.closes()
    await waits(await frontier.case_of(destination), EXPECTED)
