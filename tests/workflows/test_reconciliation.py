"""突合: whatever disagrees is found, nothing else is, and what staff decide puts it right."""

# ruff: noqa: S608 - statements put together from our own texts
from __future__ import annotations

import asyncio
from datetime import date, time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from domain.cases import Procedure, Verb
from domain.differences import DIFFERENCES, MET_BY_BATCH, DifferenceKind, DifferenceState
from domain.telegrams import Message
from register import outbox
from register.municipalities import Parameters
from register.outbox import Due
from register.serials import SERIAL
from relay.engine import Engine
from runtime.database import pool
from tests.comparable import code_of, comparable, first, inside, outside
from tests.eventually import eventually

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Case, Town

PAGED = Parameters(reconciliation_page=2)
K = DifferenceKind


class Spoilt(NamedTuple):
    """How a difference comes to be: in which system, by which statement on the first person.

    ``{code}``, ``{addressee}`` and ``{unified}`` name that person there.
    """

    system: str
    statement: str


_OF_ADDRESSEE = "addressee_number = '{addressee}' AND municipality = '{town}'"
_OF_UNIFIED = "unified_number = '{unified}' AND municipality = '{town}'"
_STRUCK = (
    "UPDATE resident_present SET presence = '除票', presence_since = '2020-01-01'"
    " WHERE resident_id = '{resident}'"
)
SPOILT: dict[DifferenceKind, Spoilt] = {
    K.JLIS_NOT_LIVE: Spoilt("jlis", "UPDATE people SET live = false WHERE code = '{code}'"),
    K.JLIS_IDENTITY: Spoilt(
        "jlis",
        "UPDATE people SET contents = jsonb_set(contents, '{{ふりがな氏名}}', '\"チガウ\"')"
        " WHERE code = '{code}'",
    ),
    K.JLIS_NUMBER: Spoilt(
        "jlis", "UPDATE people SET number = '9999{digits}' WHERE code = '{code}'"
    ),
    K.JLIS_NUMBER_NOT_HERE: Spoilt(
        "", "UPDATE vault SET field = '使わない' WHERE resident_id = '{resident}'"
    ),
    K.JLIS_ORDER: Spoilt(
        "jlis",
        "UPDATE people SET orders = jsonb_build_object('{town}', 3) WHERE code = '{code}'",
    ),
    K.JLIS_STRANGER: Spoilt(
        "jlis",
        "INSERT INTO people (code, allotted_to, holder, live)"
        " VALUES ('{stranger}', '{town}', '{town}', true)",
    ),
    K.SERIAL_MISSING: Spoilt(
        "jlis",
        "INSERT INTO jpki_certificates (serial, purpose, code, issued_at, expires_on)"
        " VALUES ('77{digits}', 'authentication', '{code}', now(), '2031-01-01')",
    ),
    K.SERIAL_STALE: Spoilt(
        "",
        "INSERT INTO certificate_serial (municipality, serial, resident_id, usage)"
        " VALUES ('{town}', '\\x{serial}', '{resident}', '署名用')",
    ),
    K.ADDRESSEE_MISSING: Spoilt(
        "unified_addressee", f"DELETE FROM addressees WHERE {_OF_ADDRESSEE}"
    ),
    K.ADDRESSEE_CONTENTS: Spoilt(
        "unified_addressee",
        "UPDATE addressees SET contents = jsonb_set(contents, '{{name}}', '\"違う　人\"')"
        f" WHERE {_OF_ADDRESSEE}",
    ),
    K.ADDRESSEE_NUMBER: Spoilt(
        "unified_addressee",
        f"UPDATE numbers SET my_number = '9999{{digits}}' WHERE {_OF_UNIFIED}",
    ),
    K.ADDRESSEE_STRANGER: Spoilt(
        "unified_addressee",
        "WITH number AS (INSERT INTO numbers (municipality, unified_number, my_number)"
        " VALUES ('{town}', '999999999999999', '9998{digits}') RETURNING unified_number)"
        " INSERT INTO addressees (municipality, addressee_number, unified_number, closed, contents)"
        " SELECT '{town}', '999999999999999', unified_number, false, '{{}}' FROM number",
    ),
    K.UNIFIED_NUMBER_MISSING: Spoilt(
        "intermediate_server", f"UPDATE numbers SET closed = true WHERE {_OF_UNIFIED}"
    ),
    K.COPY_MISSING: Spoilt("intermediate_server", f"DELETE FROM copies WHERE {_OF_UNIFIED}"),
    K.COPY_CONTENTS: Spoilt(
        "intermediate_server",
        "UPDATE copies SET facts = jsonb_set(facts, '{{relationship}}', '\"縁故者\"')"
        f" WHERE {_OF_UNIFIED}",
    ),
    K.LINKAGE_CODE_MISSING: Spoilt(
        "intermediate_server",
        "DELETE FROM linkages WHERE request_number = 'LOADED-{unified}'"
        " AND municipality = '{town}'",
    ),
}
"""Kinds about somebody who lives here."""
LEFT: dict[DifferenceKind, tuple[str, ...]] = {
    K.JLIS_STILL_LIVE: ("addressee", "server", "copy"),
    K.ADDRESSEE_STILL_OPEN: ("jlis", "copy"),
    K.UNIFIED_NUMBER_STILL_OPEN: ("jlis", "addressee", "copy"),
    K.COPY_STILL_THERE: ("jlis", "addressee", "server"),
}
"""Kinds about somebody struck here: which of the other systems have been told of it."""
CLOSED = {
    "jlis": Spoilt("jlis", "UPDATE people SET live = false WHERE code = '{code}'"),
    "addressee": Spoilt(
        "unified_addressee", f"UPDATE addressees SET closed = true WHERE {_OF_ADDRESSEE}"
    ),
    "server": Spoilt(
        "intermediate_server", f"UPDATE numbers SET closed = true WHERE {_OF_UNIFIED}"
    ),
    "copy": Spoilt("intermediate_server", f"UPDATE copies SET deleted = true WHERE {_OF_UNIFIED}"),
}


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in MET_BY_BATCH])
async def test_every_kind_of_difference_is_found_repaired_and_gone(
    frontier: Frontier, kind: DifferenceKind
) -> None:
    """Exactly that difference, and after its repair none; where no machine can, staff are told.

    Red: leave any kind out of `comparing`, or let a repair send what was there before.
    """
    town = await comparable(frontier, parameters=PAGED)
    await _spoil(town, kind)

    assert await _found(frontier, town) == [kind]
    assert await _found(frontier, town) == [kind], "met again, it is the same work item"

    (difference,) = (await frontier.get(town, "/v1/differences"))["differences"]
    if DIFFERENCES[kind].repair is None:
        assert (await _decide(frontier, town, difference, "repair"))[0] == 409
        return
    status, receipt = await _decide(frontier, town, difference, "repair")
    assert status == 202, receipt
    (repair,) = await frontier.cases_of(town, Procedure.REPAIR)
    await repair.closes()
    assert await _found(frontier, town) == []
    assert await _states(town) == [DifferenceState.GONE]


def test_every_kind_has_words_and_a_way_out() -> None:
    """A repair by machine, or what staff do instead; each told from each other by its words."""
    assert set(DIFFERENCES) == set(K) == {*SPOILT, *LEFT, *MET_BY_BATCH}
    assert all(words.repair or words.advice for words in DIFFERENCES.values())
    assert len({words.ja for words in DIFFERENCES.values()}) == len(DIFFERENCES)


async def test_agreement_is_no_difference_and_pages_show_how_far_it_is(frontier: Frontier) -> None:
    """Six people, two a page, with both ways of asking; the bodies of the answers are erased."""
    town = await comparable(frontier, parameters=PAGED)

    case = await _reconcile(frontier, town)

    told = await frontier.get(town, f"/v1/reconciliations/{case.ref.case_number}")
    assert told["state"] == "completed"
    assert [(one["ja"], one["found"], one["over"]) for one in told["progress"]] == [
        ("6 / 6 人", 0, True),
        ("6 / 6 人", 0, True),
    ]
    assert told["counts"] == told["differences"] == []
    assert (await frontier.told(case, "jlis"))[Message.COMPARISON] >= 3
    async with town.transaction() as tx:
        kept = await tx.fetchval(
            "SELECT count(*) FROM telegram_body b JOIN telegram_state s"
            " USING (municipality, telegram_id) WHERE s.case_id = $1 AND wrapped_key IS NOT NULL",
            case.ref.case_id,
        )
    assert kept == 0


async def test_what_an_open_case_still_owes_is_in_transition(frontier: Frontier) -> None:
    """A birth entered and not yet told of is counted, and no difference; afterwards all agree.

    Red: leave `explains` out.
    """
    town = await comparable(frontier)
    await town.fault("jlis", "REFUSE", message=Message.IDENTITY_NOTICE)
    birth = await town.report_birth()
    incident = await birth.parks()

    case = await _reconcile(frontier, town)

    told = await frontier.get(town, f"/v1/reconciliations/{case.ref.case_number}")
    assert (told["found"], told["in_transition"]) == (0, 2)
    await birth.decide(Verb.RETRY, incident=incident["incident_id"])
    await birth.closes()
    assert await _found(frontier, town) == []


async def test_two_who_ask_at_once_get_one_and_it_may_be_seen(frontier: Frontier) -> None:
    """One 突合 at a time and per municipality."""
    town = await comparable(frontier)
    await town.fault("jlis", "UNAVAILABLE", message=Message.COMPARISON, on="any", times=None)
    assert (await frontier.post(town, "/v1/reconciliations", {}))[0] == 202

    status, problem = await frontier.post(town, "/v1/reconciliations", {})

    assert (status, problem["code"]) == (409, "ALREADY_UNDER_WAY")
    await frontier.house.world.control("DELETE", f"faults?municipality={town.code}")
    (case,) = await frontier.cases_of(town, Procedure.RECONCILIATION)
    assert problem["case_numbers"] == [case.ref.case_number]
    await case.closes()


async def test_a_lost_reply_and_a_silent_server_are_asked_again(frontier: Frontier) -> None:
    """A page whose answer was lost is adopted by its id; a silent 中間サーバー is waited for."""
    town = await comparable(frontier, parameters=PAGED)
    await town.fault("jlis", "LOSE_REPLY", message=Message.COMPARISON)
    await town.fault("intermediate_server", "UNAVAILABLE", message="AT-17", times=2)

    assert await _found(frontier, town) == []


async def test_the_day_is_complete_or_says_who_is_not(frontier: Frontier) -> None:
    """A child without a number is an exception with its case; a withdrawn one is nobody.

    Red: ask the number of anybody's case instead of this person's vault.
    """
    town = await comparable(frontier)
    today = (await frontier.today()).isoformat()
    await town.fault("jlis", "REFUSE", message=Message.NUMBER_REQUEST)
    birth = await town.report_birth()
    incident = await birth.parks()

    lacking = await frontier.get(town, f"/v1/completeness?day={today}")

    assert lacking["ja"] == "2026年12月1日分は1人です。1人がそろっていません。"
    (exception,) = lacking["exceptions"]
    assert exception["case_number"] == birth.ref.case_number
    assert exception["missing"] == [
        "個人番号がまだない",
        "宛名がまだない",
        "中間サーバーへの通知をまだ確認していない",
    ]
    await birth.decide(Verb.RETRY, incident=incident["incident_id"])
    await birth.closes()
    whole = await frontier.get(town, "/v1/completeness")
    assert (whole["people"], whole["complete"], whole["exceptions"]) == (1, 1, [])
    assert whole["ja"].endswith("全員そろっています。")
    tomorrow = await frontier.get(town, "/v1/completeness?day=2026-12-02")
    assert tomorrow["people"] == 0


async def test_the_calendar_opens_one_a_day_and_makes_up_for_a_sleep(frontier: Frontier) -> None:
    """Due at its hour, once; two who look at once open one; a town without an hour has none.

    Red: leave out the hour that struck last, or the unique index with the lock.
    """
    at_two = Parameters(reconcile_at=time(2))
    town, other = await comparable(frontier, parameters=at_two), await comparable(frontier)
    place = frontier.house.place["database_urls"]["juki_relay"]
    async with pool(place, application="calendar", largest=4) as relay:
        await asyncio.gather(*(outbox.open_what_is_due(relay) for _ in range(4)))
        (case,) = await frontier.cases_of(town, Procedure.RECONCILIATION)
        await case.closes()
        await outbox.open_what_is_due(relay)
        assert len(await frontier.cases_of(town, Procedure.RECONCILIATION)) == 1
        await frontier.on(date(2026, 12, 2), 1)
        await outbox.open_what_is_due(relay)
        assert len(await frontier.cases_of(town, Procedure.RECONCILIATION)) == 1
        await frontier.on(date(2026, 12, 4), 9)
        await outbox.open_what_is_due(relay)

    assert len(await frontier.cases_of(town, Procedure.RECONCILIATION)) == 2
    assert await frontier.cases_of(other, Procedure.RECONCILIATION) == []
    await (await frontier.cases_of(town, Procedure.RECONCILIATION))[-1].closes()


async def test_a_terminated_run_goes_on_at_its_page(frontier: Frontier) -> None:
    """Whoever continues begins behind the last page written.  Red: begin at the first page."""
    town = await comparable(frontier, parameters=PAGED)
    await town.fault("jlis", "UNAVAILABLE", message=Message.COMPARISON, on="any", times=3, skip=1)
    assert (await frontier.post(town, "/v1/reconciliations", {}))[0] == 202
    (case,) = await frontier.cases_of(town, Procedure.RECONCILIATION)
    await case.fails("住基ネットと照合する")
    await case.terminate()
    house = frontier.house

    engine = Engine(house.client, house.settings.temporal_task_queue)
    await engine.start(Due(case.ref, case.procedure))

    await case.closes()
    told = await frontier.get(town, f"/v1/reconciliations/{case.ref.case_number}")
    assert [one["ja"] for one in told["progress"]] == ["6 / 6 人", "6 / 6 人"]
    assert (await frontier.told(case, "jlis"))[Message.COMPARISON] == 4


async def _spoil(town: Town, kind: DifferenceKind) -> None:
    if kind in SPOILT:
        await _apply(town, SPOILT[kind])
        return
    await _apply(town, Spoilt("", _STRUCK))
    for system in LEFT[kind]:
        await _apply(town, CLOSED[system])


async def _apply(town: Town, spoilt: Spoilt) -> None:
    one = await first(town)
    held = (await town.ledger("unified_addressee"))["addressees"]
    named = {
        "town": town.code,
        "resident": one.resident_id,
        "addressee": one.key,
        "code": await code_of(town, one.resident_id),
        "digits": f"{int(town.code):08d}",
        "stranger": f"999{int(town.code):08d}",
        "serial": town.house.vault.key_of(town.code, SERIAL, "1").hex(),
        "unified": next(
            (a["unified_number"] for a in held if a["addressee_number"] == one.key), ""
        ),
    }
    statement = spoilt.statement.format(**named)
    if spoilt.system:
        await outside(town, spoilt.system, statement)
    else:
        await inside(town, statement)


async def _reconcile(frontier: Frontier, town: Town) -> Case:
    status, receipt = await frontier.post(town, "/v1/reconciliations", {})
    assert status == 202, receipt
    case = (await frontier.cases_of(town, Procedure.RECONCILIATION))[-1]
    await case.closes()
    return case


async def _found(frontier: Frontier, town: Town) -> list[str]:
    """The kinds one more 突合 meets, once what the others owe each other has arrived."""

    async def arrived() -> bool:
        notices = (await town.ledger("unified_addressee"))["notices"]
        return all(one["delivered_at"] for one in notices)

    await eventually(arrived)
    case = await _reconcile(frontier, town)
    told = await frontier.get(town, f"/v1/reconciliations/{case.ref.case_number}")
    assert told["in_transition"] == 0
    assert told["found"] == sum(one["times"] for one in told["counts"])
    return [one["kind"] for one in told["differences"]]


async def _decide(
    frontier: Frontier, town: Town, difference: dict[str, Any], verb: str
) -> tuple[int, dict[str, Any]]:
    path = f"/v1/differences/{difference['difference_id']}/decisions"
    return await frontier.post(town, path, {"verb": verb, "reason": "台帳が正しい。"})


async def _states(town: Town) -> list[str]:
    async with town.transaction() as tx:
        return [row["state"] for row in await tx.fetch("SELECT state FROM difference")]
