"""Simulator of a municipality's 団体内統合宛名システム.

It imitates the numbering flow of 地方公共団体情報システム共通機能標準仕様書 2.4: the 個人番号 of a
request is searched, an existing 団内統合宛名番号 is used again, otherwise one is given; then
中間サーバー is told (AT-02) by this system itself; copies (AT-03) pass through it.  A 宛名 keeps
its 団番 when its 個人番号 changes, and when it is closed and opened again.  The 団番 never leaves
towards the business system that asked.

Not imitated: the real layouts and function ids, 宛名 of firms, merging of 宛名, polling of 符号 by
this system, data standard layouts of copies beyond the household's.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulators import comparison
from simulators.comparison import ComparisonMessage
from simulators.deliveries import Notice
from simulators.ledger import Message, Refusal
from simulators.numbers import is_number
from simulators.system import Incoming, System, unknown_message
from simulators.ways import ToIntermediateServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from simulators.ledger import Connection
    from simulators.ways import Way


class AddresseeContents(BaseModel):
    """宛名情報: 個人番号, 4情報 and readings, byte for byte as the business system holds them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    my_number: str
    name: str
    name_kana: str
    former_name: str
    former_name_kana: str
    alias: str
    alias_kana: str
    born_on: str
    born_on_as_written: str
    sex: str
    postal_code: str
    address: str
    building: str


class AddresseeMessage(BaseModel):
    """AT-01 or AT-03: what to do with one 宛名番号."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    request_id: UUID
    kind: Literal["AT-01", "AT-03"]
    municipality: str = Field(pattern=r"^\d{6}$")
    action: Literal["register", "close", "delete"]
    addressee_number: str = Field(pattern=r"^\d{1,20}$")
    contents: dict[str, Any] | None


class _Kind(BaseModel):
    kind: str


def _is_comparison(body: bytes) -> bool:
    return _Kind.model_validate_json(body).kind == "AT-17"


class UnifiedAddressee(System):
    """宛名 and their 団番, one for each 個人番号 of a municipality."""

    name: ClassVar[str] = "unified_addressee"
    collection: ClassVar[str] = "requests"
    owing: ClassVar[frozenset[str]] = frozenset({"AT-01", "AT-03"})

    def ways(self) -> Mapping[str, Way]:
        """Everything goes to 中間サーバー."""
        way = ToIntermediateServer(self.outside)
        return {"AT-02": way, "AT-03": way}

    def protocol(self) -> list[Route]:
        """One may also ask whether 中間サーバー has been told."""
        path = f"{self.base}/{self.collection}/{{id:uuid}}/notification"
        return [*super().protocol(), Route(path, self._notification)]

    def read(self, body: bytes) -> Incoming:
        """Read a request; ``ValueError`` when it is not in the agreed form."""
        if _is_comparison(body):
            asked = ComparisonMessage.model_validate_json(body)
            return Incoming(Message(asked.request_id, asked.municipality, asked.kind, body), asked)
        request = AddresseeMessage.model_validate_json(body)
        if (request.kind, request.action) == ("AT-01", "register"):
            AddresseeContents.model_validate(request.contents)
        message = Message(request.request_id, request.municipality, request.kind, body)
        return Incoming(message, request)

    async def act(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Do what the request asks."""
        if isinstance(incoming.contents, ComparisonMessage):
            told = await comparison.page(connection, self.outside, incoming.contents)
            return {"request_id": str(incoming.message.id), "kind": "AT-17", **told}
        request = cast("AddresseeMessage", incoming.contents)
        match request.kind, request.action:
            case "AT-01", "register":
                contents = AddresseeContents.model_validate(request.contents)
                await self._register(connection, request, contents)
            case "AT-01", "close":
                await self._close(connection, request)
            case "AT-03", "register" | "delete":
                await self._pass_on_copy(connection, request)
            case _:
                raise Refusal("UNKNOWN_ACTION", "この処理はできません。")
        return {"request_id": str(request.request_id), "kind": request.kind, "result": "accepted"}

    async def _register(
        self, connection: Connection, request: AddresseeMessage, contents: AddresseeContents
    ) -> None:
        if not is_number(contents.my_number):
            raise Refusal("NUMBER_WRONG", "個人番号の検査数字が正しくありません。")
        unified = await self._unified_number(connection, request, contents.my_number)
        await connection.execute(
            "INSERT INTO addressees AS held"
            " (municipality, addressee_number, unified_number, closed, contents)"
            " VALUES ($1, $2, $3, false, $4) ON CONFLICT (municipality, addressee_number)"
            " DO UPDATE SET closed = false, contents = excluded.contents",
            request.municipality,
            request.addressee_number,
            unified,
            contents.model_dump(),
        )
        await self._tell(connection, request, unified, {"state": "open"})

    async def _unified_number(
        self, connection: Connection, request: AddresseeMessage, my_number: str
    ) -> str:
        """The 団番 this 宛名 has, or the one its 個人番号 has, or a new one."""
        held = await self._held(connection, request)
        if held is not None:
            await self._change_number(connection, request, held, my_number)
            return held
        return await connection.fetchval(
            "INSERT INTO numbers (municipality, unified_number, my_number) VALUES ($1, $2, $3)"
            " ON CONFLICT (municipality, my_number) DO UPDATE SET my_number = excluded.my_number"
            " RETURNING unified_number",
            request.municipality,
            f"{secrets.randbelow(10**15):015d}",
            my_number,
        )

    async def _change_number(
        self, connection: Connection, request: AddresseeMessage, held: str, my_number: str
    ) -> None:
        """A changed 個人番号 keeps its 団番, unless it is somebody else's."""
        owner = await connection.fetchval(
            "SELECT unified_number FROM numbers WHERE municipality = $1 AND my_number = $2",
            request.municipality,
            my_number,
        )
        if owner is None:
            await connection.execute(
                _CHANGE_NUMBER, request.municipality, held, my_number, request.request_id
            )
        elif owner != held:
            raise Refusal("NUMBER_TAKEN", "個人番号は別の宛名に登録されています。")

    async def _close(self, connection: Connection, request: AddresseeMessage) -> None:
        """The 団番 is closed when the last 宛名 that leads to it is."""
        unified = await connection.fetchval(
            "UPDATE addressees SET closed = true"
            " WHERE municipality = $1 AND addressee_number = $2 RETURNING unified_number",
            request.municipality,
            request.addressee_number,
        )
        if unified is None:
            raise Refusal("UNKNOWN_ADDRESSEE", "該当する宛名番号がありません。")
        in_use = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM addressees"
            " WHERE municipality = $1 AND unified_number = $2 AND NOT closed)",
            request.municipality,
            unified,
        )
        await self._tell(connection, request, unified, {"state": "open" if in_use else "closed"})

    async def _pass_on_copy(self, connection: Connection, request: AddresseeMessage) -> None:
        unified = await self._held(connection, request)
        if unified is None:
            raise Refusal("UNKNOWN_ADDRESSEE", "該当する宛名番号がありません。")
        known_there = await connection.fetchval(
            "SELECT EXISTS (SELECT FROM deliveries WHERE municipality = $1 AND subject = $2"
            " AND kind = 'AT-02' AND delivered_at IS NOT NULL)",
            request.municipality,
            unified,
        )
        if not known_there:
            raise Refusal("COPY_BEFORE_NUMBER", "団体内統合宛名番号の連携が完了していません。")
        facts = request.contents if request.action == "register" else None
        await self._tell(connection, request, unified, {"facts": facts})

    async def _held(self, connection: Connection, request: AddresseeMessage) -> str | None:
        return await connection.fetchval(
            "SELECT unified_number FROM addressees"
            " WHERE municipality = $1 AND addressee_number = $2 FOR UPDATE",
            request.municipality,
            request.addressee_number,
        )

    async def _tell(
        self,
        connection: Connection,
        request: AddresseeMessage,
        unified: str,
        contents: dict[str, object],
    ) -> None:
        """Owe 中間サーバー a notice about a 団番."""
        kind = "AT-02" if request.kind == "AT-01" else "AT-03"
        notice = Notice(request.request_id, request.municipality, unified, kind, contents)
        await self.deliveries.owe(connection, notice)

    async def _notification(self, request: Request) -> Response:
        """Whether the AT-02 that a request caused has arrived; never what it said."""
        row = await self.pool.fetchrow(
            "SELECT delivered_at IS NOT NULL AS arrived FROM deliveries"
            " WHERE cause = $1 AND municipality = $2 AND kind = 'AT-02'",
            request.path_params["id"],
            request.headers.get("Municipality", ""),
        )
        if row is None:
            return unknown_message()
        request_id = str(request.path_params["id"])
        return JSONResponse({"request_id": request_id, "arrived": row["arrived"]})


_CHANGE_NUMBER = """
WITH former AS (
    INSERT INTO former_numbers (municipality, unified_number, my_number, request_id, replaced_at)
    SELECT municipality, unified_number, my_number, $4, clock_timestamp() FROM numbers
    WHERE municipality = $1 AND unified_number = $2
)
UPDATE numbers SET my_number = $3 WHERE municipality = $1 AND unified_number = $2
"""
