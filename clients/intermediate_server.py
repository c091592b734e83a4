"""中間サーバー: what it lets us ask, namely whether a 符号取得 has been linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.wire import json_object
from domain.errors import ContractBroken

if TYPE_CHECKING:
    from clients.wire import Wire


class IntermediateServerClient:
    """The municipality's 中間サーバー; the 符号 in it are never shown to us (番号法21条の2)."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def linked(self, municipality: str, request_number: str) -> bool:
        """Whether the 符号 asked for under this 処理通番 has arrived there.

        ``False`` also for a 処理通番 it has not heard of: nobody tells it before the 符号 does.
        Raises as ``clients.wire`` says; ContractBroken OTHER_MESSAGE or MISSING_ITEM.
        """
        answer = await self._wire.get(f"/linkages/{request_number}", municipality)
        if answer is None:
            return False
        contents = json_object(answer)
        if contents.get("request_number") != request_number:
            raise ContractBroken("OTHER_MESSAGE")
        state = contents.get("state")
        if state not in {"pending", "linked"}:
            raise ContractBroken("MISSING_ITEM")
        return state == "linked"
