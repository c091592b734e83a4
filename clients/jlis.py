"""住基ネット and J-LIS: 空きコード, 個人番号, 本人確認情報, 送付先情報, 符号取得要求, シリアル照会.

The items are those published for the 本人確認情報ファイル and the 送付先情報ファイル
(特定個人情報保護評価書 別添2); the real 電文 layouts (既存住基システム改造仕様書) are not public,
and would go here.  Moves between municipalities are in ``jlis_moves``, certificates with their life
in ``jlis_certificates``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from clients.jlis_items import address, day, identity, item
from clients.mailbox import Mailbox, telegram
from domain.errors import ContractBroken
from domain.moves import Serials
from domain.numbers import MyNumber, ResidentCode
from domain.telegrams import Message

if TYPE_CHECKING:
    from uuid import UUID

    from clients.wire import Wire
    from domain.notices import IdentityNotice, MailingAddress
    from domain.residents import Entry


class JlisClient(Mailbox):
    """The municipality's way into 住基ネット (市町村CS)."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire, "/telegrams", "電文ID")


def vacant_codes(municipality: str, telegram_id: UUID, count: int) -> bytes:
    """CS-01: ask for a list of 空きコード (規則14条2項)."""
    return telegram(Message.VACANT_CODES, municipality, telegram_id, {"要求件数": count})


def number_request(municipality: str, telegram_id: UUID, code: ResidentCode) -> bytes:
    """CS-02: ask for the 個人番号 that belongs to a 住民票コード (番号法8条)."""
    content = {"住民票コード": code}
    return telegram(Message.NUMBER_REQUEST, municipality, telegram_id, content)


def number_change(
    municipality: str, telegram_id: UUID, code: ResidentCode, former: MyNumber
) -> bytes:
    """CS-03: ask for another 個人番号 in the place of this one (番号法7条2項, 施行令4条)."""
    content = {"住民票コード": code, "個人番号": former}
    return telegram(Message.NUMBER_CHANGE, municipality, telegram_id, content)


def identity_notice(municipality: str, telegram_id: UUID, notice: IdentityNotice) -> bytes:
    """CS-04: 本人確認情報 with its 変更情報 (住民基本台帳法30条の6)."""
    content = {
        "更新順番号": notice.update_number,
        "更新区分": notice.change,
        "異動事由": notice.reason,
        "異動事由詳細": notice.detail,
        "異動年月日": day(notice.effective_on),
        "届出の年月日": notice.notified_on.isoformat(),
        "取消対象電文ID": [str(cancelled) for cancelled in notice.cancels],
        "旧住民票コード": notice.former_code,
        "住民票コード": notice.code,
        "個人番号": notice.number,
        **_person(notice.entry),
    }
    return telegram(Message.IDENTITY_NOTICE, municipality, telegram_id, content)


def mailing_address(municipality: str, telegram_id: UUID, mailing: MailingAddress) -> bytes:
    """CS-12: where the 個人番号通知書 is mailed; the telegram's id is also the 送付先管理番号."""
    content = {
        "送付先管理番号": str(telegram_id),
        "住民票コード": mailing.code,
        "個人番号": mailing.number,
        **_person(mailing.entry),
    }
    return telegram(Message.MAILING_ADDRESS, municipality, telegram_id, content)


def linkage_request(
    municipality: str, telegram_id: UUID, request_number: str, number: MyNumber
) -> bytes:
    """CS-13: ask for the 機関別符号; it appears only in 中間サーバー, under this 処理通番."""
    content = {"処理通番": request_number, "個人番号": number}
    return telegram(Message.LINKAGE_REQUEST, municipality, telegram_id, content)


def serial_query(municipality: str, telegram_id: UUID, serial: str) -> bytes:
    """CS-14: whose certificate has this serial number (decimal)?"""
    return telegram(Message.SERIAL_QUERY, municipality, telegram_id, {"シリアル番号": serial})


def serials_query(municipality: str, telegram_id: UUID, code: ResidentCode) -> bytes:
    """CS-14: which serial numbers do a person's valid certificates have?"""
    return telegram(Message.SERIAL_QUERY, municipality, telegram_id, {"住民票コード": code})


def read_vacant_codes(answer: bytes) -> list[ResidentCode]:
    """The allotted codes, all or none.

    Raises ContractBroken: WRONG_CODE_IN_BATCH for one wrong check digit, DOUBLED_CODE_IN_BATCH for
    one code twice, MISSING_ITEM for no list.
    """
    listed = item(answer, "空きコード")
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
    if item(answer, "住民票コード") != code:
        raise ContractBroken("OTHER_CODE")
    return _number(answer)


def read_changed_number(answer: bytes, code: ResidentCode, former: MyNumber) -> MyNumber:
    """The 個人番号 generated in the place of the former one.

    Raises ContractBroken: OTHER_CODE or OTHER_NUMBER if the answer is about another code or
    number, SAME_NUMBER if nothing was changed, MISSING_ITEM, WRONG_NUMBER.
    """
    number = read_number(answer, code)
    if item(answer, "旧個人番号") != former:
        raise ContractBroken("OTHER_NUMBER")
    if number == former:
        raise ContractBroken("SAME_NUMBER")
    return number


def read_serial(answer: bytes, serial: str) -> ResidentCode | None:
    """Whose certificate it is; ``None`` for one that is valid no longer.

    Raises ContractBroken: OTHER_SERIAL if the answer is about another, MISSING_ITEM, WRONG_CODE.
    """
    if item(answer, "シリアル番号") != serial:
        raise ContractBroken("OTHER_SERIAL")
    code = item(answer, "住民票コード")
    try:
        return None if code is None else ResidentCode(str(code))
    except ValueError:
        raise ContractBroken("WRONG_CODE") from None


def read_end(answer: bytes) -> datetime | None:
    """When the certificate that was asked about ended; ``None`` for one that did not.

    Raises ContractBroken WRONG_CERTIFICATE.
    """
    ended = item(answer, "失効日時")
    try:
        return None if ended is None else datetime.fromisoformat(str(ended))
    except ValueError:
        raise ContractBroken("WRONG_CERTIFICATE") from None


def read_serials(answer: bytes, code: ResidentCode) -> Serials:
    """The serial numbers of this person's valid certificates.

    Raises ContractBroken: OTHER_CODE if the answer is about another, MISSING_ITEM, WRONG_SERIAL.
    """
    if item(answer, "住民票コード") != code:
        raise ContractBroken("OTHER_CODE")
    return Serials(
        signature=_serial(answer, "署名用シリアル番号"),
        authentication=_serial(answer, "利用者証明用シリアル番号"),
    )


def _person(entry: Entry) -> dict[str, object]:
    return identity(entry) | address(entry.address)


def _number(answer: bytes) -> MyNumber:
    number = item(answer, "個人番号")
    if not isinstance(number, str):
        raise ContractBroken("MISSING_ITEM")
    try:
        return MyNumber(number)
    except ValueError:
        raise ContractBroken("WRONG_NUMBER") from None


def _serial(answer: bytes, name: str) -> str | None:
    serial = item(answer, name)
    if serial is not None and not isinstance(serial, str):
        raise ContractBroken("WRONG_SERIAL")
    return serial
