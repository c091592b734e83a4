"""The message ledger every system here keeps: one id, one body, one answer for ever."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

ACCEPTED, REFUSED, REUSED = 200, 422, 409
_TRIES = 3
_SETUP_LOCK = 0x6F757473


class Refusal(Exception):
    """Understood, and declined: ``reason`` is for people, in Japanese, without personal data."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


def check(holds: object, code: str, reason: str) -> None:
    """Refuse the message unless this holds."""
    if not holds:
        raise Refusal(code, reason)


class Message(NamedTuple):
    """What came in: its id, whose it is, which kind, and its exact bytes."""

    id: UUID
    municipality: str
    kind: str
    body: bytes


class Reply(NamedTuple):
    """What went out, as status and JSON text."""

    status: int
    text: str

    @classmethod
    def refusal(cls, code: str, reason: str) -> Reply:
        """A refusal in the form all systems here share."""
        return cls(REFUSED, _json({"code": code, "reason": reason}))


class Ledger:
    """Answers each message once, together with its effect, and repeats that answer for ever."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def settle(
        self,
        message: Message,
        act: Callable[[Connection], Awaitable[dict[str, object]]],
    ) -> Reply:
        """Act and note the answer in one transaction; whoever noted first decides the answer.

        No lock is taken before: a twin that acted too finds the id taken and its effect undone.
        """
        for _ in range(_TRIES):
            try:
                reply = await self._attempt(message, act)
            except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
                if await self.kind_of(message.id) is None:
                    continue
                reply = None
            return reply or await self._repeat(message)
        raise RuntimeError("LEDGER_BUSY")

    async def first_answer(self, message_id: UUID, municipality: str) -> Reply | None:
        """The answer once given, accepted and refused alike."""
        row = await self.pool.fetchrow(
            "SELECT status, answer FROM messages WHERE id = $1 AND municipality = $2",
            message_id,
            municipality,
        )
        return Reply(row["status"], row["answer"]) if row else None

    async def kind_of(self, message_id: UUID) -> str | None:
        """Which kind of message an id stands for, if it has been answered."""
        return await self.pool.fetchval("SELECT kind FROM messages WHERE id = $1", message_id)

    async def _attempt(
        self,
        message: Message,
        act: Callable[[Connection], Awaitable[dict[str, object]]],
    ) -> Reply | None:
        """The reply, or ``None`` when the id was answered before."""
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                reply = Reply(ACCEPTED, _json(await act(connection)))
                await _note_first(connection, message, reply)
                return reply
        except _AnsweredBefore:
            return None
        except Refusal as refusal:
            reply = Reply.refusal(refusal.code, refusal.reason)
        async with self.pool.acquire() as connection:
            return reply if await _note(connection, message, reply) else None

    async def _repeat(self, message: Message) -> Reply:
        row = await self.pool.fetchrow(
            "SELECT body_hash, status, answer FROM messages WHERE id = $1", message.id
        )
        if row is None or row["body_hash"] != _hash(message.body):
            text = _json({"code": "KEY_REUSED", "reason": "同じ番号の別の電文を受け付けています。"})
            return Reply(REUSED, text)
        return Reply(row["status"], row["answer"])


async def open_pool(
    database_url: str, schema: str, size: int, *, also: tuple[str, ...] = ()
) -> asyncpg.Pool:
    """A pool that lives in one system's own schema, its tables made if they are not there.

    ``also`` names the files of further tables beside those of the ledger and of the system.
    """
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _SETUP_LOCK)
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            await connection.execute(f"SET LOCAL search_path = {schema}")
            for name in ("ledger", schema, *also):
                await connection.execute(_sql(name))
    finally:
        await connection.close()
    return await asyncpg.create_pool(
        database_url,
        min_size=1,
        max_size=size,
        server_settings={"search_path": schema, "application_name": f"simulators {schema}"},
        init=_with_json,
        reset=_as_it_is,
    )


class _AnsweredBefore(Exception):
    """Undoes the transaction of a message whose id has its answer already."""


async def _note_first(connection: Connection, message: Message, reply: Reply) -> None:
    if not await _note(connection, message, reply):
        raise _AnsweredBefore


async def _note(connection: Connection, message: Message, reply: Reply) -> bool:
    noted = await connection.fetchval(
        "INSERT INTO messages (id, municipality, kind, body_hash, status, answer)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING true",
        message.id,
        message.municipality,
        message.kind,
        _hash(message.body),
        reply.status,
        reply.text,
    )
    return noted is not None


async def _with_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_json, decoder=json.loads)


async def _as_it_is(_: asyncpg.Connection) -> None:
    """Sessions are never changed here, so giving one back needs no round trip to clean it."""


def _sql(name: str) -> str:
    return files("simulators").joinpath("schema", f"{name}.sql").read_text(encoding="utf-8")


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
