"""The items 住基ネット telegrams are made of: persons, texts and days."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from clients.wire import json_object
from domain.characters import to_juki_net
from domain.errors import ContractBroken

if TYPE_CHECKING:
    from domain.dates import RegisterDate
    from domain.moves import Mover
    from domain.residents import Address, Entry


def identity(person: Entry | Mover) -> dict[str, object]:
    """Who somebody is: names, their readings, 生年月日, 性別."""
    return {
        "漢字氏名": text(person.name),
        "ふりがな氏名": person.name_kana,
        "旧氏": text(person.former_name),
        "旧氏ふりがな": person.former_name_kana,
        "通称": text(person.alias),
        "通称ふりがな": person.alias_kana,
        "生年月日": day(person.born_on),
        "性別": person.sex,
    }


def address(place: Address) -> dict[str, object]:
    """郵便番号, 住所, 方書."""
    return {
        "郵便番号": place.postal_code,
        "住所": text(place.line),
        "方書": text(place.building),
    }


def text(written: str) -> dict[str, object]:
    """In 住基ネット統一文字; what that lacks travels as 代替文字, counted and located (外字数)."""
    wire = to_juki_net(written)
    return {"文字": wire.text, "外字数": len(wire.substituted), "代替文字位置": [*wire.substituted]}


def day(value: RegisterDate) -> dict[str, object]:
    """A calendar day and the 不詳フラグ: 住基ネット knows no other wording."""
    plain, unclear = value.wire
    return {"年月日": plain.isoformat(), "不詳フラグ": unclear}


def contents(answer: bytes) -> dict[str, object]:
    """An answer's contents; raises ContractBroken MISSING_ITEM."""
    content = json_object(answer).get("本文")
    if not isinstance(content, dict):
        raise ContractBroken("MISSING_ITEM")
    return cast("dict[str, object]", content)


def item(answer: bytes, name: str) -> object:
    """One item of an answer's contents; raises ContractBroken MISSING_ITEM."""
    content = contents(answer)
    if name not in content:
        raise ContractBroken("MISSING_ITEM")
    return content[name]
