"""The telegram log: a row before the first byte leaves, an event after, bodies apart.

(written) ─ sending ─┬─ delivered        the peer took it, and we have its answer
                     ├─ refused          it understood and declined: never applied
                     ├─ unsent           no byte left: sent again as it is
                     └─ unknown ─────────  asked for by id; adopted, sent again, or never arrived
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from domain.errors import Unavailable
from register import code_pool
from register.vault import SealedBody

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from domain.cases import StepRef
    from domain.telegrams import Message, Peer
    from register.transactions import Row, Tx
    from register.vault import Vault


class TelegramState(StrEnum):
    """What is known of one telegram."""

    SENDING = "sending"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNSENT = "unsent"
    UNKNOWN = "unknown"
    NEVER_ARRIVED = "never_arrived"


OPEN = frozenset({TelegramState.SENDING, TelegramState.UNSENT, TelegramState.UNKNOWN})


class Sent(NamedTuple):
    """One telegram of a step; ``left_at`` and ``now`` are the database's true clock."""

    telegram_id: UUID
    generation: int
    ordinal: int
    state: TelegramState
    fence: int
    code: str
    left_at: datetime
    now: datetime


class Writing(NamedTuple):
    """A telegram about to be written."""

    telegram_id: UUID
    step: str
    generation: int
    ordinal: int
    peer: Peer
    message: Message
    resident_id: UUID | None
    update_no: int | None
    body: bytes


async def of_step(tx: Tx, ref: StepRef, step: str) -> list[Sent]:
    """Every telegram a step ever wrote for this person, oldest first, locked."""
    rows = await tx.fetch(
        "SELECT telegram_id, generation, ordinal, state, fence, code, left_at,"
        " clock_timestamp() AS now"
        " FROM telegram_state WHERE municipality = $1 AND case_id = $2 AND step = $3"
        " AND subject = $4"
        " ORDER BY generation, ordinal FOR UPDATE",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
    )
    return [_sent(row) for row in rows]


async def announcing(
    tx: Tx, municipality: str, resident_id: UUID, rows: Sequence[int]
) -> tuple[UUID, ...]:
    """The telegrams that arrived of whichever cases wrote these history rows, oldest first."""
    found = await tx.fetch(
        "SELECT t.telegram_id FROM telegram t JOIN telegram_state s"
        " USING (municipality, telegram_id) WHERE t.municipality = $1 AND t.resident_id = $2"
        " AND t.update_no IS NOT NULL AND s.state = 'delivered' AND t.case_id IN ("
        "  SELECT case_id FROM resident_history WHERE municipality = $1 AND resident_id = $2"
        "  AND history_no = ANY($3)) ORDER BY t.update_no",
        municipality,
        resident_id,
        list(rows),
    )
    return tuple(row["telegram_id"] for row in found)


async def write(tx: Tx, vault: Vault, ref: StepRef, letter: Writing) -> None:
    """Write a telegram with its exact bytes, already marked as leaving (fence 1).

    Locks the person's code reservation: from here on the code can never be free again.  Raises
    `Unavailable` WRITTEN_BESIDE when another attempt of the step has just written it.
    """
    await code_pool.lock(tx, ref)
    written = await tx.fetchval(
        "INSERT INTO telegram (municipality, telegram_id, case_id, step, subject,"
        " generation, ordinal,"
        " peer, message, resident_id, update_no, content_hash)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " ON CONFLICT DO NOTHING RETURNING true",
        ref.municipality,
        letter.telegram_id,
        ref.case_id,
        letter.step,
        ref.subject,
        letter.generation,
        letter.ordinal,
        letter.peer,
        letter.message,
        letter.resident_id,
        letter.update_no,
        vault.content_hash(ref.municipality, letter.body),
    )
    if not written:
        raise Unavailable("WRITTEN_BESIDE", left=False)
    await _keep_body(tx, vault, ref.municipality, letter.telegram_id, "out", letter.body)
    await tx.execute(
        "INSERT INTO telegram_state (municipality, telegram_id, case_id, step, subject, generation,"
        " ordinal, state, fence) VALUES ($1, $2, $3, $4, $5, $6, $7, 'sending', 1)",
        ref.municipality,
        letter.telegram_id,
        ref.case_id,
        letter.step,
        ref.subject,
        letter.generation,
        letter.ordinal,
    )
    await _log(tx, ref.municipality, letter.telegram_id, TelegramState.SENDING, 1, "")


async def take_over(tx: Tx, municipality: str, sent: Sent) -> int:
    """Raise the fence and return it: whoever holds the old one can write nothing any more."""
    await tx.execute(
        "UPDATE telegram_state SET fence = fence + 1 WHERE municipality = $1 AND telegram_id = $2",
        municipality,
        sent.telegram_id,
    )
    return sent.fence + 1


async def leave_again(tx: Tx, municipality: str, sent: Sent) -> int:
    """Mark the same bytes as leaving once more, under a new fence; returns it."""
    await tx.execute(
        "UPDATE telegram_state"
        " SET fence = fence + 1, state = 'sending', left_at = clock_timestamp()"
        " WHERE municipality = $1 AND telegram_id = $2",
        municipality,
        sent.telegram_id,
    )
    await _log(tx, municipality, sent.telegram_id, TelegramState.SENDING, sent.fence + 1, "")
    return sent.fence + 1


class Outcome(NamedTuple):
    """What became of one sending under one fence."""

    telegram_id: UUID
    fence: int
    state: TelegramState
    code: str = ""


async def conclude(tx: Tx, municipality: str, outcome: Outcome) -> bool:
    """Write an outcome; ``False`` when a later attempt has taken over and nothing was written."""
    written = await tx.fetchval(
        "UPDATE telegram_state SET state = $4, code = $5,"
        " left_at = CASE WHEN $4 = 'unknown' THEN clock_timestamp() ELSE left_at END"
        " WHERE municipality = $1 AND telegram_id = $2 AND fence = $3"
        " AND state IN ('sending', 'unknown', 'unsent') RETURNING true",
        municipality,
        outcome.telegram_id,
        outcome.fence,
        outcome.state,
        outcome.code,
    )
    if written:
        await _log(
            tx, municipality, outcome.telegram_id, outcome.state, outcome.fence, outcome.code
        )
    return bool(written)


async def body(
    tx: Tx, vault: Vault, municipality: str, telegram_id: UUID, direction: str
) -> bytes | None:
    """The exact bytes sent or received; ``None`` when there are none, or they were erased."""
    row = await tx.fetchrow(
        "SELECT key_id, wrapped_key, ciphertext FROM telegram_body"
        " WHERE municipality = $1 AND telegram_id = $2 AND direction = $3",
        municipality,
        telegram_id,
        direction,
    )
    if row is None or row["wrapped_key"] is None:
        return None
    return vault.open_body(municipality, telegram_id, direction, SealedBody(**dict(row)))


async def keep_answer(
    tx: Tx, vault: Vault, municipality: str, telegram_id: UUID, answer: bytes
) -> None:
    """Keep what the peer answered; keeping it again changes nothing."""
    await _keep_body(tx, vault, municipality, telegram_id, "in", answer)


async def content_hash(tx: Tx, municipality: str, telegram_id: UUID) -> bytes:
    """The keyed hash of what a telegram said."""
    return await tx.fetchval(
        "SELECT content_hash FROM telegram WHERE municipality = $1 AND telegram_id = $2",
        municipality,
        telegram_id,
    )


async def update_number(tx: Tx, municipality: str, telegram_id: UUID) -> tuple[UUID, int] | None:
    """The lane and 更新順番号 a telegram travels in, if it travels in one."""
    row = await tx.fetchrow(
        "SELECT resident_id, update_no FROM telegram WHERE municipality = $1 AND telegram_id = $2",
        municipality,
        telegram_id,
    )
    if row is None or row["update_no"] is None:
        return None
    return row["resident_id"], row["update_no"]


async def _keep_body(
    tx: Tx, vault: Vault, municipality: str, telegram_id: UUID, direction: str, content: bytes
) -> None:
    sealed = vault.seal_body(municipality, telegram_id, direction, content)
    await tx.execute(
        "INSERT INTO telegram_body (municipality, telegram_id, direction, key_id,"
        " wrapped_key, ciphertext)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        municipality,
        telegram_id,
        direction,
        sealed.key_id,
        sealed.wrapped_key,
        sealed.ciphertext,
    )


async def _log(
    tx: Tx, municipality: str, telegram_id: UUID, event: str, fence: int, code: str
) -> None:
    await tx.execute(
        "INSERT INTO telegram_event (municipality, telegram_id, event, fence, code)"
        " VALUES ($1, $2, $3, $4, $5)",
        municipality,
        telegram_id,
        event,
        fence,
        code,
    )


def _sent(row: Row) -> Sent:
    return Sent(*row)._replace(state=TelegramState(row["state"]))
