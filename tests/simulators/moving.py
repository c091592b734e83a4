"""People who move, and the telegrams two offices exchange about them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from clients import jlis_moves
from domain.dates import RegisterDate
from domain.moves import Certificate, DepartureConfirmed, FirstReport, MoveInNotice, Mover
from domain.notices import Change
from domain.residents import Address

if TYPE_CHECKING:
    from domain.moves import Arrival
    from domain.notices import IdentityNotice
    from domain.numbers import MunicipalityCode, ResidentCode
    from tests.simulators.office import Office

MOVING_DAY = date(2026, 12, 1)
NEW_ADDRESS = Address(postal_code="0400001", line="北海道函館市五稜郭町１番")


def a_certificate(
    destination: MunicipalityCode, *people: IdentityNotice, **changes: Any
) -> Certificate:
    """転出証明書情報 about these people, the first of whom stands for all."""
    movers = tuple(
        Mover.leaving(each.code, each.number, each.entry, is_head=each is people[0])
        for each in people
    )
    said = Certificate(
        destination=destination,
        planned_on=MOVING_DAY,
        special=True,
        applicant=people[0].code,
        persons=movers,
    )
    return said.model_copy(update=changes)


def a_notice_of_arrival(origin: Office, *codes: ResidentCode, **changes: Any) -> MoveInNotice:
    """転入通知 about these people."""
    usual: dict[str, Any] = {
        "origin": origin.municipality,
        "codes": codes,
        "moved_in_on": MOVING_DAY,
        "address": NEW_ADDRESS,
        "notified_on": MOVING_DAY,
    }
    return MoveInNotice.model_validate(usual | changes)


async def certify(office: Office, said: Certificate, telegram_id: UUID | None = None) -> UUID:
    """Send CS-05; the telegram's id."""
    telegram_id = telegram_id or uuid4()
    body = jlis_moves.certificate(office.municipality, telegram_id, said)
    await office.jlis.send(office.municipality, telegram_id, body)
    return telegram_id


async def void(office: Office, certificate_id: UUID) -> UUID:
    """Send CS-05 取消; the telegram's id."""
    telegram_id = uuid4()
    body = jlis_moves.void_certificate(office.municipality, telegram_id, certificate_id)
    await office.jlis.send(office.municipality, telegram_id, body)
    return telegram_id


async def fetch(office: Office, code: ResidentCode, origin: Office | None = None) -> Arrival:
    """Send CS-06; the certificate answered."""
    telegram_id = uuid4()
    report = FirstReport(
        code=code, origin=origin.municipality if origin else None, reported_on=MOVING_DAY
    )
    body = jlis_moves.first_report(office.municipality, telegram_id, report)
    answer = await office.jlis.send(office.municipality, telegram_id, body)
    return jlis_moves.read_certificate(answer, code)


async def tell_arrival(office: Office, notice: MoveInNotice) -> UUID:
    """Send CS-07; the telegram's id."""
    telegram_id = uuid4()
    body = jlis_moves.move_in_notice(office.municipality, telegram_id, notice)
    await office.jlis.send(office.municipality, telegram_id, body)
    return telegram_id


async def confirm_departure(office: Office, code: ResidentCode, to: Office) -> None:
    """Send CS-08."""
    telegram_id = uuid4()
    said = DepartureConfirmed(
        code=code, destination=to.municipality, left_on=MOVING_DAY, notified_on=MOVING_DAY
    )
    body = jlis_moves.departure_confirmed(office.municipality, telegram_id, said)
    await office.jlis.send(office.municipality, telegram_id, body)


def moved_in(person: IdentityNotice, update_number: int = 1) -> IdentityNotice:
    """転入等, as the new home reports it: code and number inherited."""
    entry = person.entry.model_copy(update={"address": NEW_ADDRESS})
    return _changed(person, update_number, change=Change.RECORD, reason="転入等", entry=entry)


def moved_out(person: IdentityNotice, update_number: int = 2) -> IdentityNotice:
    """転出, as the old home reports it on the planned day."""
    return _changed(person, update_number, change=Change.STRIKE, reason="転出")


def taken_back(person: IdentityNotice, update_number: int, *cancels: UUID) -> IdentityNotice:
    """異動の取消し（増）of a 転出."""
    counter = {"reason": "職権記載等", "cancels": cancels}
    return _changed(person, update_number, change=Change.RECORD, **counter)


def arrival_cancelled(person: IdentityNotice, update_number: int, *cancels: UUID) -> IdentityNotice:
    """異動の取消し（減）of a 転入."""
    counter = {"reason": "職権消除等", "cancels": cancels}
    return _changed(person, update_number, change=Change.STRIKE, **counter)


def _changed(person: IdentityNotice, update_number: int, **changes: Any) -> IdentityNotice:
    day = {"effective_on": RegisterDate.on(MOVING_DAY), "notified_on": MOVING_DAY}
    return person.model_copy(update={"update_number": update_number, **day, **changes})
