from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain.errors import Refused
from domain.numbers import MunicipalityCode
from domain.residents import Address
from tests.simulators.office import an_entry, an_office, becomes_true
from tests.simulators.world import a_world

if TYPE_CHECKING:
    from domain.numbers import MyNumber
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_the_intermediate_server_is_told_without_our_help(
    world: World, office: Office
) -> None:
    """AT-02 is sent on by 統合宛名 itself; we learn that it arrived, never the 団番."""
    number = await _a_number(office)

    request = await office.register_addressee(number, 1)

    await becomes_true(lambda: office.addressee.notified(office.municipality, request))
    [addressee] = (await world.ledger("unified_addressee", office.municipality))["addressees"]
    there = (await world.ledger("intermediate_server", office.municipality))["numbers"]
    assert [held["unified_number"] for held in there] == [addressee["unified_number"]]
    _, answer = await world.get("unified_addressee", office.municipality, request)
    assert addressee["unified_number"] not in str(answer)


async def test_one_number_gets_one_unified_number_however_many_ask_at_once(
    world: World, office: Office
) -> None:
    """団番 are given once per 個人番号 (共通機能標準仕様書 2.4.3)."""
    number = await _a_number(office)

    await asyncio.gather(*(office.register_addressee(number, place) for place in (1, 2, 3, 4, 7)))

    ledger = await world.ledger("unified_addressee", office.municipality)
    assert (ledger["counts"]["numbers"], ledger["counts"]["addressees"]) == (1, 5)


async def test_an_addressee_sent_again_is_updated(world: World, office: Office) -> None:
    number = await _a_number(office)
    await office.register_addressee(number, 1)
    moved = an_entry(address=Address(postal_code="1000002", line="東京都千代田区皇居外苑１番"))

    await office.register_addressee(number, 1, moved)

    [addressee] = (await world.ledger("unified_addressee", office.municipality))["addressees"]
    assert addressee["contents"]["address"] == "東京都千代田区皇居外苑１番"


async def test_a_changed_number_keeps_its_unified_number(world: World, office: Office) -> None:
    """番号法7条2項: the 個人番号 may change, the 団番 may not (共通機能標準仕様書 2.4.6).

    中間サーバー is told again, and which number it was before stays known.

    Red: without the row of the former number.
    """
    former = await _known(office)
    [before] = (await world.ledger("unified_addressee", office.municipality))["addressees"]

    request = await office.register_addressee(await _a_number(office), 1)

    await becomes_true(lambda: office.addressee.notified(office.municipality, request))
    ledger = await world.ledger("unified_addressee", office.municipality)
    [after], [kept] = ledger["addressees"], ledger["former_numbers"]
    assert after["unified_number"] == before["unified_number"] == kept["unified_number"]
    assert after["my_number"] != before["my_number"]
    assert (kept["my_number"], kept["request_id"]) == (former, str(request))
    there = (await world.ledger("intermediate_server", office.municipality))["numbers"]
    assert [held["closed"] for held in there] == [False]


async def test_an_addressee_opened_again_keeps_its_unified_number(
    world: World, office: Office
) -> None:
    """異動の取消し（増）: also where the 個人番号 was changed in between.

    Red: with 団番 that are looked for among open 宛名 only.
    """
    number = await _known(office)
    [before] = (await world.ledger("unified_addressee", office.municipality))["addressees"]

    for again in (number, await _a_number(office)):
        await office.close_addressee(1)
        request = await office.register_addressee(again, 1)
        await becomes_true(lambda r=request: office.addressee.notified(office.municipality, r))

        [after] = (await world.ledger("unified_addressee", office.municipality))["addressees"]
        assert (after["unified_number"], after["closed"]) == (before["unified_number"], False)
    there = (await world.ledger("intermediate_server", office.municipality))["numbers"]
    assert [held["closed"] for held in there] == [False]


async def test_a_number_that_leads_to_another_person_is_refused(office: Office) -> None:
    one, other = await _a_number(office), await _a_number(office)
    await office.register_addressee(one, 1)
    await office.register_addressee(other, 2)

    with pytest.raises(Refused, match="NUMBER_TAKEN"):
        await office.register_addressee(other, 1)


async def test_names_come_through_byte_for_byte(world: World, office: Office) -> None:
    """Variation selectors and surrogate pairs are the person's own: never normalised."""
    name = "葛\U000e0100城　𠮷野家髙橋"

    await office.register_addressee(await _a_number(office), 1, an_entry(name=name))

    [addressee] = (await world.ledger("unified_addressee", office.municipality))["addressees"]
    assert addressee["contents"]["name"].encode() == name.encode()


async def test_a_copy_needs_a_number_the_intermediate_server_knows(
    world: World, office: Office
) -> None:
    """AT-03 comes after AT-02."""
    await world.arm(
        office.municipality,
        system="intermediate_server",
        kind="UNAVAILABLE",
        message="AT-02",
        times=1000,
    )
    request = await office.register_addressee(await _a_number(office), 1)

    with pytest.raises(Refused, match="COPY_BEFORE_NUMBER"):
        await office.copy(1)
    assert not await office.addressee.notified(office.municipality, request)


async def test_a_copy_is_passed_on_and_a_deletion_after_it(world: World, office: Office) -> None:
    await _known(office)
    await office.copy(1)
    await office.delete_copy(1)

    async def deleted() -> bool:
        ledger = await world.ledger("intermediate_server", office.municipality)
        return [copy["deleted"] for copy in ledger["copies"]] == [True]

    await becomes_true(deleted)


async def test_closing_the_last_addressee_closes_its_unified_number(
    world: World, office: Office
) -> None:
    """The 団番 stays bound to its 個人番号; it is closed, not forgotten."""
    number = await _known(office)
    await office.register_addressee(number, 2)

    for place, state in ((1, False), (2, True)):
        closing = await office.close_addressee(place)
        await becomes_true(lambda c=closing: office.addressee.notified(office.municipality, c))
        ledger = await world.ledger("intermediate_server", office.municipality)
        assert [held["closed"] for held in ledger["numbers"]] == [state]


async def test_an_addressee_nobody_registered_cannot_be_closed(office: Office) -> None:
    with pytest.raises(Refused, match="UNKNOWN_ADDRESSEE"):
        await office.close_addressee(1)


async def test_a_notice_is_repeated_until_it_arrives(world: World, office: Office) -> None:
    """中間サーバー down, then its answer cut off: AT-02 arrives all the same, and once."""
    await world.scenario(
        office.municipality,
        {"system": "intermediate_server", "kind": "UNAVAILABLE", "times": 2},
        {"system": "intermediate_server", "kind": "LOSE_REPLY"},
        {"system": "intermediate_server", "kind": "PASS"},
    )

    await _known(office)

    ledger = await world.ledger("intermediate_server", office.municipality)
    assert (ledger["counts"]["numbers"], ledger["counts"]["messages"]) == (1, 1)
    [notice] = (await world.ledger("unified_addressee", office.municipality))["notices"]
    assert notice["attempts"] == 4


async def test_a_refused_notice_goes_out_again_under_a_new_id(world: World, office: Office) -> None:
    await world.arm(office.municipality, system="intermediate_server", kind="REFUSE")

    await _known(office)

    messages = (await world.ledger("intermediate_server", office.municipality))["messages"]
    assert [message["status"] for message in messages] == [422, 200]


async def test_a_notice_delivered_twice_is_kept_once(world: World, office: Office) -> None:
    await world.arm(
        office.municipality, system="unified_addressee", kind="DUPLICATE", message="AT-02"
    )

    await _known(office)

    ledger = await world.ledger("intermediate_server", office.municipality)
    assert (ledger["counts"]["numbers"], ledger["counts"]["messages"]) == (1, 1)
    assert await world.armed(office.municipality) == []


async def test_a_notice_still_owed_is_sent_after_a_restart(outside_url: str) -> None:
    """What was promised before a crash is kept after it."""
    municipality = MunicipalityCode.from_five("47654")
    async with (
        a_world(outside_url, number_notice_delay=0.5) as world,
        an_office(world, municipality) as office,
    ):
        request = await office.register_addressee(await _a_number(office), 1)

    async with a_world(outside_url) as world, an_office(world, municipality) as office:
        await becomes_true(lambda: office.addressee.notified(office.municipality, request))


async def test_we_are_told_nothing_about_a_request_never_made(office: Office) -> None:
    assert await office.addressee.look_up(office.municipality, uuid4()) is None


async def _a_number(office: Office) -> MyNumber:
    [code] = await office.codes(1)
    return await office.number(code)


async def _known(office: Office) -> MyNumber:
    """Somebody whose first 宛名 中間サーバー has been told of."""
    number = await _a_number(office)
    request = await office.register_addressee(number, 1)
    await becomes_true(lambda: office.addressee.notified(office.municipality, request))
    return number
