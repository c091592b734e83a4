"""The door every peer has: a telegram is put under its id, and asked for by its id."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from clients.wire import json_object
from domain.errors import ContractBroken, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from clients.wire import Wire
    from domain.telegrams import Message


class Mailbox:
    """Sends telegrams to one peer and asks after them.

    ``path`` is the peer's collection of telegrams, ``id_item`` the item of its answers that
    repeats the telegram's id.
    """

    def __init__(self, wire: Wire, path: str, id_item: str) -> None:
        self._wire = wire
        self._path = path
        self._id_item = id_item

    async def send(self, municipality: str, telegram_id: UUID, body: bytes) -> bytes:
        """Put these exact bytes; the answer's exact bytes, known to answer this telegram.

        Raises as ``clients.wire`` says.  An answer to another telegram tells nothing about ours, so
        it counts as a lost reply: Unavailable OTHER_MESSAGE, to be settled by ``look_up``.
        """
        answer = await self._wire.put(f"{self._path}/{telegram_id}", municipality, body)
        if not self._answers(answer, telegram_id):
            raise Unavailable("OTHER_MESSAGE")
        return answer

    async def look_up(self, municipality: str, telegram_id: UUID) -> bytes | None:
        """The first answer to a telegram, or ``None`` when the peer has never seen it.

        Raises Refused when that answer was a refusal.  Here an answer to another telegram is
        ContractBroken OTHER_MESSAGE: asking once more would not settle it.
        """
        answer = await self._wire.get(f"{self._path}/{telegram_id}", municipality)
        if answer is not None and not self._answers(answer, telegram_id):
            raise ContractBroken("OTHER_MESSAGE")
        return answer

    def _answers(self, answer: bytes, telegram_id: UUID) -> bool:
        return json_object(answer).get(self._id_item) == str(telegram_id)


def to_bytes(content: Mapping[str, object]) -> bytes:
    """The exact bytes of a telegram: the same content always makes the same bytes."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def telegram(
    message: Message, municipality: str, telegram_id: UUID, content: Mapping[str, object]
) -> bytes:
    """The exact bytes of a telegram to 住基ネット or マイナポータル, whose envelopes are alike."""
    return to_bytes(
        {
            "電文ID": str(telegram_id),
            "電文種別": message,
            "市町村コード": municipality,
            "本文": content,
        }
    )
