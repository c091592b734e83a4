"""The items of a 一括処理: whose turn it is, what was done, and what has become of each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.bulk import ItemState, as_not_decided
from domain.payload import Payload
from register import bulk_drafts, rulings
from register.rulings import Ruling

if TYPE_CHECKING:
    from register.bulk_repairs import Bulk, Said
    from register.transactions import Tx


class Turn(NamedTuple):
    """The item whose turn it is."""

    item: int
    incident_id: UUID
    case_id: UUID


class Item(Payload):
    """One item as people see it; ``code`` is what its incident was, ``told`` why it is as it is.

    ``again`` is the code of the incident that opened when the decision had failed.
    """

    item: int
    incident_id: UUID
    case_number: str
    procedure: str
    step: str
    subject: int
    code: str
    peer: str | None
    state: ItemState
    told: str
    again: str | None
    decision_id: UUID | None
    at: datetime | None


# How a decision ended is told by its own events, and by nothing beside them.  Whose turn has not
# come when a list is stopped, or its case withdrawn, is left alone.
_STATE = """
CASE WHEN b.foreseen <> '' THEN 'left_out'
    WHEN o.outcome IS NULL AND (r.state = 'stopped' OR l.direction = 'withdrawing') THEN 'stopped'
    WHEN o.outcome IS NULL THEN 'waiting'
    WHEN o.outcome = 'decided' THEN coalesce((SELECT e.event FROM decision_event e
        WHERE e.municipality = o.municipality AND e.decision_id = o.decision_id
        AND e.event IN ('worked', 'failed_again')), 'decided') ELSE o.outcome END
"""
_OF = """
JOIN bulk_repair r USING (municipality, bulk_id)
LEFT JOIN case_file l ON l.municipality = r.municipality AND l.case_id = r.case_id
LEFT JOIN bulk_outcome o ON o.municipality = b.municipality AND o.bulk_id = b.bulk_id
    AND o.item = b.item
"""
_PAGE = f"""
SELECT b.item, b.incident_id, c.case_number, c.procedure, i.step, i.subject, i.code, i.peer,
    {_STATE} AS state, coalesce(nullif(b.foreseen, ''), o.code, '') AS told,
    o.decision_id, o.at, n.code AS again
FROM (SELECT * FROM bulk_item WHERE municipality = tenant() AND bulk_id = $1 AND item > $2
    ORDER BY item LIMIT $3) b {_OF}
JOIN incident i ON i.municipality = b.municipality AND i.incident_id = b.incident_id
JOIN case_file c ON c.municipality = b.municipality AND c.case_id = b.case_id
LEFT JOIN incident n ON n.municipality = i.municipality AND n.case_id = i.case_id
    AND n.step = i.step AND n.subject = i.subject AND n.sequence = i.sequence + 1
    AND o.outcome = 'decided'
ORDER BY b.item
"""  # noqa: S608 - put together from our own texts
_COUNTS = f"""
SELECT state, told, count(*)::integer AS times FROM (
    SELECT {_STATE} AS state, coalesce(nullif(b.foreseen, ''), o.code, '') AS told
    FROM bulk_item b {_OF} WHERE b.municipality = tenant() AND b.bulk_id = $1
) judged GROUP BY state, told ORDER BY state, told
"""  # noqa: S608 - put together from our own texts
_NEXT = """
SELECT item, incident_id, case_id FROM bulk_item
WHERE municipality = $1 AND bulk_id = $2 AND foreseen = '' AND item > coalesce((
    SELECT max(item) FROM bulk_outcome WHERE municipality = $1 AND bulk_id = $2), 0)
ORDER BY item LIMIT 1
"""
_DUE_IN = """
SELECT greatest(extract(epoch FROM at - clock_timestamp()) + 60.0 / $3, 0)::float8
FROM bulk_outcome WHERE municipality = $1 AND bulk_id = $2 ORDER BY item DESC LIMIT 1
"""


async def page(tx: Tx, bulk_id: UUID, behind: int, limit: int) -> list[Item]:
    """At most ``limit`` items behind a place in the list."""
    rows = await tx.fetch(_PAGE, bulk_id, behind, limit)
    return [Item.model_validate(dict(row)) for row in rows]


async def counts(tx: Tx, bulk_id: UUID) -> dict[tuple[ItemState, str], int]:
    """How many items stand how, and for which reason where there is one."""
    rows = await tx.fetch(_COUNTS, bulk_id)
    return {(ItemState(row["state"]), row["told"]): row["times"] for row in rows}


async def sample(tx: Tx, bulk_id: UUID, most: int) -> list[str]:
    """The numbers of the first cases that are to be decided."""
    rows = await tx.fetch(
        "SELECT c.case_number FROM bulk_item b JOIN case_file c USING (municipality, case_id)"
        " WHERE b.municipality = tenant() AND b.bulk_id = $1 AND b.foreseen = ''"
        " ORDER BY b.item LIMIT $2",
        bulk_id,
        most,
    )
    return [row["case_number"] for row in rows]


async def procedures(tx: Tx, bulk_id: UUID) -> list[str]:
    """The procedures of the cases that are to be decided."""
    rows = await tx.fetch(
        "SELECT DISTINCT c.procedure FROM bulk_item b JOIN case_file c USING (municipality,"
        " case_id) WHERE b.municipality = tenant() AND b.bulk_id = $1 AND b.foreseen = ''"
        " ORDER BY c.procedure",
        bulk_id,
    )
    return [row["procedure"] for row in rows]


async def next_turn(tx: Tx, municipality: str, bulk_id: UUID) -> Turn | None:
    """Whose turn it is; items are worked off in their order, and so none is passed over."""
    row = await tx.fetchrow(_NEXT, municipality, bulk_id)
    return None if row is None else Turn(*row)


async def due_in(tx: Tx, municipality: str, bulk_id: UUID, per_minute: int) -> float:
    """Seconds until the next item may be decided; 0 for the first."""
    return await tx.fetchval(_DUE_IN, municipality, bulk_id, float(per_minute)) or 0.0


async def decide(tx: Tx, municipality: str, bulk: Bulk, turn: Turn, confirmed: Said) -> None:
    """Decide one item as whoever confirmed the list, if it may be decided where it stands now."""
    await tx.execute(
        "SELECT FROM case_file WHERE municipality = $1 AND case_id = $2 FOR UPDATE",
        municipality,
        turn.case_id,
    )
    if code := await bulk_drafts.obstacle(tx, turn.incident_id, bulk.verb):
        await _settle(tx, municipality, (bulk.bulk_id, turn.item), as_not_decided(code), code)
        return
    another = "" if bulk.author == confirmed.author else bulk.author
    ruling = Ruling(
        case_id=turn.case_id,
        incident_id=turn.incident_id,
        verb=bulk.verb,
        author=confirmed.author,
        role=confirmed.role,
        reason=bulk.reason,
        evidence=f"一括処理 {bulk.case_number}",
        second_person=another,
    )
    decision_id = await rulings.accept(tx, municipality, ruling)
    place = (bulk.bulk_id, turn.item)
    await _settle(tx, municipality, place, ItemState.DECIDED, decision_id=decision_id)


async def undecided(tx: Tx, case_id: UUID) -> int:
    """How many of the decisions a case of 一括処理 made have no outcome yet."""
    return await tx.fetchval(
        "SELECT count(*) FROM bulk_repair b JOIN bulk_outcome o USING (municipality, bulk_id)"
        " WHERE b.municipality = tenant() AND b.case_id = $1 AND o.outcome = 'decided'"
        " AND NOT EXISTS (SELECT FROM decision_event e WHERE e.municipality = o.municipality"
        " AND e.decision_id = o.decision_id AND e.event IN ('worked', 'failed_again'))",
        case_id,
    )


async def _settle(
    tx: Tx,
    municipality: str,
    place: tuple[UUID, int],
    outcome: ItemState,
    code: str = "",
    decision_id: UUID | None = None,
) -> None:
    await tx.execute(
        "INSERT INTO bulk_outcome (municipality, bulk_id, item, outcome, code, decision_id)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        municipality,
        *place,
        outcome,
        code,
        decision_id,
    )
