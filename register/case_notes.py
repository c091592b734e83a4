"""引継ぎメモ: what staff note about a case for whoever comes after them; never changed again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.identifiers import new_id
from domain.payload import Payload

if TYPE_CHECKING:
    from register.transactions import Tx


class Author(NamedTuple):
    """Who writes, and in which role."""

    subject: str
    role: str


class CaseNote(Payload):
    """One note; ``author`` is the name their identity provider, or their token, has for them."""

    note_id: UUID
    author: str
    role: str
    words: str
    at: datetime


async def write(tx: Tx, municipality: str, case_id: UUID, author: Author, words: str) -> UUID:
    """Put a note to a case; its id."""
    note_id = new_id()
    await tx.execute(
        "INSERT INTO case_note (municipality, note_id, case_id, author, role, words)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        municipality,
        note_id,
        case_id,
        *author,
        words,
    )
    return note_id


async def of_case(tx: Tx, case_id: UUID) -> list[CaseNote]:
    """All notes to a case, newest first."""
    rows = await tx.fetch(
        "SELECT note_id, author, role, words, at FROM case_note"
        " WHERE municipality = tenant() AND case_id = $1 ORDER BY log_id DESC",
        case_id,
    )
    return [CaseNote.model_validate(dict(row)) for row in rows]
