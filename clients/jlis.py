"""住基ネット and J-LIS: 空きコード, 個人番号, 本人確認情報, 送付先情報, 符号取得要求.

The items are those published for the 本人確認情報ファイル and the 送付先情報ファイル
(特定個人情報保護評価書 別添2); the real 電文 layouts (既存住基システム改造仕様書) are not public,
and would go here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from clients.mailbox import Mailbox, to_bytes
from clients.wire import json_object
from domain.characters import to_juki_net
from domain.errors import ContractBroken
from domain.numbers import MyNumber, ResidentCode
from domain.telegrams import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from clients.wire import Wire
    from domain.dates import RegisterDate
    from domain.notices import IdentityNotice, MailingAddress
    from domain.residents import Entry


class JlisClient(Mailbox):
    """The municipality's way into 住基ネット (市町村CS)."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire, "/telegrams", "電文ID")


def vacant_codes(municipality: str, telegram_id: UUID, count: int) -> bytes:
    """CS-01: ask for a list of 空きコード (規則14条2項)."""
    return _telegram(Message.VACANT_CODES, municipality, telegram_id, {"要求件数": count})


def number_request(municipality: str, telegram_id: UUID, code: ResidentCode) -> bytes:
    """CS-02: ask for the 個人番号 that belongs to a 住民票コード (番号法8条)."""
    content = {"住民票コード": code}
    return _telegram(Message.NUMBER_REQUEST, municipality, telegram_id, content)


def identity_notice(municipality: str, telegram_id: UUID, notice: IdentityNotice) -> bytes:
    """CS-04: 本人確認情報 with its 変更情報 (住民基本台帳法30条の6)."""
    content = {
        "更新順番号": notice.update_number,
        "更新区分": notice.change,
        "異動事由": notice.reason,
        "異動年月日": _date(notice.effective_on),
        "届出の年月日": notice.notified_on.isoformat(),
        "取消対象電文ID": [str(cancelled) for cancelled in notice.cancels],
        "住民票コード": notice.code,
        "個人番号": notice.number,
        **_person(notice.entry),
    }
    return _telegram(Message.IDENTITY_NOTICE, municipality, telegram_id, content)


def mailing_address(municipality: str, telegram_id: UUID, mailing: MailingAddress) -> bytes:
    """CS-12: where the 個人番号通知書 is mailed; the telegram's id is also the 送付先管理番号."""
    content = {
        "送付先管理番号": str(telegram_id),
        "住民票コード": mailing.code,
        "個人番号": mailing.number,
        **_person(mailing.entry),
    }
    return _telegram(Message.MAILING_ADDRESS, municipality, telegram_id, content)


def linkage_request(
    municipality: str, telegram_id: UUID, request_number: str, number: MyNumber
) -> bytes:
    """CS-13: ask for the 機関別符号; it appears only in 中間サーバー, under this 処理通番."""
    content = {"処理通番": request_number, "個人番号": number}
    return _telegram(Message.LINKAGE_REQUEST, municipality, telegram_id, content)


def read_vacant_codes(answer: bytes) -> list[ResidentCode]:
    """The allotted codes, all or none.

    Raises ContractBroken: WRONG_CODE_IN_BATCH for one wrong check digit, DOUBLED_CODE_IN_BATCH for
    one code twice, MISSING_ITEM for no list.
    """
    listed = _item(answer, "空きコード")
    if not isinstance(listed, list):
        raise ContractBroken("MISSING_ITEM")
    try:
        codes = [ResidentCode(str(code)) for code in cast("list[object]", listed)]
    except ValueError:
        raise ContractBroken("WRONG_CODE_IN_BATCH") from None
    if len(set(codes)) != len(codes):
        raise ContractBroken("DOUBLED_CODE_IN_BATCH")
    return codes


def read_number(answer: bytes, code: ResidentCode) -> MyNumber:
    """The 個人番号 generated for this code.

    Raises ContractBroken: OTHER_CODE if the answer is about another code, MISSING_ITEM,
    WRONG_NUMBER for a wrong check digit.
    """
    if _item(answer, "住民票コード") != code:
        raise ContractBroken("OTHER_CODE")
    number = _item(answer, "個人番号")
    if not isinstance(number, str):
        raise ContractBroken("MISSING_ITEM")
    try:
        return MyNumber(number)
    except ValueError:
        raise ContractBroken("WRONG_NUMBER") from None


def _telegram(
    message: Message, municipality: str, telegram_id: UUID, content: Mapping[str, object]
) -> bytes:
    return to_bytes(
        {
            "電文ID": str(telegram_id),
            "電文種別": message,
            "市町村コード": municipality,
            "本文": content,
        }
    )


def _person(entry: Entry) -> dict[str, object]:
    address = entry.address
    return {
        "漢字氏名": _text(entry.name),
        "ふりがな氏名": entry.name_kana,
        "旧氏": _text(entry.former_name),
        "旧氏ふりがな": entry.former_name_kana,
        "通称": _text(entry.alias),
        "通称ふりがな": entry.alias_kana,
        "生年月日": _date(entry.born_on),
        "性別": entry.sex,
        "郵便番号": address.postal_code,
        "住所": _text(address.line),
        "方書": _text(address.building),
    }


def _text(text: str) -> dict[str, object]:
    """In 住基ネット統一文字; what that lacks travels as 代替文字, counted and located (外字数)."""
    wire = to_juki_net(text)
    return {"文字": wire.text, "外字数": len(wire.substituted), "代替文字位置": [*wire.substituted]}


def _date(value: RegisterDate) -> dict[str, object]:
    """A calendar day and the 不詳フラグ: 住基ネット knows no other wording."""
    day, unclear = value.wire
    return {"年月日": day.isoformat(), "不詳フラグ": unclear}


def _item(answer: bytes, name: str) -> object:
    content = json_object(answer).get("本文")
    if not isinstance(content, dict) or name not in content:
        raise ContractBroken("MISSING_ITEM")
    return cast("dict[str, object]", content)[name]
