"""What the register says of one person (住民票の記載事項, 住民基本台帳法7条)."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from domain.dates import RegisterDate
from domain.payload import Payload


class Sex(StrEnum):
    """性別; a blank is legal where it could not be established."""

    MALE = "男"
    FEMALE = "女"
    UNKNOWN = "不明"
    BLANK = ""


class Presence(StrEnum):
    """住民状態: whether the person counts as a resident."""

    RESIDENT = "現存"
    STRUCK = "除票"


class Reason(StrEnum):
    """異動事由 of a history row, as staff read it; the legal ones go upstream (規則11条)."""

    MIGRATED = "移行"
    BIRTH = "出生"
    CLERICAL_CORRECTION = "誤記修正"
    CANCELLATION_DECREASE = "異動の取消し（減）"
    CANCELLATION_INCREASE = "異動の取消し（増）"
    MOVE_IN = "転入"
    MOVE_OUT = "転出"
    DEATH = "死亡"
    CORRECTION = "職権修正"


class Address(Payload):
    """住所 as written, with 郵便番号 (7 digits or blank) and 方書."""

    postal_code: str = ""
    line: str = ""
    building: str = ""


class Entry(Payload):
    """The full contents of one row of a person's history.

    Names are kept code point by code point as given, variation selectors included: never
    normalised.  A blank ``name`` is legal for a newborn whose name is undecided.
    """

    name: str
    name_kana: str = ""
    former_name: str = ""
    former_name_kana: str = ""
    alias: str = ""
    alias_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate
    household_id: UUID
    relationship: str
    address: Address
    domicile: str = ""
    head_of_family_register: str = ""
    resident_since: RegisterDate | None = None
    address_since: RegisterDate | None = None
