"""A municipality's office that talks to the outside world through the product's own clients."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import aiohttp

from clients import jlis, jlis_certificates, unified_addressee
from clients.intermediate_server import IntermediateServerClient
from clients.jlis import JlisClient
from clients.mynaportal import MynaportalClient
from clients.unified_addressee import UnifiedAddresseeClient
from clients.wire import Wire
from domain.dates import RegisterDate
from domain.notices import (
    AddresseeRecord,
    Change,
    HouseholdCopy,
    IdentityNotice,
    MailingAddress,
)
from domain.numbers import AddresseeNumber, MunicipalityCode, MyNumber, ResidentCode
from domain.residents import Address, Entry, Sex

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from domain.jpki import CertificateChanges, DigitalCertificate
    from tests.simulators.world import World


class Office:
    """One municipality and its peers."""

    def __init__(
        self, municipality: MunicipalityCode, url: str, wire: Callable[[str], Wire]
    ) -> None:
        self.municipality = municipality
        self.jlis = JlisClient(wire(f"{url}/jlis"))
        self.addressee = UnifiedAddresseeClient(wire(f"{url}/unified-addressee"))
        self.intermediate = IntermediateServerClient(wire(f"{url}/intermediate-server"))
        self.portal = MynaportalClient(wire(f"{url}/mynaportal"))

    async def codes(self, count: int) -> list[ResidentCode]:
        """Fresh codes from J-LIS."""
        telegram_id = uuid4()
        body = jlis.vacant_codes(self.municipality, telegram_id, count)
        return jlis.read_vacant_codes(await self.jlis.send(self.municipality, telegram_id, body))

    async def number(self, code: ResidentCode, telegram_id: UUID | None = None) -> MyNumber:
        """The 個人番号 of a code."""
        telegram_id = telegram_id or uuid4()
        body = jlis.number_request(self.municipality, telegram_id, code)
        return jlis.read_number(await self.jlis.send(self.municipality, telegram_id, body), code)

    async def another_number(
        self, code: ResidentCode, former: MyNumber, telegram_id: UUID | None = None
    ) -> MyNumber:
        """The 個人番号 that takes the place of a former one (CS-03)."""
        telegram_id = telegram_id or uuid4()
        body = jlis.number_change(self.municipality, telegram_id, code, former)
        answer = await self.jlis.send(self.municipality, telegram_id, body)
        return jlis.read_changed_number(answer, code, former)

    async def certificate(self, serial: str) -> DigitalCertificate:
        """What J-LIS says of a certificate (CS-14)."""
        telegram_id = uuid4()
        body = jlis.serial_query(self.municipality, telegram_id, serial)
        answer = await self.jlis.send(self.municipality, telegram_id, body)
        return jlis_certificates.read_certificate(answer, serial)

    async def certificates(self, code: ResidentCode) -> tuple[DigitalCertificate, ...]:
        """The valid certificates of a person (CS-14)."""
        telegram_id = uuid4()
        body = jlis.serials_query(self.municipality, telegram_id, code)
        answer = await self.jlis.send(self.municipality, telegram_id, body)
        return jlis_certificates.read_certificates(answer, code)

    async def certificate_changes(self, place: str = "", count: int = 100) -> CertificateChanges:
        """What came to pass with our residents' certificates after a place (CS-14)."""
        telegram_id = uuid4()
        body = jlis_certificates.changes_query(self.municipality, telegram_id, place, count)
        answer = await self.jlis.send(self.municipality, telegram_id, body)
        return jlis_certificates.read_changes(answer)

    async def tell(self, notice: IdentityNotice, telegram_id: UUID | None = None) -> UUID:
        """Send 本人確認情報; the telegram's id."""
        telegram_id = telegram_id or uuid4()
        body = jlis.identity_notice(self.municipality, telegram_id, notice)
        await self.jlis.send(self.municipality, telegram_id, body)
        return telegram_id

    async def newborn(self, **entry: Any) -> IdentityNotice:
        """A child that J-LIS knows: code, number and 出生 have been sent."""
        [code] = await self.codes(1)
        notice = a_notice(code, await self.number(code), entry=an_entry(**entry))
        await self.tell(notice)
        return notice

    async def mail(self, notice: IdentityNotice) -> UUID:
        """Send 送付先情報 of somebody."""
        assert notice.number is not None
        telegram_id = uuid4()
        mailing = MailingAddress(number=notice.number, code=notice.code, entry=notice.entry)
        body = jlis.mailing_address(self.municipality, telegram_id, mailing)
        await self.jlis.send(self.municipality, telegram_id, body)
        return telegram_id

    async def ask_for_symbol(self, number: MyNumber, request_number: str) -> None:
        """Send a 符号取得要求."""
        telegram_id = uuid4()
        body = jlis.linkage_request(self.municipality, telegram_id, request_number, number)
        await self.jlis.send(self.municipality, telegram_id, body)

    async def register_addressee(
        self, number: MyNumber, ordinal: int, entry: Entry | None = None
    ) -> UUID:
        """Send a 付番依頼; the telegram's id."""
        telegram_id = uuid4()
        record = AddresseeRecord(
            addressee_number=addressee_number(ordinal), number=number, entry=entry or an_entry()
        )
        body = unified_addressee.addressee(self.municipality, telegram_id, record)
        await self.addressee.send(self.municipality, telegram_id, body)
        return telegram_id

    async def close_addressee(self, ordinal: int) -> UUID:
        """Send 宛名を閉じる; the telegram's id."""
        telegram_id, number = uuid4(), addressee_number(ordinal)
        body = unified_addressee.close_addressee(self.municipality, telegram_id, number)
        await self.addressee.send(self.municipality, telegram_id, body)
        return telegram_id

    async def copy(self, ordinal: int) -> UUID:
        """Send a 副本登録; the telegram's id."""
        telegram_id = uuid4()
        facts = HouseholdCopy(
            addressee_number=addressee_number(ordinal), household_id=uuid4(), relationship="子"
        )
        body = unified_addressee.copy(self.municipality, telegram_id, facts)
        await self.addressee.send(self.municipality, telegram_id, body)
        return telegram_id

    async def delete_copy(self, ordinal: int) -> UUID:
        """Send a 副本削除; the telegram's id."""
        telegram_id, number = uuid4(), addressee_number(ordinal)
        body = unified_addressee.delete_copy(self.municipality, telegram_id, number)
        await self.addressee.send(self.municipality, telegram_id, body)
        return telegram_id


@asynccontextmanager
async def an_office(
    world: World, municipality: MunicipalityCode, *, patience: float = 10.0
) -> AsyncGenerator[Office]:
    """An office with a session of its own; ``patience`` is the clients' time-out in seconds."""
    async with aiohttp.ClientSession() as session:
        yield Office(municipality, world.url, lambda url: Wire(session, url, patience))


def an_entry(**changes: Any) -> Entry:
    """A child of the Yamada household in Chiyoda."""
    usual: dict[str, Any] = {
        "name": "山田　花子",
        "name_kana": "ヤマダ　ハナコ",
        "sex": Sex.FEMALE,
        "born_on": RegisterDate.on(date(2026, 11, 20)),
        "household_id": UUID(int=1),
        "relationship": "子",
        "address": Address(postal_code="1000001", line="東京都千代田区千代田１番１号"),
    }
    return Entry.model_validate(usual | changes)


def a_notice(code: ResidentCode, number: MyNumber | None, **changes: Any) -> IdentityNotice:
    """The 出生 of that child."""
    usual: dict[str, Any] = {
        "change": Change.RECORD,
        "reason": "出生",
        "effective_on": RegisterDate.on(date(2026, 11, 20)),
        "notified_on": date(2026, 11, 23),
        "update_number": 1,
        "code": code,
        "number": number,
        "entry": an_entry(),
    }
    return IdentityNotice.model_validate(usual | changes)


def addressee_number(ordinal: int) -> AddresseeNumber:
    """The 宛名番号 with this place in the municipality's sequence; a few places are passed over."""
    number = AddresseeNumber.from_sequence(ordinal)
    assert number is not None
    return number


async def becomes_true(question: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Ask until the answer is yes; fails with TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await question():  # noqa: ASYNC110 - it happens in another system
            await asyncio.sleep(0.02)
