"""What the register says of people, page by page, in the form a 突合 compares; nothing is opened.

個人番号 and serial numbers are compared by their keyed hashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.residents import Entry, Presence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from domain.pages import Span
    from register.transactions import Row, Tx


class Ours(NamedTuple):
    """One person as the register has them today; ``key`` is the number the page goes by."""

    key: str
    resident_id: UUID
    here: bool
    entry: Entry
    number: bytes | None
    delivered: int
    serials: frozenset[bytes]


_PERSON = """
SELECT {key} AS key, p.resident_id, p.presence, p.entry::text AS entry,
    (SELECT v.lookup FROM vault v WHERE v.municipality = $1 AND v.resident_id = p.resident_id
        AND v.field = '個人番号' AND v.standing = 'current') AS number,
    coalesce((SELECT l.delivered FROM lane l WHERE l.municipality = $1
        AND l.resident_id = p.resident_id), 0) AS delivered,
    (SELECT array_agg(s.serial) FROM certificate_serial s WHERE s.municipality = $1
        AND s.resident_id = p.resident_id AND s.state = 'valid') AS serials
FROM resident_today p JOIN resident r USING (municipality, resident_id)
WHERE p.municipality = $1 AND {key} > $2 AND ($3::text IS NULL OR {key} <= $3)
ORDER BY {key}
"""
BY_CODE = "p.code"
BY_ADDRESSEE = "r.addressee_number"
_NEXT = """
SELECT max(key) AS last, count(*) AS found FROM (
    SELECT {key} AS key FROM resident_present p JOIN resident r USING (municipality, resident_id)
    WHERE p.municipality = $1 AND {key} > $2 ORDER BY {key} LIMIT $3) page
"""


async def next_span_end(tx: Tx, municipality: str, by: str, after: str, limit: int) -> str | None:
    """Where the next page of ours ends; ``None`` when it is the last."""
    row = await tx.fetchrow(_NEXT.format(key=by), municipality, after, limit)
    return None if row is None or row["found"] < limit else row["last"]


async def people(tx: Tx, municipality: str, by: str, span: Span) -> list[Ours]:
    """Everybody of a span, 除票 too, in order."""
    rows = await tx.fetch(_PERSON.format(key=by), municipality, *span)
    return [_ours(row) for row in rows]


async def count(tx: Tx, municipality: str) -> int:
    """How many people the register holds, 除票 too."""
    return await tx.fetchval(
        "SELECT count(*) FROM resident_present WHERE municipality = $1", municipality
    )


async def requests(
    tx: Tx, municipality: str, residents: Sequence[UUID]
) -> Mapping[UUID, list[UUID]]:
    """The 処理通番 住基ネット has taken for these people."""
    rows = await tx.fetch(
        "SELECT resident_id, array_agg(request_number) AS numbers FROM linkage_request"
        " WHERE municipality = $1 AND resident_id = ANY($2) GROUP BY resident_id",
        municipality,
        list(residents),
    )
    return {row["resident_id"]: row["numbers"] for row in rows}


def _ours(row: Row) -> Ours:
    return Ours(
        key=row["key"],
        resident_id=row["resident_id"],
        here=row["presence"] == Presence.RESIDENT,
        entry=Entry.model_validate_json(row["entry"]),
        number=row["number"],
        delivered=row["delivered"],
        serials=frozenset(row["serials"] or ()),
    )
