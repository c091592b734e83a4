"""What the register says of a person on a day, and what it said then: two time axes (住民票の履歴).

``known_on`` (処理日) chooses the rows that existed on a day; ``effective_on`` (異動日) how far into
the person's life they are read.  Rows that were cancelled, and the rows that cancelled them, drop
out; each of the others contributes only the fields it changed, in order of 異動日, then 履歴番号.
What a case says again of a field replaces what it said before, whichever day it named then.
"""

from __future__ import annotations

from collections import ChainMap
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.dates import RegisterDate
from domain.numbers import ResidentCode
from domain.payload import Payload
from domain.residents import Entry, Presence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from register.transactions import Row, Tx

FIELDS = (*Entry.model_fields, "presence", "code")
"""Everything a history row may say it changed: the fields of the entry, and these two beside it."""


class HistoryRow(Payload):
    """One row of a person's history: the whole of what stood from then on, and what it changed.

    ``effective_on`` is the 異動日 (a 不詳 one keeps its wording and sorts by its plain day),
    ``processed_on`` the 処理日, ``notified_on`` the 届出日.  ``changed`` names members of
    ``FIELDS``; ``cancels`` the 履歴番号 this row takes back.
    """

    history_no: int
    case_id: UUID | None = None
    reason: str
    effective_on: RegisterDate
    processed_on: date
    notified_on: date | None = None
    presence: Presence
    code: ResidentCode | None = None
    entry: Entry
    changed: frozenset[str]
    cancels: frozenset[int] = frozenset()


class PersonOnDay(Payload):
    """A person as of a day: 住民状態, 住民票コード, and the entry."""

    presence: Presence
    code: ResidentCode | None
    entry: Entry


def as_of(rows: Iterable[HistoryRow], *, effective_on: date, known_on: date) -> PersonOnDay | None:
    """Tell how a person stood on ``effective_on``, as the register knew it on ``known_on``.

    None if no row that counted said that the person was, or had been, a resident: before a birth,
    after its cancellation, before anybody reported it.  A field that no counting row changed is
    read from the earliest of them.
    """
    known = [row for row in rows if row.processed_on <= known_on]
    standing = _corrected(effective(known))
    counting = [row for row in standing if row.effective_on.day <= effective_on]
    if not any("presence" in row.changed for row in counting):
        return None
    said = ChainMap[str, Any](*(_said_by(row) for row in reversed(counting)), _whole(counting[0]))
    entry = Entry.model_construct(**{field: said[field] for field in Entry.model_fields})
    return PersonOnDay(presence=said["presence"], code=said["code"], entry=entry)


def effective(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    """The rows that count, in order of 異動日, then 履歴番号.

    A cancellation that was itself cancelled has no effect: what it took back counts again.
    """
    void: set[int] = set()
    counting: list[HistoryRow] = []
    for row in sorted(rows, key=lambda row: row.history_no, reverse=True):
        if row.history_no in void:
            continue
        void |= row.cancels
        if not row.cancels:
            counting.append(row)
    return sorted(counting, key=lambda row: (row.effective_on.day, row.history_no))


def _corrected(rows: list[HistoryRow]) -> list[HistoryRow]:
    """Leave to each row only what no later row of its own case has said anew (誤記修正)."""
    said_later: dict[UUID, frozenset[str]] = {}
    standing = {row.history_no: row for row in rows}
    for number in sorted(standing, reverse=True):
        row = standing[number]
        if row.case_id is None:
            continue
        later = said_later.get(row.case_id, frozenset())
        standing[number] = row.model_copy(update={"changed": row.changed - later})
        said_later[row.case_id] = later | row.changed
    return list(standing.values())


async def history_of(tx: Tx, resident_id: UUID) -> list[HistoryRow]:
    """Read a person's whole history by 履歴番号; empty for a person who is not of this register."""
    rows = await tx.fetch(
        "SELECT history_no, case_id, reason, effective_on, effective_notation, processed_on,"
        " notified_on, presence, code, entry::text AS entry, changed, cancels"
        " FROM resident_history WHERE resident_id = $1 ORDER BY history_no",
        resident_id,
    )
    return [_history_row(row) for row in rows]


async def entry_as_of(
    tx: Tx, resident_id: UUID, *, effective_on: date, known_on: date
) -> PersonOnDay | None:
    """``as_of`` over the person's stored history."""
    rows = await history_of(tx, resident_id)
    return as_of(rows, effective_on=effective_on, known_on=known_on)


def _said_by(row: HistoryRow) -> dict[str, Any]:
    whole = _whole(row)
    return {field: whole[field] for field in row.changed & whole.keys()}


def _whole(row: HistoryRow) -> dict[str, Any]:
    return {**dict(row.entry), "presence": row.presence, "code": row.code}


def _history_row(row: Row) -> HistoryRow:
    return HistoryRow(
        history_no=row["history_no"],
        case_id=row["case_id"],
        reason=row["reason"],
        effective_on=RegisterDate(day=row["effective_on"], notation=row["effective_notation"]),
        processed_on=row["processed_on"],
        notified_on=row["notified_on"],
        presence=Presence(row["presence"]),
        code=row["code"],
        entry=Entry.model_validate_json(row["entry"]),
        changed=frozenset(row["changed"]),
        cancels=frozenset(row["cancels"]),
    )
