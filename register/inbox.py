"""受信箱: messages of other systems, at least once and in any order; stored before acknowledged.

received ─┬─ identifying   本人特定中: who it is about is being asked
          ├─ attached      joined to a case, which has been woken
          ├─ merged        said nothing its case did not know, or was taken back
          └─ unclaimed     nobody waits for it, or nobody can read it: staff decide
                           settled: staff have dealt with it
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from register import wakeups
from register.sealed_bodies import SealedBody

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from register.transactions import Row, Tx
    from register.vault import Vault


class InboxState(StrEnum):
    """Where a message stands."""

    RECEIVED = "received"
    IDENTIFYING = "identifying"
    ATTACHED = "attached"
    MERGED = "merged"
    UNCLAIMED = "unclaimed"
    SETTLED = "settled"


class Received(NamedTuple):
    """One message as it came: from which system, under whose id, of which kind, its exact bytes."""

    system: str
    message_id: UUID
    message: str
    body: bytes


class Kept(NamedTuple):
    """One message of a case; ``body`` is ``None`` once it was erased."""

    message_id: UUID
    message: str
    received_at: datetime
    body: bytes | None


class Standing(NamedTuple):
    """Where one message stands, without what it says; ``flaw`` is why nobody could use it."""

    message_id: UUID
    system: str
    message: str
    state: InboxState
    case_id: UUID | None
    case_number: str | None
    flaw: str
    received_at: datetime
    erased: bool


async def receive(tx: Tx, vault: Vault, municipality: str, received: Received) -> bool:
    """Store a message; ``False`` when it is here already, and nothing is stored."""
    fresh = await tx.fetchval(
        "INSERT INTO inbox_message (municipality, system, message_id, message, content_hash)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING true",
        municipality,
        received.system,
        received.message_id,
        received.message,
        vault.content_hash(municipality, received.body),
    )
    if not fresh:
        return False
    sealed = vault.seal_body(municipality, received.message_id, "in", received.body)
    await tx.execute(
        "INSERT INTO inbox_body (municipality, message_id, key_id, wrapped_key, ciphertext)"
        " VALUES ($1, $2, $3, $4, $5)",
        municipality,
        received.message_id,
        *sealed,
    )
    await tx.execute(
        "INSERT INTO inbox_state (municipality, message_id, system, message, state)"
        " VALUES ($1, $2, $3, $4, 'received')",
        municipality,
        received.message_id,
        received.system,
        received.message,
    )
    await _log(tx, municipality, received.message_id, InboxState.RECEIVED, None)
    return True


async def receive_again(tx: Tx, vault: Vault, municipality: str, received: Received) -> None:
    """Keep the body of a message anew that was asked for after its first was erased."""
    sealed = vault.seal_body(municipality, received.message_id, "in", received.body)
    restored = await tx.fetchval(
        "UPDATE inbox_body SET key_id = $3, wrapped_key = $4, ciphertext = $5"
        " WHERE municipality = $1 AND message_id = $2 AND wrapped_key IS NULL RETURNING true",
        municipality,
        received.message_id,
        *sealed,
    )
    if restored:
        await _log(tx, municipality, received.message_id, InboxState.RECEIVED, None)


async def place(
    tx: Tx,
    municipality: str,
    message_id: UUID,
    state: InboxState,
    case_id: UUID | None = None,
    flaw: str = "",
) -> None:
    """Write where a message stands now; joining it to a case wakes the case."""
    await tx.execute(
        "UPDATE inbox_state SET state = $3, case_id = $4, flaw = $5"
        " WHERE municipality = $1 AND message_id = $2",
        municipality,
        message_id,
        state,
        case_id,
        flaw,
    )
    await _log(tx, municipality, message_id, state, case_id)
    if case_id is not None and state is InboxState.ATTACHED:
        await wakeups.wake(tx, municipality, case_id, wakeups.Cause.MESSAGE)


async def note_target(tx: Tx, municipality: str, message_id: UUID, about: UUID) -> None:
    """Note which message this one takes back, though that one may be still on its way."""
    await tx.execute(
        "UPDATE inbox_state SET about = $3 WHERE municipality = $1 AND message_id = $2",
        municipality,
        message_id,
        about,
    )


async def is_taken_back(tx: Tx, municipality: str, message_id: UUID) -> bool:
    """Whether a 取消 of this message has arrived, before it or after."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM inbox_state WHERE municipality = $1 AND about = $2)",
        municipality,
        message_id,
    )


async def lock(tx: Tx, municipality: str, message_id: UUID) -> Standing | None:
    """Where a message stands, and nobody places it elsewhere until the transaction ends."""
    row = await tx.fetchrow(
        f"{_STANDING} AND s.message_id = $2 FOR UPDATE OF s", municipality, message_id
    )
    return None if row is None else _standing(row)


async def standing(tx: Tx, municipality: str, message_id: UUID) -> Standing | None:
    """Where a message stands at this moment."""
    row = await tx.fetchrow(f"{_STANDING} AND s.message_id = $2", municipality, message_id)
    return None if row is None else _standing(row)


async def to_decide(tx: Tx, municipality: str, limit: int) -> list[Standing]:
    """What nobody waits for and whose person is being identified, oldest first."""
    rows = await tx.fetch(
        f"{_STANDING} AND s.state IN ('received', 'identifying', 'unclaimed')"
        " ORDER BY s.received_at, s.message_id LIMIT $2",
        municipality,
        limit,
    )
    return [_standing(row) for row in rows]


async def joined(tx: Tx, municipality: str, case_id: UUID) -> list[Standing]:
    """Every message that has to do with a case, oldest first."""
    rows = await tx.fetch(
        f"{_STANDING} AND s.case_id = $2 ORDER BY s.received_at, s.message_id",
        municipality,
        case_id,
    )
    return [_standing(row) for row in rows]


_STANDING = """
SELECT s.message_id, s.system, s.message, s.state, s.case_id, c.case_number, s.flaw, s.received_at,
       b.wrapped_key IS NULL AS erased
FROM inbox_state s JOIN inbox_body b USING (municipality, message_id)
LEFT JOIN case_file c ON c.municipality = s.municipality AND c.case_id = s.case_id
WHERE s.municipality = $1
"""


async def of_case(
    tx: Tx, vault: Vault, municipality: str, case_id: UUID, message: str
) -> list[Kept]:
    """The messages of one kind that were joined to a case, oldest first."""
    rows = await tx.fetch(
        "SELECT s.message_id, s.message, s.received_at, b.key_id, b.wrapped_key, b.ciphertext"
        " FROM inbox_state s JOIN inbox_body b USING (municipality, message_id)"
        " WHERE s.municipality = $1 AND s.case_id = $2 AND s.message = $3"
        " AND s.state = 'attached' ORDER BY s.received_at, s.message_id",
        municipality,
        case_id,
        message,
    )
    return [_kept(vault, municipality, row) for row in rows]


async def one(tx: Tx, vault: Vault, municipality: str, message_id: UUID) -> Kept | None:
    """One message by its id."""
    row = await tx.fetchrow(
        "SELECT s.message_id, s.message, s.received_at, b.key_id, b.wrapped_key, b.ciphertext"
        " FROM inbox_state s JOIN inbox_body b USING (municipality, message_id)"
        " WHERE s.municipality = $1 AND s.message_id = $2",
        municipality,
        message_id,
    )
    return None if row is None else _kept(vault, municipality, row)


async def erase_of_case(
    tx: Tx, municipality: str, case_id: UUID, message: str | None = None
) -> int:
    """Destroy the keys of a case's messages, or of one kind of them, and log that; how many."""
    erased = await tx.fetch(
        "UPDATE inbox_body b SET wrapped_key = NULL FROM inbox_state s"
        " WHERE b.municipality = $1 AND s.municipality = $1 AND s.message_id = b.message_id"
        " AND s.case_id = $2 AND b.wrapped_key IS NOT NULL AND s.message = coalesce($3, s.message)"
        " RETURNING b.message_id",
        municipality,
        case_id,
        message,
    )
    await tx.execute(
        "UPDATE inbox_state SET erased_at = business_now() WHERE municipality = $1"
        " AND message_id = ANY($2)",
        municipality,
        [row["message_id"] for row in erased],
    )
    for row in erased:
        await _log(tx, municipality, row["message_id"], "body_erased", case_id)
    return len(erased)


async def _log(
    tx: Tx, municipality: str, message_id: UUID, event: str, case_id: UUID | None
) -> None:
    await tx.execute(
        "INSERT INTO inbox_event (municipality, message_id, event, case_id)"
        " VALUES ($1, $2, $3, $4)",
        municipality,
        message_id,
        event,
        case_id,
    )


def _standing(row: Row) -> Standing:
    return Standing(*row)._replace(state=InboxState(row["state"]))


def _kept(vault: Vault, municipality: str, row: Row) -> Kept:
    sealed = SealedBody(row["key_id"], row["wrapped_key"], row["ciphertext"])
    erased = sealed.wrapped_key is None
    body = None if erased else vault.open_body(municipality, row["message_id"], "in", sealed)
    return Kept(row["message_id"], row["message"], row["received_at"], body)
