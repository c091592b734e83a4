"""特例転入 from the first message to the last office told, with the clock moved, not slept."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.cases import CaseState, Procedure, Verb
from domain.opening_hours import OpeningCalendar
from tests.frontier import DAY, Person, addressee_numbers, entries, strike, waits

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Town

EXPECTED = "来庁を待つ"
FETCHING = "最初の転入届を通知し転出証明書情報を受け取る"
ENTRY = "住民票を記載する"


async def test_who_was_announced_comes_and_is_entered(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Code and number are inherited, nothing is drawn or generated, and everybody is told."""
    head, child = Person(), Person(name="佐藤　太郎", relationship="子")
    await frontier.settle(origin, head, child)
    await frontier.certify(origin, destination, head, child)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    status, receipt = await frontier.visit(destination, head, case)

    assert (status, receipt["case_number"]) == (202, case.ref.case_number)
    assert receipt["due_on"] == (DAY + timedelta(days=14)).isoformat()
    await case.closes()
    assert set((await case.lines()).values()) == {"done"}
    entered = [(one.name, one.relationship, one.resident_since) for one in await entries(case)]
    assert [each[:2] for each in entered] == [("佐藤　花子", "世帯主"), ("佐藤　太郎", "子")]
    assert await frontier.told(case, "jlis") == {"CS-04": 2, "CS-07": 1, "CS-13": 2, "CS-14": 2}
    assert await frontier.holder(destination, head) == destination.code
    notice = await frontier.notice_at(origin)
    assert notice == {"attached", "unclaimed", "merged"} & notice


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


async def test_somebody_whose_certificate_is_not_here_yet_waits_for_it(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """They come before the 転出地 has sent it: the case says so, and goes on by itself."""
    person = Person()
    await frontier.settle(origin, person)

    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)
    await waits(case, FETCHING)
    waiting = (await frontier.get(destination, f"/v1/cases/{case.ref.case_number}"))["waiting_for"]
    assert [one["kind"] for one in waiting] == ["certificate"]

    await frontier.certify(origin, destination, person)
    await case.closes()


async def test_of_whoever_never_comes_nothing_is_kept(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """On day 転出予定日+30 the data is still here; when it has ended, the keys are destroyed."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    await frontier.file(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    await frontier.on(DAY + timedelta(days=30), hour=23, minute=59)
    await waits(case, EXPECTED)
    assert await frontier.bodies(case) == 2
    await frontier.on(DAY + timedelta(days=31), hour=0)

    await case.closes(CaseState.EXPIRED)
    assert await frontier.bodies(case) == 0
    assert await frontier.erasures(case) == 2
    status, problem = await frontier.visit(destination, person, case)
    assert (status, problem["code"]) == (409, "CASE_CLOSED")


async def test_whoever_never_came_is_told_that_the_plan_has_lapsed(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """OS-03 期限切れ names the paper way, to everybody who announced a visit; then it is erased.

    While マイナポータル is away the certificate is erased all the same, and the case waits for it.
    Red: leave out `though_over` in the story, and the citizen reads 受付 for ever.
    """
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    filed = [await frontier.file(origin, destination, person) for _ in range(2)]
    await frontier.inbox_settles(destination, attached=3)
    case = await frontier.case_of(destination)
    for each in filed:
        await frontier.sees(each, "受付")
    await waits(case, EXPECTED)

    await destination.fault("mynaportal", "UNAVAILABLE", message="OS-03")
    await frontier.on(DAY + timedelta(days=31), hour=0)

    await case.closes(CaseState.EXPIRED)
    for each in filed:
        seen = await frontier.seen(each)
        assert seen["state"] == "期限切れ"
        assert "紙の転出証明書" in seen["words"]
    assert await frontier.bodies(case) == 0
    assert await frontier.erasures(case) == 3


async def test_who_comes_to_a_third_municipality_is_received_there(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """What was sent ahead went elsewhere; the town they come to fetches it (CS-06)."""
    third = await frontier.open_town()
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    expected = await frontier.case_of(destination)

    await frontier.visit(third, person)
    case = await frontier.case_of(third)
    await case.closes()

    assert await frontier.holder(third, person) == third.code
    await waits(expected, EXPECTED)


@pytest.mark.parametrize(
    ("planned_on", "moved_in_on", "last"),
    [
        (date(2025, 4, 1), date(2025, 4, 3), date(2025, 4, 17)),
        (date(2026, 3, 28), date(2026, 3, 30), date(2026, 4, 13)),
        (date(2025, 4, 1), date(2025, 4, 17), date(2025, 5, 1)),
        (date(2026, 12, 1), date(2026, 12, 20), date(2026, 12, 31)),
    ],
)
async def test_the_last_valid_day_is_valid_and_the_next_is_not(
    frontier: Frontier,
    origin: Town,
    destination: Town,
    planned_on: date,
    moved_in_on: date,
    last: date,
) -> None:
    """The earlier of 転出予定日+30 and 転入日+14, whatever day of the week it is (令24条の2)."""
    in_time, too_late = Person(), Person(name="鈴木　花子")
    await frontier.on(planned_on)
    for person in (in_time, too_late):
        await frontier.settle(origin, person)
        await frontier.certify(origin, destination, person, planned_on=planned_on)
    await frontier.inbox_settles(destination, attached=2)

    await frontier.on(last, hour=16)
    status, _ = await frontier.visit(destination, in_time, moved_in_on=moved_in_on.isoformat())
    assert status == 202
    await frontier.on(last + timedelta(days=1), hour=0)
    status, problem = await frontier.visit(
        destination, too_late, moved_in_on=moved_in_on.isoformat()
    )

    if status == 202:  # the plan had lapsed by then: another case was opened, and asks J-LIS
        case = await frontier.case_numbered(destination, problem["case_number"])
        problem = await case.parks()
    assert problem["code"] == "SPECIAL_MOVE_IN_EXPIRED"


async def test_a_move_after_the_period_is_never_a_special_one(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """転出予定日+30 lies before the move: by then the data is gone, and paper is needed."""
    person = Person()
    await frontier.on(date(2026, 4, 1))
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    await frontier.on(date(2026, 5, 10))
    await case.closes(CaseState.EXPIRED)

    status, receipt = await frontier.visit(destination, person)

    assert status == 202
    again = await frontier.case_numbered(destination, receipt["case_number"])
    assert (await again.parks())["code"] == "SPECIAL_MOVE_IN_EXPIRED"


async def test_a_visit_of_the_very_midnight_is_refused_or_the_case_goes_on(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Timer and visit in one instant: whoever is first, nothing is half done."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)
    moved_in_on = (DAY + timedelta(days=20)).isoformat()
    await frontier.on(DAY + timedelta(days=30), hour=23, minute=59)

    (status, _), _ = await asyncio.gather(
        frontier.visit(destination, person, case, moved_in_on=moved_in_on),
        frontier.on(DAY + timedelta(days=31), hour=0),
    )

    if status == 202:
        await case.closes()
        assert len(await entries(case)) == 1
    else:
        await case.closes(CaseState.EXPIRED)
        assert await frontier.bodies(case) == 0


async def test_a_certificate_racing_the_end_of_the_wait_finds_a_case_that_waits(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """It either keeps the old case waiting or opens a new one; it is never lost in a closed one."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person, planned_on=DAY)
    await waits(await frontier.case_of(destination), EXPECTED)
    later = DAY + timedelta(days=31)

    await asyncio.gather(
        frontier.on(later, hour=0),
        frontier.certify(origin, destination, person, planned_on=later),
    )

    await frontier.inbox_settles(destination, attached=2)
    cases = await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN)
    states = [await case.state() for case in cases]
    while states not in (["open"], ["expired", "open"]):
        await asyncio.sleep(0.05)
        states = [await case.state() for case in cases]
    await waits(cases[-1], EXPECTED)
    assert await frontier.bodies(cases[-1]) >= 1


async def test_a_certificate_taken_back_while_somebody_stands_at_the_counter(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """転出取消 racing the visit: entered and told to staff, or not entered; never both."""
    person = Person()
    await frontier.settle(origin, person)
    certificate = await frontier.certify(origin, destination, person)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    await asyncio.gather(
        frontier.visit(destination, person, case), frontier.void(origin, certificate)
    )
    async with asyncio.timeout(10):
        while not (outcome := await frontier.outcome(case)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    entered = len(await entries(case))
    assert (outcome, entered) in {
        ("withdrawn", 0),
        ("CERTIFICATE_VOID", 0),
        ("completed", 1),
    }


async def test_a_refusal_for_its_day_names_the_article_and_the_paper_way(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    await frontier.on(DAY + timedelta(days=15))

    status, problem = await frontier.visit(destination, person, moved_in_on=DAY.isoformat())

    assert (status, problem["code"]) == (409, "SPECIAL_MOVE_IN_EXPIRED")
    assert "施行令24条の2" in problem["detail"]
    assert "紙の転出証明書" in problem["next"]


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


async def test_a_child_born_after_the_move_out_moves_in_with_the_others(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """事由 転入; a code from the pool and CS-02 for the child alone, of whom CS-07 says nothing."""
    mother = Person()
    await frontier.settle(origin, mother)
    await frontier.certify(origin, destination, mother)
    baby = {"name": "佐藤　遥", "sex": "女", "born_on": "2026-11-28"}

    await frontier.visit(destination, mother, newborns=[baby])
    case = await frontier.case_of(destination)
    await case.closes()

    assert [one.name for one in await entries(case)] == ["佐藤　花子", "佐藤　遥"]
    told = await frontier.told(case, "jlis")
    assert (told["CS-02"], told["CS-04"], told["CS-12"]) == (1, 2, 1)
    assert await frontier.codes_in_notice(case) == [mother.code]


async def test_part_of_a_household_moves_and_joins_a_household_here(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Of those the certificate names one has come, to live with somebody who lives here."""
    parent, child = Person(), Person(name="佐藤　太郎", relationship="子")
    await frontier.settle(origin, parent, child)
    await frontier.certify(origin, destination, child, parent)

    status, problem = await frontier.visit(
        destination,
        child,
        household_id=str(destination.households[0]),
        address=None,
        persons=[{"code": child.code, "relationship": "縁故者"}],
    )
    assert status == 202, problem
    case = await frontier.case_of(destination)
    await case.closes()

    [entered] = await entries(case)
    assert (entered.relationship, entered.household_id) == ("縁故者", destination.households[0])
    assert await frontier.codes_in_notice(case) == [child.code]


async def test_who_returns_keeps_the_addressee_number_and_the_name_of_the_register(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """再転入 is recognised by the code; received data take priority except 氏名."""
    person = Person(name="佐藤　花子")
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    await frontier.visit(destination, person)
    first = await frontier.case_of(destination)
    await first.closes()
    before = await addressee_numbers(first)
    await strike(frontier, first)
    await frontier.settle_again(origin, person)

    again = Person(ordinal=person.ordinal, name="佐藤　華子")
    await frontier.certify(origin, destination, again)
    await frontier.visit(destination, again)
    second = (await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN))[-1]
    await second.closes()

    assert await addressee_numbers(second) == before
    assert [one.name for one in await entries(second)] == ["佐藤　花子"]


async def test_somebody_with_the_same_three_items_is_held_until_staff_have_looked(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """氏名, 生年月日 and 性別 alone say nothing for certain: staff decide, and may go on."""
    first, namesake = Person(), Person()
    await frontier.settle(origin, first, namesake)
    for person in (first, namesake):
        await frontier.certify(origin, destination, person)
    await frontier.visit(destination, first)
    await (await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN))[0].closes()

    status, receipt = await frontier.visit(destination, namesake)
    assert status == 202
    case = await frontier.case_numbered(destination, receipt["case_number"])
    incident = await case.parks()
    assert (incident["step"], incident["code"]) == (ENTRY, "SAME_THREE_ITEMS")
    await case.decide(Verb.RETRY, incident=incident["incident_id"])

    await case.closes()


async def test_a_certificate_taken_back_closes_the_case_that_waits(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """転出取消 before the visit: the case is withdrawn, and the citizen is told."""
    person = Person()
    await frontier.settle(origin, person)
    certificate = await frontier.certify(origin, destination, person)
    filed = await frontier.file(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    case = await frontier.case_of(destination)
    await waits(case, EXPECTED)

    await frontier.void(origin, certificate)

    await case.closes(CaseState.WITHDRAWN)
    await frontier.sees(filed, "取消")


async def test_a_certificate_taken_back_after_the_visit_is_told_to_staff(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """The entry stands; the message is listed with its case and the reason."""
    person = Person()
    await frontier.settle(origin, person)
    certificate = await frontier.certify(origin, destination, person)
    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)
    await case.closes()

    await frontier.void(origin, certificate)
    await frontier.inbox_settles(destination, unclaimed=1)

    [listed] = (await frontier.get(destination, "/v1/inbox"))["messages"]
    assert (listed["flaw"], listed["case_number"]) == ("CERTIFICATE_USED", case.ref.case_number)
    assert len(await entries(case)) == 1


async def test_a_certificate_that_comes_after_its_own_cancellation_opens_nothing(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Messages come in any order."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.delay("jlis", "CS-05", destination, 2)
    certificate = await frontier.certify(origin, destination, person)
    await frontier.delay("jlis", "CS-05", destination, 0)
    await frontier.void(origin, certificate)

    await frontier.inbox_settles(destination, merged=2)

    assert not await frontier.cases_of(destination, Procedure.SPECIAL_MOVE_IN)


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


async def test_a_finished_move_in_may_be_withdrawn_and_everybody_is_told(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """異動の取消し（減）: nobody is left behind anywhere, and the 転出地 hears of it."""
    person = Person()
    await frontier.settle(origin, person)
    await frontier.certify(origin, destination, person)
    filed = await frontier.file(origin, destination, person)
    await frontier.inbox_settles(destination, attached=2)
    await destination.fault("unified_addressee", "REFUSE", message="AT-03")
    await frontier.visit(destination, person)
    case = await frontier.case_of(destination)

    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])

    await case.closes(CaseState.WITHDRAWN)
    assert await entries(case) == []
    assert (await frontier.told(case, "jlis"))["CS-07"] == 2
    await frontier.sees(filed, "取消")


async def test_a_card_that_is_somebody_elses_or_not_verified_is_refused(
    frontier: Frontier, origin: Town, destination: Town
) -> None:
    """Nothing is stored, and each refusal says what can be done."""
    person, other = Person(), Person()
    await frontier.settle(origin, person, other)
    await frontier.certify(origin, destination, person)
    case = await frontier.case_of(destination)

    _, problem = await frontier.visit(destination, other, case)
    assert problem["code"] == "WRONG_PERSON"
    _, problem = await frontier.visit(destination, person, case, pin="locked")
    assert problem["code"] == "CARD_NOT_VERIFIED"
    assert "24条の2" in problem["detail"]
    tomorrow = (DAY + timedelta(days=1)).isoformat()
    _, problem = await frontier.visit(destination, person, case, moved_in_on=tomorrow)
    assert problem["errors"][0]["code"] == "FUTURE_DATE"
    await waits(case, EXPECTED)
