from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from clients import unified_addressee
from clients.intermediate_server import IntermediateServerClient
from clients.mailbox import Mailbox
from clients.unified_addressee import UnifiedAddresseeClient
from domain.errors import ContractBroken, Unavailable
from domain.notices import AddresseeRecord
from tests.clients.peer import a_wire_to, saying
from tests.numbers import my_number
from tests.simulators.office import addressee_number, an_entry

if TYPE_CHECKING:
    from tests.simulators.office import Office
    from tests.simulators.world import World

MUNICIPALITY = "131016"
TELEGRAM = UUID(int=7)


async def test_an_answer_to_another_telegram_is_a_lost_reply() -> None:
    """It tells nothing about ours, which look-up will settle (F18)."""
    async with a_wire_to(saying(200, _about(UUID(int=8)))) as wire:
        with pytest.raises(Unavailable, match=r"^OTHER_MESSAGE$") as caught:
            await Mailbox(wire, "/t", "id").send(MUNICIPALITY, TELEGRAM, b"{}")

    assert caught.value.left


async def test_a_look_up_that_speaks_of_another_telegram_breaks_the_contract() -> None:
    """Asking once more would not settle it."""
    async with a_wire_to(saying(200, _about(UUID(int=8)))) as wire:
        with pytest.raises(ContractBroken, match=r"^OTHER_MESSAGE$"):
            await Mailbox(wire, "/t", "id").look_up(MUNICIPALITY, TELEGRAM)


async def test_a_look_up_finds_the_first_answer_or_nothing() -> None:
    async with a_wire_to(saying(200, _about(TELEGRAM))) as wire:
        assert await Mailbox(wire, "/t", "id").look_up(MUNICIPALITY, TELEGRAM) == _about(TELEGRAM)
    async with a_wire_to(saying(404, b'{"code":"UNKNOWN_MESSAGE"}')) as wire:
        assert await Mailbox(wire, "/t", "id").look_up(MUNICIPALITY, TELEGRAM) is None


@pytest.mark.parametrize("answer", [b"{}", b'{"arrived":"yes"}', b'{"arrived":1}'])
async def test_whether_a_notice_arrived_is_yes_or_no(answer: bytes) -> None:
    async with a_wire_to(saying(200, answer)) as wire:
        with pytest.raises(ContractBroken, match="MISSING_ITEM"):
            await UnifiedAddresseeClient(wire).notified(MUNICIPALITY, TELEGRAM)


async def test_a_request_that_should_be_known_and_is_not_breaks_the_contract(
    office: Office,
) -> None:
    with pytest.raises(ContractBroken, match="UNKNOWN_MESSAGE"):
        await office.addressee.notified(office.municipality, uuid4())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b'{"request_number":"R-2","state":"linked"}', "OTHER_MESSAGE"),
        (b'{"request_number":"R-1","state":"maybe"}', "MISSING_ITEM"),
        (b'{"request_number":"R-1"}', "MISSING_ITEM"),
    ],
)
async def test_a_linkage_answer_must_be_about_what_was_asked(answer: bytes, code: str) -> None:
    async with a_wire_to(saying(200, answer)) as wire:
        with pytest.raises(ContractBroken, match=f"^{code}$"):
            await IntermediateServerClient(wire).linked(MUNICIPALITY, "R-1")


def test_names_leave_for_the_unified_addressee_byte_for_byte() -> None:
    """Variation selectors and surrogate pairs are never normalised, also not by JSON escapes."""
    name = "葛\U000e0100城　𠮷野家髙橋"
    record = AddresseeRecord(
        addressee_number=addressee_number(1), number=my_number(1), entry=an_entry(name=name)
    )

    body = unified_addressee.addressee(MUNICIPALITY, TELEGRAM, record)

    assert name.encode() in body
    assert body == unified_addressee.addressee(MUNICIPALITY, TELEGRAM, record)


async def test_the_register_can_hold_names_that_come_back_unchanged(
    world: World, office: Office
) -> None:
    name = "辻\U000e0101　髙𠮷"
    [code] = await office.codes(1)
    await office.register_addressee(await office.number(code), 1, an_entry(name=name))

    [addressee] = (await world.ledger("unified_addressee", office.municipality))["addressees"]
    assert addressee["contents"]["name"] == name


def _about(telegram_id: UUID) -> bytes:
    return json.dumps({"id": str(telegram_id)}).encode()
