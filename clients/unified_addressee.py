"""団体内統合宛名システム: gives one 団番 per 個人番号, and passes copies on to 中間サーバー.

We never see the 団番 (住民記録システム標準仕様書 7.1.2.3): only whether 中間サーバー has been told.
Names go byte for byte, variation selectors included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from clients.mailbox import Mailbox, to_bytes
from clients.wire import json_object
from domain.errors import ContractBroken
from domain.telegrams import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from clients.wire import Wire
    from domain.notices import AddresseeRecord, HouseholdCopy
    from domain.numbers import AddresseeNumber
    from domain.residents import Entry


class UnifiedAddresseeClient(Mailbox):
    """The town hall's own 統合宛名, on its inner network."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire, "/requests", "request_id")

    async def notified(self, municipality: str, addressee_telegram_id: UUID) -> bool:
        """Whether 中間サーバー has been told (AT-02) of what this AT-01 telegram asked for.

        Raises as ``clients.wire`` says; ContractBroken UNKNOWN_MESSAGE if that telegram is not
        known there, MISSING_ITEM if the answer does not say.
        """
        path = f"{self._path}/{addressee_telegram_id}/notification"
        answer = await self._wire.get(path, municipality)
        if answer is None:
            raise ContractBroken("UNKNOWN_MESSAGE")
        arrived = json_object(answer).get("arrived")
        if not isinstance(arrived, bool):
            raise ContractBroken("MISSING_ITEM")
        return arrived


def addressee(municipality: str, telegram_id: UUID, record: AddresseeRecord) -> bytes:
    """AT-01 付番依頼: 宛名情報 and 個人番号; for a 宛名番号 known there, its update."""
    person = {"my_number": record.number, **contents_of(record.entry)}
    act = _Act(Message.ADDRESSEE_REQUEST, "register", record.addressee_number)
    return _request(municipality, telegram_id, act, person)


def close_addressee(municipality: str, telegram_id: UUID, number: AddresseeNumber) -> bytes:
    """AT-01 宛名を閉じる: the 宛名 is no longer used; its 団番 stays bound to the 個人番号."""
    act = _Act(Message.ADDRESSEE_REQUEST, "close", number)
    return _request(municipality, telegram_id, act, None)


def copy(municipality: str, telegram_id: UUID, contents: HouseholdCopy) -> bytes:
    """AT-03 副本登録: the household facts other institutions may ask 中間サーバー for."""
    act = _Act(Message.COPY, "register", contents.addressee_number)
    return _request(municipality, telegram_id, act, facts_of(contents))


def delete_copy(municipality: str, telegram_id: UUID, number: AddresseeNumber) -> bytes:
    """AT-03 副本削除."""
    return _request(municipality, telegram_id, _Act(Message.COPY, "delete", number), None)


def addressee_of(body: bytes) -> object:
    """Whose 宛名番号 a request of ours is about."""
    return json_object(body)["addressee_number"]


def contents_of(entry: Entry) -> dict[str, object]:
    """宛名情報 as 統合宛名 should hold it, without the 個人番号."""
    return {
        "name": entry.name,
        "name_kana": entry.name_kana,
        "former_name": entry.former_name,
        "former_name_kana": entry.former_name_kana,
        "alias": entry.alias,
        "alias_kana": entry.alias_kana,
        "born_on": entry.born_on.day.isoformat(),
        "born_on_as_written": entry.born_on.notation,
        "sex": entry.sex,
        "postal_code": entry.address.postal_code,
        "address": entry.address.line,
        "building": entry.address.building,
    }


def facts_of(contents: HouseholdCopy) -> dict[str, object]:
    """A 副本 as 中間サーバー should hold it."""
    since = contents.resident_since
    return {
        "household_id": str(contents.household_id),
        "relationship": contents.relationship,
        "resident_since": since.isoformat() if since else None,
    }


class _Act(NamedTuple):
    message: Message
    action: str
    addressee_number: AddresseeNumber


def _request(
    municipality: str, telegram_id: UUID, act: _Act, contents: Mapping[str, object] | None
) -> bytes:
    return to_bytes(
        {
            "request_id": str(telegram_id),
            "kind": act.message,
            "municipality": municipality,
            "action": act.action,
            "addressee_number": act.addressee_number,
            "contents": contents,
        }
    )
