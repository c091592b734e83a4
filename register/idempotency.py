"""Idempotency keys: the same request, however often and whenever it comes, is done once.

A key belongs to a client of a municipality and is kept for ever: a 届出 must not be accepted twice
even years later.  Its row is inserted by the transaction of the act itself, so a twin that comes
meanwhile waits for that transaction and then reads what it answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from domain.errors import Refused

if TYPE_CHECKING:
    from register.transactions import Tx


class Request(NamedTuple):
    """One request as its key stands for it; ``body_hash`` is keyed, for bodies name people."""

    client: str
    key: str
    route: str
    body_hash: bytes


class Answer(NamedTuple):
    """What was answered, to be answered again: nothing in it is personal data."""

    status: int
    body: dict[str, Any]
    location: str = ""


async def begin(tx: Tx, municipality: str, request: Request) -> Answer | None:
    """Take the key for this transaction; or the answer it has already brought.

    Waits while a twin is at work.  Raises `Refused` IDEMPOTENCY_KEY_REUSED when the key stands for
    another request.
    """
    taken = await tx.fetchval(
        "INSERT INTO idempotency_key (municipality, client, key, route, body_hash)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING true",
        municipality,
        *_columns(request),
    )
    return None if taken else await _answer(tx, municipality, request)


async def finish(tx: Tx, municipality: str, request: Request, answer: Answer) -> None:
    """Keep the answer with the key."""
    await tx.execute(
        "UPDATE idempotency_key SET status = $4, answer = $5, location = $6"
        " WHERE municipality = $1 AND client = $2 AND key = $3",
        municipality,
        request.client,
        request.key,
        answer.status,
        answer.body,
        answer.location,
    )


async def _answer(tx: Tx, municipality: str, request: Request) -> Answer:
    row = await tx.fetchrow(
        "SELECT route, body_hash, status, answer, location FROM idempotency_key"
        " WHERE municipality = $1 AND client = $2 AND key = $3",
        municipality,
        request.client,
        request.key,
    )
    if row is None or (row["route"], row["body_hash"]) != (request.route, request.body_hash):
        raise Refused("IDEMPOTENCY_KEY_REUSED")
    return Answer(row["status"], row["answer"], row["location"])


def _columns(request: Request) -> tuple[str, str, str, bytes]:
    return (request.client, request.key, request.route, request.body_hash)
