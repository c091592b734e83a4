from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from domain.dates import RegisterDate
from domain.jpki import CertificateEvent, Purpose
from domain.notices import ABROAD, Change
from domain.residents import Address, Sex
from simulators.jpki import expiry
from tests.simulators.moving import arrival_cancelled, moved_in, moved_out, taken_back

if TYPE_CHECKING:
    from domain.notices import IdentityNotice
    from tests.simulators.office import Office
    from tests.simulators.world import World

HERE = "certificates"
ELSEWHERE = Address(postal_code="1000002", line="東京都千代田区皇居外苑１番")


@pytest.mark.parametrize(
    ("issued_on", "born_on", "last_day"),
    [
        (date(2026, 11, 26), date(1990, 4, 1), date(2031, 4, 1)),
        (date(2026, 3, 31), date(1990, 4, 1), date(2030, 4, 1)),
        (date(2026, 4, 1), date(1990, 4, 1), date(2031, 4, 1)),
        (date(2026, 4, 1), date(2004, 2, 29), date(2031, 2, 28)),
        (date(2023, 4, 1), date(2004, 2, 29), date(2028, 2, 29)),
    ],
    ids=["誕生日の後", "誕生日の前", "誕生日", "平年の２月２９日", "閏年の２月２９日"],
)
def test_a_certificate_is_valid_until_the_fifth_birthday(
    issued_on: date, born_on: date, last_day: date
) -> None:
    """発行の日後の５回目の誕生日 (公的個人認証法施行規則).

    Red: with the birthday of the day of issue counted as the first.
    """
    assert expiry(issued_on, born_on) == last_day


async def test_a_certificate_is_valid_from_issue_and_says_until_when(
    world: World, office: Office
) -> None:
    person = await office.newborn(born_on=RegisterDate.on(date(1990, 4, 1)))

    serial = await _issue(world, person, "signature")

    [held] = await office.certificates(person.code)
    assert (held.serial, held.purpose, held.code) == (serial, Purpose.SIGNATURE, person.code)
    assert (held.valid, held.reason, held.replaces) == (True, None, None)
    assert (held.expires_on.month, held.expires_on.day) == (4, 1)
    assert await office.certificate(serial) == held


async def test_a_renewal_leads_from_the_old_one_to_the_new_one(
    world: World, office: Office
) -> None:
    """旧 → 新: whoever knows the old serial number finds the new one, and the other way round.

    Red: with renewals that do not end the old certificate.
    """
    person = await office.newborn()
    old = await _issue(world, person, "authentication")

    renewed = await world.control("POST", f"{HERE}/{old}/renewals", {})

    ended, held = await office.certificate(old), await office.certificate(renewed["serial"])
    assert (ended.valid, ended.code, ended.reason) == (False, None, "更新")
    assert (ended.replaced_by, held.replaces) == (held.serial, old)
    assert [each.serial for each in await office.certificates(person.code)] == [held.serial]
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await world.control("POST", f"{HERE}/{old}/renewals", {})


async def test_a_second_issue_ends_the_first_and_says_so(world: World, office: Office) -> None:
    """A card issued again has certificates of its own, and no chain leads to them."""
    person = await office.newborn()
    first = await _issue(world, person, "signature")
    second = await _issue(world, person, "signature")

    ended = await office.certificate(first)
    assert (ended.valid, ended.reason, ended.replaced_by) == (False, "再発行", None)
    assert [each.serial for each in await office.certificates(person.code)] == [second]


async def test_a_serial_number_is_one_certificates_for_ever(world: World, office: Office) -> None:
    one, other = await office.newborn(), await office.newborn()
    wanted = {"code": one.code, "purpose": "signature", "serial": await _issue(world, one)}

    again = await world.control("PUT", HERE, wanted)

    assert (again["serial"], again["state"]) == (wanted["serial"], "有効")
    with pytest.raises(aiohttp.ClientResponseError, match="409"):
        await world.control("PUT", HERE, {**wanted, "code": other.code})
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await world.control("PUT", HERE, {"code": "90999999990", "purpose": "signature"})


async def test_an_expired_certificate_has_no_owner(world: World, office: Office) -> None:
    """Its last day is the fifth birthday; who asks afterwards is told that it ended then.

    Red: with a state that only revocation ends.
    """
    person = await office.newborn()
    serial = "90000000001234567"
    await world.control("PUT", HERE, _wanted(person) | {"serial": serial})
    before = await world.control("GET", "clock")
    await world.control("PUT", "clock", {"offset_seconds": 6 * 366 * 86400})
    try:
        ended = await office.certificate(serial)
        held = await office.certificates(person.code)
    finally:
        await world.control("PUT", "clock", before)

    assert (ended.valid, ended.code, ended.reason) == (False, None, "有効期間満了")
    assert held == ()


_ONE, _BOTH = {Purpose.AUTHENTICATION}, {*Purpose}
AMENDMENTS: list[tuple[str, dict[str, Any], set[Purpose]]] = [
    ("転居", {"address": ELSEWHERE}, _ONE),
    ("転居", {}, _ONE),
    ("職権修正等", {"name": "鈴木　花子"}, _ONE),
    ("職権修正等", {"alias": "スミス"}, _ONE),
    ("職権修正等", {"sex": Sex.MALE}, _ONE),
    ("職権修正等", {"born_on": RegisterDate.on(date(2026, 11, 21))}, _ONE),
    ("職権修正等", {"name_kana": "ヤマタ　ハナコ"}, _BOTH),
    ("軽微な修正", {"address": ELSEWHERE}, _BOTH),
    ("個人番号の職権修正", {}, _BOTH),
]


@pytest.mark.parametrize(("reason", "changes", "kept"), AMENDMENTS)
async def test_an_amendment_ends_the_signature_where_it_changes_what_that_contains(
    world: World, office: Office, reason: str, changes: dict[str, Any], kept: set[Purpose]
) -> None:
    """異動等失効情報 (法30条の8): 署名用 alone, and never by a 軽微な修正.

    Red: with 軽微な修正 treated like 職権修正等, and with 転居 compared like the others.
    """
    person = await office.newborn()
    await _issue_both(world, person)
    entry = person.entry.model_copy(update=changes)

    await office.tell(_amended(person, reason, entry=entry))

    assert {each.purpose for each in await office.certificates(person.code)} == kept


@pytest.mark.parametrize(
    ("reason", "detail", "kept"),
    [
        ("転出", "", _ONE),
        ("転出", ABROAD, set[Purpose]()),
        ("死亡", "", set[Purpose]()),
        ("職権消除等", "", set[Purpose]()),
    ],
)
async def test_who_is_struck_loses_the_signature_or_both(
    world: World, office: Office, reason: str, detail: str, kept: set[Purpose]
) -> None:
    """転出 leaves the 利用者証明用; death, 職権消除 and 国外転出 leave nothing.

    Red: with 国外転出 treated like any 転出.
    """
    person = await office.newborn()
    signature = await _issue_both(world, person)

    await office.tell(_struck(person, reason, detail=detail))

    assert {each.purpose for each in await office.certificates(person.code)} == kept
    assert (await office.certificate(signature)).reason == reason


async def test_what_was_ended_is_not_revived_by_a_counter_entry(
    world: World, office: Office
) -> None:
    """異動の取消し（増）: the person lives here again, the certificates do not."""
    person = await office.newborn()
    await _issue_both(world, person)
    death = await office.tell(_struck(person, "死亡"))

    await office.tell(taken_back(person, 3, death))

    assert await office.certificates(person.code) == ()


async def test_a_person_taken_over_by_a_move_keeps_the_authentication(
    world: World, office: Office, new_home: Office
) -> None:
    """転入 changes the address; a 転出 that comes later from the old home ends nothing more."""
    person = await office.newborn()
    await _issue_both(world, person)
    arrived = await new_home.tell(moved_in(person))
    fresh = await _issue(world, person, "signature")

    await office.tell(moved_out(person))

    assert (await office.certificate(fresh)).valid
    await new_home.tell(arrival_cancelled(person, 2, arrived))
    kept = {each.purpose for each in await new_home.certificates(person.code)}
    assert kept == {Purpose.AUTHENTICATION}


async def test_everything_that_came_to_pass_is_told_page_by_page(
    world: World, office: Office, new_home: Office
) -> None:
    """The periodic batch reads on from where it stopped, and hears of its own residents only.

    Red: with pages that begin at their place instead of after it.
    """
    person, other = await office.newborn(), await new_home.newborn()
    await _issue(world, other, "signature")
    signature = await _issue_both(world, person)
    [authentication] = [
        each.serial
        for each in await office.certificates(person.code)
        if each.purpose is Purpose.AUTHENTICATION
    ]
    renewed = await world.control("POST", f"{HERE}/{authentication}/renewals", {})
    await office.tell(_amended(person, "転居"))

    first = await office.certificate_changes(count=3)
    second = await office.certificate_changes(first.place, count=3)
    third = await office.certificate_changes(second.place, count=3)

    told = [(each.event, each.certificate.serial) for each in (*first.changes, *second.changes)]
    assert told == [
        (CertificateEvent.ISSUED, signature),
        (CertificateEvent.ISSUED, authentication),
        (CertificateEvent.RENEWED, renewed["serial"]),
        (CertificateEvent.REVOKED, signature),
    ]
    assert second.changes[0].certificate.reason == "転居"
    assert first.changes[2].certificate.replaces == authentication
    assert (first.more, second.more) == (True, False)
    assert (third.changes, third.place) == ((), second.place)


async def test_no_change_is_passed_over_by_who_reads_meanwhile(
    world: World, office: Office
) -> None:
    """Events of many at once, read while they are written: each is read once."""
    people = [await office.newborn() for _ in range(6)]
    writing = asyncio.gather(*(_issue_both(world, person) for person in people))
    read: list[str] = []
    place = ""
    while len(read) < 12:
        page = await office.certificate_changes(place, count=5)
        read += [each.certificate.serial for each in page.changes]
        place = page.place
    await writing

    assert len({*read}) == 12


async def test_people_loaded_with_certificates_are_told_too(world: World, office: Office) -> None:
    """Who begins at the beginning learns of everybody's."""
    [code] = await office.codes(1)
    person = {"code": code, "serials": {"signature": str(7 * 10**17 + int(code))}}
    body = {"municipality": office.municipality, "people": [person]}
    for _ in range(2):
        await world.control("POST", "people", body)

    told = await office.certificate_changes()

    assert [each.event for each in told.changes] == [CertificateEvent.ISSUED]
    ledger = await world.ledger("jlis", office.municipality)
    assert [each["state"] for each in ledger["digital_certificates"]] == ["有効"]


async def test_the_doors_show_everything_somebody_ever_had(world: World, office: Office) -> None:
    person = await office.newborn()
    serial = await _issue(world, person)

    await world.control("POST", f"{HERE}/{serial}/revocations", {"reason": "紛失"})

    [shown] = await world.control("GET", f"{HERE}?code={person.code}")
    assert (shown["serial"], shown["state"], shown["reason"]) == (serial, "失効", "紛失")
    [listed] = (await world.ledger("jlis", office.municipality))["digital_certificates"]
    assert (listed["state"], listed["reason"]) == ("失効", "紛失")
    await world.control("POST", f"reset?municipality={office.municipality}")
    counts = (await world.ledger("jlis", office.municipality))["counts"]
    assert not any(counts.values())


def _wanted(person: IdentityNotice, purpose: str = "signature") -> dict[str, Any]:
    return {"code": person.code, "purpose": purpose}


async def _issue(world: World, person: IdentityNotice, purpose: str = "signature") -> str:
    return (await world.control("PUT", HERE, _wanted(person, purpose)))["serial"]


async def _issue_both(world: World, person: IdentityNotice) -> str:
    """Both certificates; the serial number of the 署名用."""
    signature = await _issue(world, person, "signature")
    await _issue(world, person, "authentication")
    return signature


def _amended(person: IdentityNotice, reason: str, **changes: Any) -> IdentityNotice:
    amendment = {"change": Change.AMEND, "reason": reason, "update_number": 2}
    return person.model_copy(update=amendment | changes)


def _struck(person: IdentityNotice, reason: str, **changes: Any) -> IdentityNotice:
    strike = {"change": Change.STRIKE, "reason": reason, "update_number": 2}
    return person.model_copy(update=strike | changes)
