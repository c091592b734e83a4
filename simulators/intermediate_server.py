"""Simulator of 中間サーバー, with as much of 情報提供ネットワークシステム as stands behind it.

It imitates what a municipality can see of it: 団番 told by 統合宛名 (AT-02), copies that other
institutions may ask for (AT-03), and 符号 that arrive over another way and are matched by 処理通番.
A notice older than what is held is passed over.  統合宛名 may ask what is held (AT-17).

Not imitated: 情報照会 and 情報提供, access rules, the real interface files, expiry of 処理通番.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulators.comparison import held_by_server
from simulators.ledger import Message
from simulators.system import Incoming, System

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from simulators.ledger import Connection


class IncomingNotice(BaseModel):
    """A notice from 統合宛名 (about a 団番) or from 情報提供NWS (about a 処理通番)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    message_id: UUID
    municipality: str = Field(pattern=r"^\d{6}$")
    kind: Literal["AT-02", "AT-03", "AT-17", "SYMBOL"]
    subject: str
    version: int
    contents: dict[str, Any]


class IntermediateServer(System):
    """団番, copies and 符号 of many municipalities."""

    name: ClassVar[str] = "intermediate_server"
    collection: ClassVar[str] = "messages"

    def protocol(self) -> list[Route]:
        """One may also ask whether a 符号取得 has been linked."""
        path = f"{self.base}/linkages/{{request_number}}"
        return [*super().protocol(), Route(path, self._linkage)]

    def read(self, body: bytes) -> Incoming:
        """Read a notice; ``ValueError`` when it is not in the agreed form."""
        notice = IncomingNotice.model_validate_json(body)
        message = Message(notice.message_id, notice.municipality, notice.kind, body)
        return Incoming(message, notice)

    async def act(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Keep what the notice says."""
        notice = cast("IncomingNotice", incoming.contents)
        about = (notice.municipality, notice.subject)
        match notice.kind:
            case "AT-02":
                closed = notice.contents["state"] == "closed"
                await connection.execute(_KEEP_NUMBER, *about, closed, notice.version)
            case "AT-03":
                facts = notice.contents["facts"]
                await connection.execute(_KEEP_COPY, *about, facts is None, notice.version, facts)
            case "SYMBOL":
                await connection.execute(_KEEP_SYMBOL, *about, notice.contents["symbol"])
            case "AT-17":
                return await held_by_server(connection, notice.municipality, notice.contents)
        return {"message_id": str(notice.message_id), "result": "accepted"}

    async def _linkage(self, request: Request) -> Response:
        """Whether the 符号 for a 処理通番 has arrived; never the 符号 itself."""
        request_number = request.path_params["request_number"]
        linked = await self.pool.fetchval(
            "SELECT EXISTS (SELECT FROM linkages WHERE municipality = $1 AND request_number = $2)",
            request.headers.get("Municipality", ""),
            request_number,
        )
        state = "linked" if linked else "pending"
        return JSONResponse({"request_number": request_number, "state": state})


_KEEP_NUMBER = """
INSERT INTO numbers AS held (municipality, unified_number, closed, version)
VALUES ($1, $2, $3, $4)
ON CONFLICT (municipality, unified_number)
DO UPDATE SET closed = excluded.closed, version = excluded.version
WHERE held.version < excluded.version
"""

_KEEP_COPY = """
INSERT INTO copies AS held (municipality, unified_number, deleted, version, facts)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (municipality, unified_number)
DO UPDATE SET deleted = excluded.deleted, version = excluded.version, facts = excluded.facts
WHERE held.version < excluded.version
"""

_KEEP_SYMBOL = """
INSERT INTO linkages (municipality, request_number, symbol) VALUES ($1, $2, $3)
ON CONFLICT (municipality, request_number) DO NOTHING
"""
