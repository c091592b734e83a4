"""What all systems here have in common: a door for messages, a ledger, and notices they owe.

    PUT /{system}/{collection}/{id}   the answer; repeated for the same body, 409 for another
    GET /{system}/{collection}/{id}   the first answer, or 404 UNKNOWN_MESSAGE

Every request names its municipality in the header Municipality.  A refusal is 422 with a code and a
reason in Japanese, and stands for ever, like every answer.  A message that is not in the agreed
form gets 400 and leaves no trace.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import Route

from simulators.deliveries import Deliveries
from simulators.ledger import Ledger, Message, Refusal, Reply, open_pool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import asyncpg
    from starlette.requests import Request

    from simulators.ledger import Connection
    from simulators.outside import Outside
    from simulators.ways import Way


class Incoming(NamedTuple):
    """A message in the agreed form: its envelope, and the contents its kind asks for."""

    message: Message
    contents: object


class System(ABC):
    """Somebody else's system, as its users see it; ``owing`` kinds make it owe notices.

    ``tables`` names the files of its tables beside the one that has its own name.
    """

    name: ClassVar[str]
    collection: ClassVar[str]
    owing: ClassVar[frozenset[str]] = frozenset()
    tables: ClassVar[tuple[str, ...]] = ()
    ledger: Ledger
    deliveries: Deliveries

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    @property
    def base(self) -> str:
        """Where its protocol begins."""
        return "/" + self.name.replace("_", "-")

    @property
    def pool(self) -> asyncpg.Pool:
        """Connections into this system's own schema."""
        return self.ledger.pool

    async def open(self) -> None:
        """Make the tables if needed, and take up the notices still owed from before."""
        settings = self.outside.settings
        pool = await open_pool(
            settings.database_url, self.name, settings.pool_size, also=self.tables
        )
        self.ledger = Ledger(pool)
        self.deliveries = Deliveries(self.name, pool, self.outside, self.ways())
        self.deliveries.start()

    async def close(self) -> None:
        """Stop sending notices, and let the database go."""
        await self.deliveries.stop()
        await self.pool.close()

    def ways(self) -> Mapping[str, Way]:
        """How the notices it owes travel, by kind."""
        return {}

    def protocol(self) -> list[Route]:
        """What this system answers to."""
        path = f"{self.base}/{self.collection}/{{id:uuid}}"
        return [Route(path, self._put, methods=["PUT"]), Route(path, self._get, methods=["GET"])]

    @abstractmethod
    def read(self, body: bytes) -> Incoming:
        """Read a message; raises ValueError when it is not in the agreed form."""

    @abstractmethod
    async def act(self, connection: Connection, incoming: Incoming) -> dict[str, object]:
        """Take effect inside the ledger's transaction; the whole answer, or ``Refusal``."""

    async def _put(self, request: Request) -> Response:
        try:
            incoming = self.read(await request.body())
        except (ValidationError, ValueError):
            return _error(400, "MALFORMED_MESSAGE", "電文の形式が正しくありません。")
        message = incoming.message
        if message.id != request.path_params["id"]:
            return _error(400, "OTHER_ID", "電文の番号が一致しません。")
        if message.municipality != request.headers.get("Municipality"):
            return _error(400, "OTHER_MUNICIPALITY", "市町村コードが一致しません。")
        refusal: Refusal | None = request.scope.get("refusal")

        async def act(connection: Connection) -> dict[str, object]:
            if refusal is not None:
                raise refusal
            return await self.act(connection, incoming)

        reply = await self.ledger.settle(message, act)
        if message.kind in self.owing:
            self.deliveries.nudge()
        return _response(reply)

    async def _get(self, request: Request) -> Response:
        message_id: UUID = request.path_params["id"]
        reply = await self.ledger.first_answer(message_id, request.headers.get("Municipality", ""))
        return _response(reply) if reply else unknown_message()


def unknown_message() -> Response:
    """404: no message with this id has been answered for this municipality."""
    return _error(404, "UNKNOWN_MESSAGE", "この番号の電文は受け付けていません。")


def _error(status: int, code: str, reason: str) -> Response:
    return _response(Reply(status, Reply.refusal(code, reason).text))


def _response(reply: Reply) -> Response:
    return Response(reply.text, reply.status, media_type="application/json")
