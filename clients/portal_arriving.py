"""What comes from マイナポータル, item by item, and what it is to us.

Nothing here is proven but the certificate's serial number: the rest is what a citizen typed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.moves import DeclaredPerson, PortalMoveOut, PortalWithdrawal, VisitPlan
from domain.numbers import MunicipalityCode
from domain.payload import Payload

if TYPE_CHECKING:
    from collections.abc import Mapping


def move_out(contents: Mapping[str, object]) -> PortalMoveOut:
    """OS-01."""
    items = _MoveOut.model_validate(contents)
    return PortalMoveOut(
        **items.common(), destination=items.destination, destination_address=items.address
    )


def visit_plan(contents: Mapping[str, object]) -> VisitPlan:
    """OS-02."""
    items = _Visit.model_validate(contents)
    return VisitPlan(
        **items.common(),
        origin=items.origin,
        visit_on=items.visit_on,
        office=items.office,
        address=items.address,
    )


def withdrawal(contents: Mapping[str, object]) -> PortalWithdrawal:
    """OS-01 or OS-02 取消."""
    items = _Withdrawal.model_validate(contents)
    return PortalWithdrawal(application_id=items.application_id, withdraws=items.cancels)


class _Declared(Payload):
    name: str = Field(alias="氏名")
    name_kana: str = Field(alias="ふりがな")
    born_on: date = Field(alias="生年月日")


class _Common(TypedDict):
    application_id: UUID
    filed_at: datetime
    moving_on: date
    serial: str
    telephone: str
    persons: tuple[DeclaredPerson, ...]


class _Application(Payload):
    application_id: UUID = Field(alias="申請番号")
    filed_at: AwareDatetime = Field(alias="申請日時")
    moving_on: date = Field(alias="引越し日")
    serial: str = Field(alias="シリアル番号", pattern=r"^\d{1,49}$")
    telephone: str = Field(alias="電話番号")
    address: str = Field(alias="新住所")
    declared: tuple[_Declared, ...] = Field(alias="引越しする人", min_length=1)

    def common(self) -> _Common:
        """What OS-01 and OS-02 both say."""
        return {
            "application_id": self.application_id,
            "filed_at": self.filed_at,
            "moving_on": self.moving_on,
            "serial": self.serial,
            "telephone": self.telephone,
            "persons": tuple(DeclaredPerson(**each.model_dump()) for each in self.declared),
        }


class _MoveOut(_Application):
    destination: MunicipalityCode = Field(alias="転入地市町村コード")


class _Visit(_Application):
    origin: MunicipalityCode = Field(alias="転出地市町村コード")
    visit_on: date = Field(alias="来庁予定日")
    office: str = Field(alias="来庁窓口")


class _Withdrawal(Payload):
    cancels: UUID = Field(alias="取消対象電文ID")
    application_id: UUID = Field(alias="申請番号")
