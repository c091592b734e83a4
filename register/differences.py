"""差異: work items about people on whom register and other systems disagree."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.differences import MET_BY_BATCH, DifferenceKind, DifferenceState
from domain.identifiers import new_id
from domain.payload import Payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from register.transactions import Row, Tx


class Difference(Payload):
    """One work item; instants are the business clock's."""

    difference_id: UUID
    kind: DifferenceKind
    about: str
    resident_id: UUID | None
    state: DifferenceState
    found_at: datetime
    gone_at: datetime | None
    repair_case: str | None


class Found(NamedTuple):
    """A difference as a 突合 meets it."""

    kind: DifferenceKind
    about: str
    resident_id: UUID | None


class Ruling(NamedTuple):
    """What staff decided about one, and why; ``case_id`` is the case the decision leads to."""

    case_id: UUID
    author: str
    reason: str
    evidence: str = ""


class Behind(NamedTuple):
    """Behind which item a page begins."""

    found_at: datetime
    difference_id: UUID


async def find(tx: Tx, municipality: str, case_id: UUID, found: Found) -> None:
    """Open the work item of a difference, or note that a standing one was met again."""
    standing = await tx.fetchval(
        "UPDATE difference SET last_case = $4, state = 'open'"
        " WHERE municipality = $1 AND kind = $2 AND about = $3 AND state <> 'gone'"
        " RETURNING difference_id",
        municipality,
        found.kind,
        found.about,
        case_id,
    )
    difference_id = standing or new_id()
    if standing is None:
        await tx.execute(
            "INSERT INTO difference (municipality, difference_id, kind, about, resident_id, state,"
            " last_case) VALUES ($1, $2, $3, $4, $5, 'open', $6)",
            municipality,
            difference_id,
            *found,
            case_id,
        )
    event = "found" if standing is None else "seen_again"
    await _log(tx, municipality, difference_id, event, Ruling(case_id, "", ""))


async def leave(tx: Tx, municipality: str, case_id: UUID, found: Found) -> None:
    """Leave a standing item as it is: work under way explains what was met."""
    await tx.execute(
        "UPDATE difference SET last_case = $4"
        " WHERE municipality = $1 AND kind = $2 AND about = $3 AND state <> 'gone'",
        municipality,
        found.kind,
        found.about,
        case_id,
    )


async def close_unmet(tx: Tx, municipality: str, case_id: UUID) -> int:
    """A 突合 is through: whatever it has not met is gone.  Returns how many."""
    rows = await tx.fetch(
        "UPDATE difference SET state = 'gone', gone_at = business_now() WHERE municipality = $1"
        " AND state <> 'gone' AND last_case <> $2 AND kind <> ALL($3) RETURNING difference_id",
        municipality,
        case_id,
        list(MET_BY_BATCH),
    )
    await _gone(tx, municipality, case_id, rows)
    return len(rows)


async def close_known(tx: Tx, municipality: str, case_id: UUID) -> None:
    """Whose certificates changed before they were entered, and who is here by now, are no work."""
    rows = await tx.fetch(
        "UPDATE difference d SET state = 'gone', gone_at = business_now() WHERE municipality = $1"
        " AND state <> 'gone' AND kind = ANY($2) AND EXISTS (SELECT FROM resident_today r"
        "  WHERE r.municipality = $1 AND r.code = d.about AND r.presence = '現存')"
        " RETURNING difference_id",
        municipality,
        list(MET_BY_BATCH),
    )
    await _gone(tx, municipality, case_id, rows)


async def _gone(tx: Tx, municipality: str, case_id: UUID, rows: Sequence[Row]) -> None:
    for row in rows:
        await _log(tx, municipality, row["difference_id"], "gone", Ruling(case_id, "", ""))


async def lock(tx: Tx, difference_id: UUID) -> Difference | None:
    """One item, and nothing about it changes until the transaction ends."""
    row = await tx.fetchrow(f"{_ONE} FOR UPDATE OF d", difference_id)
    return None if row is None else Difference.model_validate(dict(row))


async def decide(
    tx: Tx, municipality: str, difference_id: UUID, state: DifferenceState, ruling: Ruling
) -> None:
    """Note what staff decided, and the case that carries it out; the item is locked."""
    await tx.execute(
        "UPDATE difference SET state = $3, repair_case = $4"
        " WHERE municipality = $1 AND difference_id = $2",
        municipality,
        difference_id,
        state,
        ruling.case_id if state is DifferenceState.REPAIRING else None,
    )
    await _log(tx, municipality, difference_id, state, ruling)


async def page(
    tx: Tx,
    states: list[DifferenceState],
    behind: Behind | None,
    limit: int,
    *,
    met_by: UUID | None = None,
    kind: DifferenceKind | None = None,
) -> list[Difference]:
    """At most ``limit`` items in these states, oldest first; of one 突合, or one kind, only."""
    rows = await tx.fetch(_PAGE, states, *(behind or (None, None)), limit, met_by, kind)
    return [Difference.model_validate(dict(row)) for row in rows]


async def standing(tx: Tx) -> dict[DifferenceKind, int]:
    """How many items of each kind are not gone."""
    rows = await tx.fetch(
        "SELECT kind, count(*) AS times FROM difference"
        " WHERE municipality = tenant() AND state <> 'gone' GROUP BY kind ORDER BY kind"
    )
    return {DifferenceKind(row["kind"]): row["times"] for row in rows}


async def last_case(tx: Tx, difference_id: UUID) -> UUID:
    """The 突合 that met an item last."""
    return await tx.fetchval(
        "SELECT last_case FROM difference WHERE municipality = tenant() AND difference_id = $1",
        difference_id,
    )


_ITEM = (
    "SELECT d.difference_id, d.kind, d.about, d.resident_id, d.state, d.found_at, d.gone_at,"
    " (SELECT c.case_number FROM case_file c WHERE c.municipality = d.municipality"
    "   AND c.case_id = d.repair_case) AS repair_case FROM difference d"
    " WHERE d.municipality = tenant()"
)
_ONE = f"{_ITEM} AND d.difference_id = $1"
_PAGE = (
    f"{_ITEM} AND d.state = ANY($1)"
    " AND ($2::timestamptz IS NULL OR (d.found_at, d.difference_id) > ($2, $3::uuid))"
    " AND ($5::uuid IS NULL OR EXISTS (SELECT FROM difference_event e"
    "   WHERE e.municipality = d.municipality AND e.difference_id = d.difference_id"
    "   AND e.case_id = $5 AND e.event IN ('found', 'seen_again')))"
    " AND ($6::text IS NULL OR d.kind = $6)"
    " ORDER BY d.found_at, d.difference_id LIMIT $4"
)


async def _log(tx: Tx, municipality: str, difference_id: UUID, event: str, ruling: Ruling) -> None:
    await tx.execute(
        "INSERT INTO difference_event"
        " (municipality, difference_id, event, case_id, author, reason, evidence)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        municipality,
        difference_id,
        event,
        *ruling,
    )
