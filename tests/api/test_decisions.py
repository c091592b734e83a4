"""Decisions of staff: each that cannot be made is refused for a reason of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from domain.cases import Verb
from domain.dates import RegisterDate
from domain.identifiers import new_id
from domain.residents import Reason
from register import municipalities, residents
from register.residents import NewRow
from register.vault import MY_NUMBER
from runtime.database import prepare
from runtime.settings import TokenRole
from tests.api.desk import ANNOUNCE, NUMBER
from tests.numbers import my_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api.counter import Api
    from tests.api.desk import Desk
    from tests.towns import Town

ADDRESS = {"postal_code": "1020072", "line": "東京都千代田区飯田橋三丁目2番2号", "building": ""}


async def test_a_decision_is_accepted_and_shown(desk: Desk) -> None:
    """202 names the decision; the case shows it, and who made it."""
    number = await desk.report()
    incident = await desk.park(number)
    decided = await desk.decide(number, "retry", incident)
    assert (decided.status, decided.json["state"]) == (202, "accepted")
    shown = await desk.client.get(decided.headers["Location"])
    assert (shown.json["verb"], shown.json["author"]) == ("retry", "chief-01")
    assert shown.json["reason"] == "届書で確認した。"
    case = (await desk.client.get(f"/v1/cases/{number}")).json
    assert [one["decision_id"] for one in case["decisions"]] == [decided.json["decision_id"]]
    assert [one["kind"] for one in case["waiting_for"]] == ["start", "decision"]


async def test_an_incident_says_what_staff_may_do(desk: Desk) -> None:
    """Code, step, person, since when, and for each decision what it does and needs."""
    number = await desk.report()
    incident = await desk.park(number, step=NUMBER)
    [shown] = (await desk.client.get(f"/v1/cases/{number}")).json["incidents"]
    assert shown["incident_id"] == str(incident)
    assert (shown["code"], shown["step"], shown["subject"]) == ("ADDRESS_MISMATCH", NUMBER, 1)
    needs = {one["verb"]: one["needs"] for one in shown["allowed"]}
    assert needs["done_by_hand"] == ["reason", "evidence", "number"]
    assert needs["amend"] == ["reason", "amendment"]
    assert "address" in shown["amendable_fields"]
    assert "住所" in shown["advice_ja"]


async def test_an_amendment_is_a_new_version(desk: Desk) -> None:
    """The corrected 届出 is stored beside the first, and the decision says which it is."""
    number = await desk.report()
    incident = await desk.park(number)
    decided = await desk.decide(number, "amend", incident, amendment={"address": ADDRESS})
    assert decided.status == 202, decided.text
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        versions = await tx.fetch(
            "SELECT version, body, author FROM notification WHERE case_id = $1 ORDER BY version",
            ref.case_id,
        )
    assert [row["version"] for row in versions] == [0, 1]
    assert versions[0]["body"]["children"][0]["address"] is None
    assert versions[1]["body"]["children"][0]["address"] == ADDRESS
    assert versions[1]["body"]["children"][0]["name"] == "髙橋　遥"


async def test_a_number_entered_by_hand_goes_straight_to_the_vault(desk: Desk) -> None:
    """Staff type the 個人番号; no answer and no row but the vault's ever holds it."""
    number = await desk.report()
    incident = await desk.park(number, step=NUMBER)
    told = my_number(77_001)
    said = {"evidence": "住基-令8-0042", "number": str(told)}
    decided = await desk.decide(number, "done_by_hand", incident, **said)
    assert decided.status == 202, decided.text
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        person = await tx.fetchval(
            "SELECT resident_id FROM case_person WHERE case_id = $1", ref.case_id
        )
        found = await desk.town.vault.find(tx, desk.town.code, MY_NUMBER, told)
    assert found == person
    detail = await desk.client.get(decided.headers["Location"])
    assert told not in detail.text + decided.text


async def test_a_withdrawal_needs_no_incident(desk: Desk) -> None:
    """One verb for any open case."""
    number = await desk.report()
    assert (await desk.decide(number, "withdraw")).status == 202
    assert (await desk.client.get(f"/v1/cases/{number}")).json["withdrawal"] is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"verb": "retry", "reason": ""}, "MISSING_REASON"),
        ({"verb": "retry", "reason": "  "}, "MISSING_REASON"),
        ({"verb": "retry", "incident_id": None}, "INCIDENT_REQUIRED"),
        ({"verb": "done_by_hand"}, "MISSING_EVIDENCE"),
        ({"verb": "amend"}, "MISSING_AMENDMENT"),
        ({"verb": "amend", "amendment": {}}, "MISSING_AMENDMENT"),
        ({"verb": "retry", "amendment": {"name": ""}}, "INVALID_INPUT"),
        ({"verb": "amend", "amendment": {"born_on": None}}, "INVALID_INPUT"),
        ({"verb": "amend", "amendment": {"born_on": "2999-01-01"}}, "INVALID_INPUT"),
        ({"verb": "amend", "amendment": {"name": "ﾀｶﾊｼ"}}, "INVALID_INPUT"),
        ({"verb": "amend", "amendment": {"household_id": str(uuid4())}}, "INVALID_INPUT"),
        ({"verb": "retry", "number": "1"}, "NUMBER_NOT_WANTED"),
        ({"verb": "done_by_hand", "evidence": "文書", "number": "1"}, "NUMBER_NOT_WANTED"),
        ({"verb": "retry", "second_person": "chief-01"}, "SECOND_PERSON_IS_AUTHOR"),
        ({"verb": "retry", "second_person": "誰か"}, "SECOND_PERSON_UNKNOWN"),
        ({"verb": "retry", "second_person": "client-01"}, "SECOND_PERSON_UNKNOWN"),
        ({"verb": "exterminate"}, "INVALID_INPUT"),
    ],
)
async def test_what_a_decision_lacks_is_named(desk: Desk, said: dict[str, Any], code: str) -> None:
    """Each thing missing, or too much, is a 422 of its own; the incident stays open."""
    number = await desk.report()
    incident = await desk.park(number)
    body = {"reason": "届書で確認した。", "incident_id": str(incident)} | said
    answer = await desk.client.post(f"/v1/cases/{number}/decisions", body)
    assert (answer.status, answer.code) == (422, code)
    assert answer.json["errors"]
    await _stands(desk, number)


@pytest.mark.parametrize(
    ("told", "code", "flaw"),
    [
        (None, "NUMBER_REQUIRED", "MISSING"),
        ("900000000012", "WRONG_NUMBER", "WRONG_CHECK_DIGIT"),
        ("12", "WRONG_NUMBER", "WRONG_FORM"),
        ("000000000000", "WRONG_NUMBER", "NEVER_ISSUED"),
    ],
)
async def test_a_wrong_number_is_refused_and_not_repeated(
    desk: Desk, told: str | None, code: str, flaw: str
) -> None:
    """The step that yields a number must be told one, and a possible one."""
    number = await desk.report()
    incident = await desk.park(number, step=NUMBER)
    said = {"evidence": "文書1"} | ({"number": told} if told else {})
    answer = await desk.decide(number, "done_by_hand", incident, **said)
    assert (answer.status, answer.code) == (422, code)
    assert answer.json["errors"][0]["code"] == flaw
    assert told is None or f'"{told}"' not in answer.text
    await _stands(desk, number)


async def test_somebody_elses_number_is_refused(desk: Desk) -> None:
    """A number belongs to one person; the whole decision is refused."""
    number = await desk.report()
    incident = await desk.park(number, step=NUMBER)
    answer = await desk.decide(
        number, "done_by_hand", incident, evidence="文書1", number=str(my_number(1))
    )
    assert (answer.status, answer.code) == (409, "NUMBER_BOUND")
    await _stands(desk, number)


async def test_a_case_nobody_knows_cannot_be_decided(desk: Desk) -> None:
    """404, and the look is audited."""
    answer = await desk.decide(f"{desk.town.code}-R8-999999", "withdraw")
    assert (answer.status, answer.code) == (404, "UNKNOWN_CASE")
    assert await _audited(desk, "not_found") == 1


async def test_an_incident_of_no_case_or_another_is_unknown(desk: Desk) -> None:
    """The incident must be this case's."""
    number, other = await desk.report(), await desk.report(household=1)
    theirs = await desk.park(other)
    for incident in (new_id(), theirs):
        answer = await desk.decide(number, "retry", incident)
        assert (answer.status, answer.code) == (404, "UNKNOWN_INCIDENT")


async def test_a_decision_may_be_made_once(desk: Desk) -> None:
    """A second decision on the incident is told which one stands."""
    number = await desk.report()
    incident = await desk.park(number)
    first = await desk.decide(number, "retry", incident)
    again = await desk.decide(number, "amend", incident, amendment={"address": ADDRESS})
    assert (again.status, again.code) == (409, "ALREADY_DECIDED")
    assert again.json["decision_id"] == first.json["decision_id"]


async def test_of_decisions_at_the_same_instant_one_is_accepted(desk: Desk) -> None:
    """The case's lock lets one through."""
    number = await desk.report()
    incident = await desk.park(number)
    await desk.crowd()
    answers = await asyncio.gather(*(desk.decide(number, "retry", incident) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [202] + [409] * 7
    assert {answer.code for answer in answers if answer.status == 409} == {"ALREADY_DECIDED"}


async def test_a_verb_the_step_does_not_allow_is_refused(desk: Desk) -> None:
    """The verbs that are allowed are told."""
    number = await desk.report()
    incident = await desk.park(number, verbs=(Verb.RETRY, Verb.WITHDRAW))
    answer = await desk.decide(number, "amend", incident, amendment={"address": ADDRESS})
    assert (answer.status, answer.code) == (409, "VERB_NOT_ALLOWED")
    assert answer.json["verbs"] == ["retry", "withdraw"]
    await _stands(desk, number)


async def test_nothing_is_amended_while_an_outcome_is_unknown(desk: Desk) -> None:
    """A telegram that may have arrived must be asked about first."""
    number = await desk.report()
    incident = await desk.park(number)
    await _send(desk, number, "unknown")
    answer = await desk.decide(number, "amend", incident, amendment={"address": ADDRESS})
    assert (answer.status, answer.code) == (409, "OUTCOME_UNKNOWN")
    assert (await desk.decide(number, "retry", incident)).status == 202


async def test_a_refused_telegram_does_not_hinder_an_amendment(desk: Desk) -> None:
    """What was refused was never applied."""
    number = await desk.report()
    incident = await desk.park(number)
    await _send(desk, number, "refused")
    answer = await desk.decide(number, "amend", incident, amendment={"address": ADDRESS})
    assert answer.status == 202


async def test_an_amended_birthday_may_not_be_another_childs(desk: Desk) -> None:
    """The same household and day as another case: held back here too."""
    other = await desk.report(days_ago=3)
    number = await desk.report(days_ago=400)
    incident = await desk.park(number)
    born_on = desk.birth(days_ago=3)["child"]["born_on"]
    answer = await desk.decide(number, "amend", incident, amendment={"born_on": born_on})
    assert (answer.status, answer.code) == (409, "POSSIBLE_DUPLICATE")
    assert answer.json["case_numbers"] == [other]


async def test_a_case_under_a_later_one_is_not_withdrawn(desk: Desk) -> None:
    """A later case has changed what this one wrote: it is named, and 異動取消 goes first."""
    number, later = await desk.report(), await desk.report(household=1)
    await _enter(desk, number, later)
    answer = await desk.decide(number, "withdraw")
    assert (answer.status, answer.code) == (409, "LATER_CASE_STANDS")
    assert answer.json["case_numbers"] == [later]
    plan = (await desk.client.get(f"/v1/cases/{number}/undo-plan")).json
    assert (plan["possible"], plan["blocked_by"]) == (False, [later])


@pytest.mark.parametrize(
    ("role", "verb", "status"),
    [
        (TokenRole.CLIENT, "retry", 403),
        (TokenRole.OPERATIONS, "retry", 403),
        (TokenRole.COUNTER, "withdraw", 403),
        (TokenRole.COUNTER, "retry", 202),
        (TokenRole.EXAMINER, "withdraw", 202),
    ],
)
async def test_roles_decide_what_they_may(
    api: Api, desk: Desk, town: Town, role: TokenRole, verb: str, status: int
) -> None:
    """A client decides nothing, a counter no withdrawal; who may is told."""
    number = await desk.report()
    incident = await desk.park(number)
    body = {"verb": verb, "reason": "確認した。", "incident_id": str(incident)}
    answer = await api.client(town, role).post(f"/v1/cases/{number}/decisions", body)
    assert answer.status == status, answer.text
    if status == 403:
        assert answer.code == "ROLE_NOT_ALLOWED"
        assert "chief" in answer.json["roles"]


async def test_a_second_person_is_asked_for_where_the_town_wants_one(
    desk: Desk, database_urls: Mapping[str, str]
) -> None:
    """Where the parameter is set, one pair of eyes is not enough for a step done by hand."""
    owner = await asyncpg.connect(database_urls["juki_owner"])
    await prepare(owner)
    town = await municipalities.get(owner, desk.town.acting.municipality)  # pyright: ignore[reportArgumentType]
    assert town is not None
    await municipalities.set_parameters(owner, town.code, {"second_person_for_by_hand": True})
    await owner.close()
    number = await desk.report()
    incident = await desk.park(number)
    alone = await desk.decide(number, "done_by_hand", incident, evidence="文書1")
    assert (alone.status, alone.code) == (422, "SECOND_PERSON_REQUIRED")
    together = await desk.decide(
        number, "done_by_hand", incident, evidence="文書1", second_person="examiner-01"
    )
    assert together.status == 202


async def test_an_unknown_decision_is_not_found(desk: Desk) -> None:
    """Nor one whose id is none."""
    number = await desk.report()
    unknown = await desk.client.get(f"/v1/cases/{number}/decisions/{new_id()}")
    assert (unknown.status, unknown.code) == (404, "UNKNOWN_DECISION")
    nonsense = await desk.client.get(f"/v1/cases/{number}/decisions/x")
    assert nonsense.status == 404


async def _stands(desk: Desk, number: str) -> None:
    case = (await desk.client.get(f"/v1/cases/{number}")).json
    assert [one["state"] for one in case["incidents"]] == ["open"]
    assert not case["decisions"]


async def _send(desk: Desk, number: str, state: str) -> None:
    """A telegram of the parked step, in one state."""
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        await tx.execute(
            "INSERT INTO telegram_state (municipality, telegram_id, case_id, step, subject,"
            " generation, ordinal, state, fence) VALUES ($1, $2, $3, $4, 1, 0, 0, $5, 1)",
            desk.town.code,
            new_id(),
            ref.case_id,
            ANNOUNCE,
            state,
        )


async def _enter(desk: Desk, number: str, later: str) -> None:
    """Enter the child of one case, and let another case change the entry."""
    ref, other = await desk.ref(number), await desk.ref(later)
    async with desk.town.open() as tx:
        household = await residents.present(tx, desk.town.code, await _head(desk))
        assert household is not None
        child: UUID = await tx.fetchval(
            "SELECT resident_id FROM case_person WHERE case_id = $1", ref.case_id
        )
        for case, reason, name in ((ref, Reason.BIRTH, "遥"), (other, Reason.CORRECTION, "春香")):
            entry = household.entry.model_copy(update={"name": f"髙橋　{name}"})
            row = NewRow(reason, RegisterDate.on(desk.today), None, entry)
            await residents.append(tx, case, child, row)


async def _head(desk: Desk) -> UUID:
    async with desk.town.open() as tx:
        return await tx.fetchval(
            "SELECT resident_id FROM resident_present WHERE household_id = $1"
            " AND entry ->> 'relationship' = '世帯主'",
            desk.households[0],
        )


async def _audited(desk: Desk, act: str) -> int:
    async with desk.town.open() as tx:
        return await tx.fetchval("SELECT count(*) FROM audit WHERE act = $1", act)
