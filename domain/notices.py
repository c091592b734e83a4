"""What we tell systems we do not own, in our own words; ``clients`` turns it into their wire.

Built inside the step that sends it, from the register, and gone when its telegram is stored.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.dates import RegisterDate
from domain.numbers import AddresseeNumber, MyNumber, ResidentCode
from domain.payload import Payload
from domain.residents import Entry


class Change(StrEnum):
    """変更情報: what was done to the 住民票 (住民基本台帳法8条, 規則11条)."""

    RECORD = "記載"
    STRIKE = "消除"
    AMEND = "修正"


ABROAD = "国外転出"
UNREPORTED = "未届転入"


class IdentityNotice(Payload):
    """本人確認情報 and its 変更情報 (住民基本台帳法30条の6, 規則11条).

    ``update_number`` is the 更新順番号: one sequence per municipality and person.  ``cancels``
    names the telegrams whose entries this one takes back; empty unless this is a counter-entry.
    ``former_code`` is the 旧住民票コード whose place ``code`` takes (法30条の3), else none.
    ``detail`` is the 異動事由詳細: ``ABROAD`` for a 転出 to another country, ``UNREPORTED`` for
    somebody entered ex officio who is registered elsewhere, else blank.
    """

    change: Change
    reason: str
    effective_on: RegisterDate
    notified_on: date
    update_number: Annotated[int, Field(ge=1)]
    code: ResidentCode
    number: MyNumber | None
    entry: Entry
    cancels: tuple[UUID, ...] = ()
    former_code: ResidentCode | None = None
    detail: str = ""


class MailingAddress(Payload):
    """送付先情報: where J-LIS mails the 個人番号通知書 (通知カード等省令、法7条)."""

    number: MyNumber
    code: ResidentCode
    entry: Entry


class AddresseeRecord(Payload):
    """宛名情報 with 個人番号: what 統合宛名 needs to give, or to keep, a 団内統合宛名番号."""

    addressee_number: AddresseeNumber
    number: MyNumber
    entry: Entry


class HouseholdCopy(Payload):
    """副本 of the household facts (世帯情報) that other institutions may ask for."""

    addressee_number: AddresseeNumber
    household_id: UUID
    relationship: str
    resident_since: date | None = None
