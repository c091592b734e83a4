"""What the register says of one person (住民票の記載事項, 住民基本台帳法7条)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.dates import RegisterDate
from domain.numbers import MunicipalityCode
from domain.payload import Payload

HEAD = "世帯主"
"""The 続柄 of whoever heads a household."""


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
    CANCELLATION_AMENDMENT = "異動の取消し（修正）"
    MOVE_IN = "転入"
    MOVE_OUT = "転出"
    MOVE_OUT_EX_OFFICIO = "転出（職権）"
    MOVE_IN_NOTICE = "転入通知受理"
    HEAD_CHANGE = "世帯主変更"
    ADDRESS_CHANGE = "転居"
    HOUSEHOLD_SPLIT = "世帯分離"
    HOUSEHOLD_MERGE = "世帯合併"
    HOUSEHOLD_MOVE = "世帯変更"
    MINOR_CORRECTION = "軽微な修正"
    ENTERED_EX_OFFICIO = "職権記載"
    STRUCK_EX_OFFICIO = "職権消除"
    CODE_CHANGE = "住民票コードの変更請求"
    CODE_CORRECTION = "住民票コードの職権記載等"
    NUMBER_CHANGE = "個人番号の変更請求"
    NUMBER_CORRECTION = "個人番号の職権修正"
    NUMBER_RECORDED = "個人番号の職権記載"
    DEATH = "死亡"
    CORRECTION = "職権修正"


class Address(Payload):
    """住所 as written, with 郵便番号 (7 digits or blank) and 方書."""

    postal_code: str = ""
    line: str = ""
    building: str = ""


class Destination(Payload):
    """転出先: a municipality, with the address as far as it is known; or a country (国外転出)."""

    municipality: MunicipalityCode | None = None
    country: str = ""
    address: Address = Address()

    @property
    def abroad(self) -> bool:
        """Whether it is outside Japan."""
        return self.municipality is None


class Leaving(Payload):
    """転出予定: from which day, and where to, as the 届出 says."""

    planned_on: date
    destination: Destination


class Left(Payload):
    """転出確定: what the 転入地 told us, kept beside what was planned.

    ``notified_on`` (転入通知年月日) and ``version`` tell a newer 転入通知 from an older one.
    """

    municipality: MunicipalityCode
    address: Address
    moved_in_on: date
    left_on: date
    notified_on: date
    version: int


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
    leaving: Leaving | None = None
    left: Left | None = None


class Present(Payload):
    """A person as the latest history row has them; a 転出予定者 is 除票 there, and still here."""

    resident_id: UUID
    history_no: int
    presence: Presence
    code: str | None
    entry: Entry
    presence_since: date
    leaving: bool

    @property
    def here(self) -> bool:
        """Whether they are a resident today, by the calendar."""
        return self.presence is Presence.RESIDENT or self.leaving
