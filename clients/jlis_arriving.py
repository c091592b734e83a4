"""What comes through 住基ネット from other municipalities, item by item, and what it is to us.

Read leniently: items of a newer release are passed over, those we know must be right.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field

from domain.dates import RegisterDate
from domain.errors import ContractBroken
from domain.moves import Certificate, CertificateVoid, MoveInNotice, Mover
from domain.numbers import MunicipalityCode, MyNumber, ResidentCode
from domain.payload import Payload
from domain.residents import Address, Sex

if TYPE_CHECKING:
    from collections.abc import Mapping


def certificate(contents: Mapping[str, object]) -> Certificate:
    """CS-05; raises ContractBroken APPLICANT_MISSING if 代表者 is none of the 対象者."""
    items = _Certificate.model_validate(contents)
    persons = tuple(mover.read() for mover in items.persons)
    if items.applicant not in {person.code for person in persons}:
        raise ContractBroken("APPLICANT_MISSING")
    return Certificate(
        destination=items.destination,
        planned_on=items.planned_on,
        special=items.special,
        applicant=items.applicant,
        persons=persons,
    )


def certificate_void(contents: Mapping[str, object]) -> CertificateVoid:
    """CS-05 取消."""
    return CertificateVoid(voids=_Void.model_validate(contents).cancels)


def move_in_notice(contents: Mapping[str, object]) -> MoveInNotice:
    """CS-07."""
    items = _MoveInNotice.model_validate(contents)
    return MoveInNotice(
        origin=items.origin,
        unreported_in=items.unreported_in,
        codes=items.codes,
        moved_in_on=items.moved_in_on,
        address=items.address.read(),
        notified_on=items.notified_on,
        version=items.version,
        withdrawn=items.withdrawn,
        substituted=items.address.substituted("address"),
    )


class _Text(Payload):
    text: str = Field(alias="文字")
    substituted: int = Field(alias="外字数", ge=0)


class _Day(Payload):
    day: date = Field(alias="年月日")
    unclear: bool = Field(alias="不詳フラグ")

    def read(self, notation: str) -> RegisterDate:
        """The day with its wording; raises ContractBroken WRONG_CONTENTS if they disagree."""
        try:
            worded = RegisterDate(day=self.day, notation=notation)
        except ValueError:
            raise ContractBroken("WRONG_CONTENTS") from None
        if worded.wire.unclear != self.unclear:
            raise ContractBroken("WRONG_CONTENTS")
        return worded


class _Address(Payload):
    postal_code: str = Field(alias="郵便番号", pattern=r"^(\d{7})?$")
    line: _Text = Field(alias="住所")
    building: _Text = Field(alias="方書")

    def read(self) -> Address:
        """The address as written."""
        return Address(
            postal_code=self.postal_code, line=self.line.text, building=self.building.text
        )

    def substituted(self, name: str) -> tuple[str, ...]:
        """``name`` if any character was replaced."""
        return (name,) if self.line.substituted or self.building.substituted else ()


class _Mover(Payload):
    code: ResidentCode = Field(alias="住民票コード")
    number: MyNumber | None = Field(alias="個人番号")
    name: _Text = Field(alias="漢字氏名")
    name_kana: str = Field(alias="ふりがな氏名")
    former_name: _Text = Field(alias="旧氏")
    former_name_kana: str = Field(alias="旧氏ふりがな")
    alias: _Text = Field(alias="通称")
    alias_kana: str = Field(alias="通称ふりがな")
    born_on: _Day = Field(alias="生年月日")
    notation: str = Field(alias="生年月日の表記")
    sex: Sex = Field(alias="性別")
    relationship: str = Field(alias="続柄")
    is_head: bool = Field(alias="世帯主")
    domicile: _Text = Field(alias="本籍")
    head_of_family_register: _Text = Field(alias="筆頭者")
    former_address: _Address = Field(alias="転出前住所")

    def read(self) -> Mover:
        """The person, and which texts are not quite their own."""
        written = {name: part for name in _Mover.model_fields if (part := self._text(name))}
        replaced = [name for name, part in written.items() if part.substituted]
        return Mover.model_validate(
            dict(self)
            | {name: part.text for name, part in written.items()}
            | {
                "born_on": self.born_on.read(self.notation),
                "former_address": self.former_address.read(),
                "substituted": (*replaced, *self.former_address.substituted("former_address")),
            }
        )

    def _text(self, name: str) -> _Text | None:
        part = getattr(self, name)
        return part if isinstance(part, _Text) else None


class _Certificate(Payload):
    destination: MunicipalityCode = Field(alias="転入地市町村コード")
    planned_on: date = Field(alias="転出予定年月日")
    special: bool = Field(alias="特例")
    applicant: ResidentCode = Field(alias="代表者")
    persons: tuple[_Mover, ...] = Field(alias="対象者", min_length=1)


class _Void(Payload):
    cancels: UUID = Field(alias="取消対象電文ID")


class _MoveInNotice(Payload):
    origin: MunicipalityCode = Field(alias="転出地市町村コード")
    unreported_in: MunicipalityCode | None = Field(alias="未届地市町村コード")
    codes: tuple[ResidentCode, ...] = Field(alias="住民票コード", min_length=1)
    moved_in_on: date = Field(alias="転入年月日")
    address: _Address = Field(alias="転入後住所")
    notified_on: date = Field(alias="通知年月日")
    version: int = Field(alias="版", ge=1)
    withdrawn: bool = Field(alias="取消")
