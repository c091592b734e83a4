"""The telegrams of 住基ネット as this simulator reads them: its own models, items in Japanese."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

Municipality = Annotated[str, Field(pattern=r"^\d{6}$")]
Kind = Literal[
    "CS-01",
    "CS-02",
    "CS-03",
    "CS-04",
    "CS-05",
    "CS-06",
    "CS-07",
    "CS-08",
    "CS-12",
    "CS-13",
    "CS-14",
    "CS-17",
]


class Item(BaseModel):
    """Exactly the agreed items: anything else is a telegram we do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def as_sent(self) -> dict[str, Any]:
        """The items as they came."""
        return self.model_dump(mode="json", by_alias=True)


class Text(Item):
    """A text in 住基ネット統一文字; characters it lacks are replaced, counted and located."""

    text: str = Field(alias="文字", max_length=300)
    substituted: int = Field(alias="外字数", ge=0)
    places: list[int] = Field(alias="代替文字位置")

    def is_known(self) -> bool:
        """Whether every character is one of ours, and every replacement is declared."""
        return len(self.places) == self.substituted and all(_is_known(c) for c in self.text)


class Day(Item):
    """A calendar day, and whether it stands for one that is not known."""

    day: date = Field(alias="年月日")
    unclear: bool = Field(alias="不詳フラグ")


class Place(Item):
    """An address."""

    postal_code: str = Field(alias="郵便番号", pattern=r"^(\d{7})?$")
    line: Text = Field(alias="住所")
    building: Text = Field(alias="方書")


class Identity(Item):
    """Names and their readings, 生年月日, 性別."""

    name: Text = Field(alias="漢字氏名")
    name_kana: str = Field(alias="ふりがな氏名")
    former_name: Text = Field(alias="旧氏")
    former_name_kana: str = Field(alias="旧氏ふりがな")
    alias: Text = Field(alias="通称")
    alias_kana: str = Field(alias="通称ふりがな")
    born_on: Day = Field(alias="生年月日")
    sex: Literal["男", "女", "不明", ""] = Field(alias="性別")


class Person(Identity):
    """4情報 and their readings."""

    postal_code: str = Field(alias="郵便番号", pattern=r"^(\d{7})?$")
    address: Text = Field(alias="住所")
    building: Text = Field(alias="方書")

    @property
    def texts(self) -> tuple[Text, ...]:
        """Everything written in kanji."""
        return self.name, self.former_name, self.alias, self.address, self.building

    def person(self) -> dict[str, Any]:
        """These items alone, as they came."""
        return self.model_dump(mode="json", by_alias=True, include=set(Person.model_fields))


class Telegram(Item):
    """Any telegram: who sends which kind, under which id."""

    id: UUID = Field(alias="電文ID")
    kind: Kind = Field(alias="電文種別")
    municipality: Municipality = Field(alias="市町村コード")
    contents: dict[str, Any] = Field(alias="本文")


class CodeRequest(Item):
    """CS-01 空きコードの要求."""

    count: int = Field(alias="要求件数", ge=1, le=10_000)


class NumberRequest(Item):
    """CS-02 個人番号生成要求."""

    code: str = Field(alias="住民票コード")


class NumberChange(Item):
    """CS-03 個人番号変更要求: ``number`` is the one to be given up."""

    code: str = Field(alias="住民票コード")
    number: str = Field(alias="個人番号")


class IdentityNotice(Person):
    """CS-04 本人確認情報 and 変更情報; ``former_code`` where the 住民票コード is changed."""

    update_number: int = Field(alias="更新順番号", ge=1)
    change: Literal["記載", "消除", "修正"] = Field(alias="更新区分")
    reason: str = Field(alias="異動事由", min_length=1)
    detail: str = Field(alias="異動事由詳細", default="")
    effective_on: Day = Field(alias="異動年月日")
    notified_on: date = Field(alias="届出の年月日")
    cancels: list[UUID] = Field(alias="取消対象電文ID")
    former_code: str | None = Field(alias="旧住民票コード", default=None)
    code: str = Field(alias="住民票コード")
    number: str | None = Field(alias="個人番号")


class MailingAddress(Person):
    """CS-12 送付先情報."""

    mailing_number: str = Field(alias="送付先管理番号", min_length=1)
    code: str = Field(alias="住民票コード")
    number: str = Field(alias="個人番号")


class LinkageRequest(Item):
    """CS-13 符号取得要求."""

    request_number: str = Field(alias="処理通番", pattern=r"^[0-9A-Za-z-]{1,64}$")
    number: str = Field(alias="個人番号")


class Mover(Identity):
    """One person of a 転出証明書情報 (住民基本台帳法施行令23条2項, 24条の3)."""

    code: str = Field(alias="住民票コード")
    number: str | None = Field(alias="個人番号")
    born_on_as_written: str = Field(alias="生年月日の表記")
    relationship: str = Field(alias="続柄")
    is_head: bool = Field(alias="世帯主")
    domicile: Text = Field(alias="本籍")
    head_of_family_register: Text = Field(alias="筆頭者")
    former_address: Place = Field(alias="転出前住所")

    @property
    def all_texts(self) -> tuple[Text, ...]:
        """Everything written in kanji."""
        home = self.former_address
        family = self.domicile, self.head_of_family_register
        return self.name, self.former_name, self.alias, *family, home.line, home.building


class Certificate(Item):
    """CS-05 転出証明書情報."""

    withdrawn: Literal[False] = Field(alias="取消")
    destination: Municipality = Field(alias="転入地市町村コード")
    planned_on: date = Field(alias="転出予定年月日")
    special: bool = Field(alias="特例")
    applicant: str = Field(alias="代表者")
    persons: list[Mover] = Field(alias="対象者", min_length=1, max_length=100)


class CertificateVoid(Item):
    """CS-05 転出証明書情報の取消."""

    withdrawn: Literal[True] = Field(alias="取消")
    cancels: UUID = Field(alias="取消対象電文ID")


class FirstReport(Item):
    """CS-06 最初の転入届の通知."""

    code: str = Field(alias="住民票コード")
    origin: Municipality | None = Field(alias="転出地市町村コード")
    reported_on: date = Field(alias="届出年月日")


class MoveInNotice(Item):
    """CS-07 転入通知."""

    origin: Municipality = Field(alias="転出地市町村コード")
    unreported_in: Municipality | None = Field(alias="未届地市町村コード")
    codes: list[str] = Field(alias="住民票コード", min_length=1, max_length=100)
    moved_in_on: date = Field(alias="転入年月日")
    address: Place = Field(alias="転入後住所")
    notified_on: date = Field(alias="通知年月日")
    version: int = Field(alias="版", ge=1)
    withdrawn: bool = Field(alias="取消")


class DepartureConfirmed(Item):
    """CS-08 転出確定."""

    code: str = Field(alias="住民票コード")
    destination: Municipality = Field(alias="転入地市町村コード")
    left_on: date = Field(alias="転出年月日")
    notified_on: date = Field(alias="転入通知年月日")


class SerialQuery(Item):
    """CS-14 証明書シリアル照会: by serial number or by code."""

    serial: str | None = Field(alias="シリアル番号", default=None, pattern=r"^\d{1,49}$")
    code: str | None = Field(alias="住民票コード", default=None)

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.serial is None) == (self.code is None):
            raise ValueError
        return self


class CertificateChanges(Item):
    """CS-14 証明書シリアル照会: what came to pass after a place, so many at most.

    A place is what an answer gave; blank is the beginning.
    """

    after: str = Field(alias="変更位置", pattern=r"^\d{0,18}$")
    count: int = Field(alias="要求件数", ge=1, le=1000)


class ComparisonRequest(Item):
    """CS-17 整合性確認の要求: the codes behind 開始コード up to and with 終了コード."""

    after: str = Field(alias="開始コード", pattern=r"^(\d{11})?$")
    up_to: str | None = Field(alias="終了コード", pattern=r"^\d{11}$")
    limit: int = Field(alias="件数", ge=1, le=500)


def contents_of(telegram: Telegram) -> Item:
    """The contents in the form their kind asks for; ``ValueError`` if they have another."""
    if telegram.kind == "CS-14" and "変更位置" in telegram.contents:
        return CertificateChanges.model_validate(telegram.contents)
    if telegram.kind == "CS-05" and telegram.contents.get("取消") is True:
        return CertificateVoid.model_validate(telegram.contents)
    return _CONTENTS[telegram.kind].model_validate(telegram.contents)


_CONTENTS: dict[Kind, type[Item]] = {
    "CS-01": CodeRequest,
    "CS-02": NumberRequest,
    "CS-03": NumberChange,
    "CS-04": IdentityNotice,
    "CS-05": Certificate,
    "CS-06": FirstReport,
    "CS-07": MoveInNotice,
    "CS-08": DepartureConfirmed,
    "CS-12": MailingAddress,
    "CS-13": LinkageRequest,
    "CS-14": SerialQuery,
    "CS-17": ComparisonRequest,
}


def _is_known(character: str) -> bool:
    """住基ネット統一文字 are not public: what JIS X 0213 or CP932 can write stands in for them."""
    if not character.isprintable() and character != "　":
        return False
    return _writes(character, "euc_jis_2004") or _writes(character, "cp932")


def _writes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
