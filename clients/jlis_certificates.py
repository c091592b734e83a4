"""CS-14 in full: 電子証明書 with their life, of one serial number, of a person, and since when."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, Field, StrictBool, ValidationError

from clients.jlis_items import contents, item
from clients.mailbox import telegram
from domain.errors import ContractBroken
from domain.jpki import (
    CertificateChange,
    CertificateChanges,
    CertificateEvent,
    DigitalCertificate,
    Purpose,
)
from domain.numbers import ResidentCode
from domain.payload import Payload
from domain.telegrams import Message

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID


def changes_query(municipality: str, telegram_id: UUID, place: str, count: int) -> bytes:
    """CS-14: what came to pass with the certificates of our residents after a place?

    ``place`` is what the last answer gave, blank at first; ``count`` is 1 to 1000.
    """
    content = {"変更位置": place, "要求件数": count}
    return telegram(Message.SERIAL_QUERY, municipality, telegram_id, content)


def read_certificate(answer: bytes, serial: str) -> DigitalCertificate:
    """The certificate with this serial number, of ``jlis.serial_query``.

    Raises ContractBroken: OTHER_SERIAL if the answer is about another, MISSING_ITEM,
    WRONG_CERTIFICATE.
    """
    if item(answer, "シリアル番号") != serial:
        raise ContractBroken("OTHER_SERIAL")
    with _whole():
        return _Certificate.model_validate(contents(answer)).read()


def read_certificates(answer: bytes, code: ResidentCode) -> tuple[DigitalCertificate, ...]:
    """A person's valid certificates, of ``jlis.serials_query``.

    Raises ContractBroken: OTHER_CODE if the answer is about another, MISSING_ITEM,
    WRONG_CERTIFICATE.
    """
    if item(answer, "住民票コード") != code:
        raise ContractBroken("OTHER_CODE")
    with _whole():
        held = _Held.model_validate(contents(answer)).certificates
    if any(each.code != code for each in held):
        raise ContractBroken("OTHER_CODE")
    return tuple(each.read() for each in held)


def read_changes(answer: bytes) -> CertificateChanges:
    """What came to pass, and where to go on.

    Raises ContractBroken: MISSING_ITEM, WRONG_CERTIFICATE.
    """
    with _whole():
        told = _Changes.model_validate(contents(answer))
    changes = tuple(each.change() for each in told.changes)
    return CertificateChanges(changes=changes, more=told.more, place=told.place)


class _Certificate(Payload):
    serial: str = Field(alias="シリアル番号", pattern=r"^\d{1,49}$")
    purpose: Purpose = Field(alias="用途")
    issued_at: AwareDatetime = Field(alias="発行日時")
    expires_on: date = Field(alias="有効期限")
    state: Literal["有効", "失効"] = Field(alias="状態")
    reason: str | None = Field(alias="失効事由")
    ended_at: AwareDatetime | None = Field(alias="失効日時")
    replaces: str | None = Field(alias="旧シリアル番号")
    replaced_by: str | None = Field(alias="新シリアル番号")
    code: ResidentCode | None = Field(alias="住民票コード")

    def read(self) -> DigitalCertificate:
        """In our own words."""
        told = self.model_dump(include=set(DigitalCertificate.model_fields))
        return DigitalCertificate(valid=self.state == "有効", **told)


class _Change(_Certificate):
    event: CertificateEvent = Field(alias="事象")
    happened_at: AwareDatetime = Field(alias="発生日時")

    def change(self) -> CertificateChange:
        """In our own words."""
        return CertificateChange(
            event=self.event, happened_at=self.happened_at, certificate=self.read()
        )


class _Held(Payload):
    certificates: tuple[_Certificate, ...] = Field(alias="電子証明書")


class _Changes(Payload):
    changes: tuple[_Change, ...] = Field(alias="変更")
    more: StrictBool = Field(alias="続き")
    place: str = Field(alias="変更位置")


@contextmanager
def _whole() -> Generator[None]:
    """An answer is read whole or not at all, and its error repeats none of it."""
    try:
        yield
    except ValidationError as error:
        missing = any(flaw["type"] == "missing" for flaw in error.errors(include_input=False))
        raise ContractBroken("MISSING_ITEM" if missing else "WRONG_CERTIFICATE") from None
