"""Moves through 住基ネット: 転出証明書情報, 最初の転入届の通知, 転入通知, 転出確定.

What a 転出証明書情報 says follows 住民基本台帳法施行令 23条2項 and 24条の3; the layout is ours.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from clients.inbox import arrival_in
from clients.jlis_items import address, identity, item, text
from clients.mailbox import telegram
from domain.errors import ContractBroken
from domain.moves import Certificate
from domain.telegrams import Message, Peer

if TYPE_CHECKING:
    from uuid import UUID

    from domain.moves import Arrival, DepartureConfirmed, FirstReport, MoveInNotice, Mover
    from domain.numbers import ResidentCode


def certificate(municipality: str, telegram_id: UUID, said: Certificate) -> bytes:
    """CS-05: J-LIS keeps it, and sends it ahead to the planned 転入地 under the same id."""
    content = {
        "取消": False,
        "転入地市町村コード": said.destination,
        "転出予定年月日": said.planned_on.isoformat(),
        "特例": said.special,
        "代表者": said.applicant,
        "対象者": [_mover(person) for person in said.persons],
    }
    return telegram(Message.CERTIFICATE, municipality, telegram_id, content)


def void_certificate(municipality: str, telegram_id: UUID, voids: UUID) -> bytes:
    """CS-05 取消: the one sent under the id ``voids`` holds no longer, wherever it went."""
    content = {"取消": True, "取消対象電文ID": str(voids)}
    return telegram(Message.CERTIFICATE, municipality, telegram_id, content)


def first_report(municipality: str, telegram_id: UUID, report: FirstReport) -> bytes:
    """CS-06: the first 転入届 was received; answered with the newest valid CS-05."""
    content = {
        "住民票コード": report.code,
        "転出地市町村コード": report.origin,
        "届出年月日": report.reported_on.isoformat(),
    }
    return telegram(Message.FIRST_REPORT, municipality, telegram_id, content)


def move_in_notice(municipality: str, telegram_id: UUID, notice: MoveInNotice) -> bytes:
    """CS-07: sent on to the 転出地, and to the 未届地 if there is one."""
    content = {
        "転出地市町村コード": notice.origin,
        "未届地市町村コード": notice.unreported_in,
        "住民票コード": [*notice.codes],
        "転入年月日": notice.moved_in_on.isoformat(),
        "転入後住所": address(notice.address),
        "通知年月日": notice.notified_on.isoformat(),
        "版": notice.version,
        "取消": notice.withdrawn,
    }
    return telegram(Message.MOVE_IN_NOTICE, municipality, telegram_id, content)


def whereabouts(body: bytes) -> dict[str, str]:
    """Where a CS-07 of ours says that each person lives, and since when, by their codes."""
    said = cast("dict[str, Any]", json.loads(body)["本文"])
    where = json.dumps([said["転入後住所"], said["転入年月日"]], ensure_ascii=False)
    return dict.fromkeys(cast("list[str]", said["住民票コード"]), where)


def departure_confirmed(municipality: str, telegram_id: UUID, said: DepartureConfirmed) -> bytes:
    """CS-08: the 転入通知 about this person has been received (令13条3項)."""
    content = {
        "住民票コード": said.code,
        "転入地市町村コード": said.destination,
        "転出年月日": said.left_on.isoformat(),
        "転入通知年月日": said.notified_on.isoformat(),
    }
    return telegram(Message.DEPARTURE_CONFIRMED, municipality, telegram_id, content)


def read_certificate(answer: bytes, code: ResidentCode) -> Arrival:
    """The CS-05 a CS-06 was answered with, its contents a ``Certificate``.

    Raises ContractBroken: OTHER_CODE if this person is not in it; otherwise as ``clients.inbox``.
    """
    kept = item(answer, "転出証明書情報")
    if not isinstance(kept, dict):
        raise ContractBroken("MISSING_ITEM")
    arrival = arrival_in(Peer.JLIS, cast("dict[str, object]", kept))
    contents = arrival.contents
    if not isinstance(contents, Certificate):
        raise ContractBroken("UNKNOWN_KIND")
    if code not in {person.code for person in contents.persons}:
        raise ContractBroken("OTHER_CODE")
    return arrival


def certificate_in(answer: bytes) -> bytes:
    """The CS-05 in the answer to a CS-06, as bytes to keep; raises ContractBroken MISSING_ITEM."""
    kept = item(answer, "転出証明書情報")
    if not isinstance(kept, dict):
        raise ContractBroken("MISSING_ITEM")
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def _mover(person: Mover) -> dict[str, object]:
    return {
        "住民票コード": person.code,
        "個人番号": person.number,
        **identity(person),
        "生年月日の表記": person.born_on.notation,
        "続柄": person.relationship,
        "世帯主": person.is_head,
        "本籍": text(person.domicile),
        "筆頭者": text(person.head_of_family_register),
        "転出前住所": address(person.former_address),
    }
