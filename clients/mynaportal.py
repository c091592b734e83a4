"""マイナポータル: tells the citizen how far a municipality is with an application."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from clients.mailbox import Mailbox, telegram
from clients.wire import json_object
from domain.telegrams import Message

if TYPE_CHECKING:
    from clients.wire import Wire
    from domain.moves import PortalStatus


class MynaportalClient(Mailbox):
    """The municipality's way to マイナポータル (申請管理)."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire, "/statuses", "電文ID")


def status(municipality: str, telegram_id: UUID, said: PortalStatus) -> bytes:
    """OS-03: 処理状況, and for a 来庁予定 what to bring and where to come."""
    content = {
        "申請番号": str(said.application_id),
        "処理状況": said.state,
        "連絡事項": said.words,
        "持ち物": [*said.documents],
        "来庁場所": said.place,
    }
    return telegram(Message.PORTAL_STATUS, municipality, telegram_id, content)


def application_of(body: bytes) -> UUID:
    """Which application a 処理状況 of ours is about."""
    contents = cast("dict[str, str]", json_object(body)["本文"])
    return UUID(contents["申請番号"])
