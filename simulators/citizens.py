"""What citizens do at マイナポータル: file a move, take it back, read how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from simulators.applications import (
    Filed,
    Kind,
    Letter,
    Move,
    Part,
    Seen,
    Told,
    contents_of,
    withdrawal,
)
from simulators.deliveries import Notice

if TYPE_CHECKING:
    import asyncpg

    from simulators.ledger import Connection
    from simulators.mynaportal import Mynaportal


class Withdrawn(Exception):
    """This part of the application has been taken back already."""


class NotFiled(Exception):
    """There is no such application, or no such part of it."""


class Citizens:
    """Those who use マイナポータル."""

    def __init__(self, portal: Mynaportal) -> None:
        self._portal = portal

    async def file(self, move: Move) -> Filed:
        """File a move: both municipalities are told in parallel, or the one there is."""
        filed = Filed(id=uuid4(), messages={kind: uuid4() for kind in move.kinds})
        now = self._portal.outside.hours.now()
        async with self._portal.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO applications (id, origin, destination, filed_at, contents)"
                " VALUES ($1, $2, $3, $4, $5)",
                filed.id,
                move.origin,
                move.destination,
                now,
                move.model_dump(mode="json"),
            )
            for kind, receiver in move.kinds.items():
                letter = Letter(filed.messages[kind], filed.id, kind, receiver)
                said = contents_of(kind, move, filed.id, now)
                await self._begin(connection, letter, letter.envelope(now, said))
        self._portal.deliveries.nudge()
        return filed

    async def send_again(self, application_id: UUID, kind: Kind) -> None:
        """Have the portal send the same message once more; raises ``NotFiled``."""
        async with self._portal.pool.acquire() as connection, connection.transaction():
            part = await _part(connection, application_id, kind)
            told = Letter(part["message_id"], application_id, kind, part["municipality"])
            await self._owe(connection, told, part["envelope"])
        self._portal.deliveries.nudge()

    async def withdraw(self, application_id: UUID, kind: Kind) -> UUID:
        """Take one part back; the message that says so.  Raises ``NotFiled``, ``Withdrawn``."""
        async with self._portal.pool.acquire() as connection, connection.transaction():
            part = await _part(connection, application_id, kind)
            if part["withdrawn_by"] is not None:
                raise Withdrawn
            told = Letter(uuid4(), application_id, kind, part["municipality"])
            await connection.execute(
                "UPDATE parts SET withdrawn_by = $2 WHERE message_id = $1",
                part["message_id"],
                told.message_id,
            )
            contents = withdrawal(application_id, part["message_id"])
            envelope = told.envelope(self._portal.outside.hours.now(), contents)
            await self._owe(connection, told, envelope)
        self._portal.deliveries.nudge()
        return told.message_id

    async def look(self, application_id: UUID) -> Seen:
        """What the citizen sees; raises ``NotFiled``."""
        async with self._portal.pool.acquire() as connection:
            visit = await _part(connection, application_id, "OS-02")
            move_out = await _part_if_any(connection, application_id, "OS-01")
            rows = await connection.fetch(
                "SELECT municipality, contents, told_at FROM statuses"
                " WHERE application_id = $1 ORDER BY ordinal",
                application_id,
            )
        return Seen(
            id=application_id,
            filed_at=visit["filed_at"],
            move_out=_seen(move_out, rows) if move_out else None,
            visit=_seen(visit, rows),
        )

    async def _begin(
        self, connection: Connection, told: Letter, envelope: dict[str, object]
    ) -> None:
        await connection.execute(
            "INSERT INTO parts (message_id, application_id, municipality, kind, envelope)"
            " VALUES ($1, $2, $3, $4, $5)",
            told.message_id,
            told.application_id,
            told.receiver,
            told.kind,
            envelope,
        )
        await self._owe(connection, told, envelope)

    async def _owe(self, connection: Connection, told: Letter, envelope: dict[str, object]) -> None:
        subject = str(told.application_id)
        notice = Notice(
            told.application_id, told.receiver, subject, told.kind, envelope, told.message_id
        )
        await self._portal.deliveries.owe(connection, notice)


async def _part(connection: Connection, application_id: UUID, kind: Kind) -> asyncpg.Record:
    row = await _part_if_any(connection, application_id, kind)
    if row is None:
        raise NotFiled
    return row


async def _part_if_any(
    connection: Connection, application_id: UUID, kind: Kind
) -> asyncpg.Record | None:
    return await connection.fetchrow(
        "SELECT parts.*, filed_at FROM parts JOIN applications ON id = application_id"
        " WHERE application_id = $1 AND kind = $2 FOR UPDATE OF parts",
        application_id,
        kind,
    )


def _seen(part: asyncpg.Record, rows: list[asyncpg.Record]) -> Part:
    history = [
        Told(told_at=row["told_at"], **row["contents"])
        for row in rows
        if row["municipality"] == part["municipality"]
    ]
    return Part(
        municipality=part["municipality"],
        message_id=part["message_id"],
        withdrawn=part["withdrawn_by"] is not None,
        status=history[-1] if history else None,
        history=history,
    )
