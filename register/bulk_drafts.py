"""一括処理 as it is drafted: which incidents a list is made of, and what is foreseen of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.bulk import AT_MOST, OURSELVES
from domain.cases import CaseState, Direction, Procedure, Verb
from domain.identifiers import new_id
from domain.judging import of_case, of_incident

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.bulk import Wanted
    from register.transactions import Row, Tx


class Draft(NamedTuple):
    """What somebody wants done, and up to how many items they may confirm it alone."""

    verb: Verb
    wanted: Wanted
    alone_up_to: int
    author: str
    role: str
    reason: str


class Listed(NamedTuple):
    """One incident of a list; ``foreseen`` is why it is left alone, blank if it is not."""

    incident_id: UUID
    case_id: UUID
    procedure: str
    foreseen: str = ""


_STANDING = """
SELECT i.incident_id, i.case_id, c.procedure, i.state AS incident_state, i.verbs,
    c.state, c.direction,
    EXISTS (SELECT FROM decision d WHERE d.municipality = i.municipality
        AND d.case_id = i.case_id AND d.verb = 'withdraw') AS to_withdraw
FROM incident i JOIN case_file c USING (municipality, case_id)
WHERE i.municipality = tenant()
"""
_ONE = f"{_STANDING} AND i.incident_id = $1"
# 一括処理 itself is left out: it holds its own case while it decides in another.
_MATCHING = f"""
{_STANDING} AND i.state <> 'closed' AND c.procedure <> '{Procedure.BULK}'
AND ($1 = '' OR coalesce(i.peer, '{OURSELVES}') = $1)
AND ($2 = '' OR i.code = $2) AND ($3 = '' OR i.step = $3) AND ($4 = '' OR c.procedure = $4)
AND ($5::integer IS NULL OR i.opened_at < clock_timestamp() - make_interval(hours => $5))
ORDER BY coalesce(c.due_on, 'infinity'), i.opened_at, i.incident_id LIMIT $6
"""


async def matching(tx: Tx, wanted: Wanted, verb: Verb) -> list[Listed]:
    """The incidents that stand now and are wanted, the nearest legal deadline first.

    One more than a list may hold tells that there are too many.
    """
    rows = await tx.fetch(_MATCHING, *dict(wanted).values(), AT_MOST + 1)
    return [Listed(*tuple(row)[:3], foreseen=_obstacle(row, verb)) for row in rows]


async def obstacle(tx: Tx, incident_id: UUID, verb: Verb) -> str:
    """What stands in the way of deciding one incident now; the caller holds its case's lock."""
    row = await tx.fetchrow(_ONE, incident_id)
    return "STALE_INCIDENT" if row is None else _obstacle(row, verb)


async def freeze(tx: Tx, municipality: str, draft: Draft, items: Sequence[Listed]) -> UUID:
    """Store a draft with its list, to which nothing can be added afterwards."""
    bulk_id = new_id()
    await tx.execute(
        "INSERT INTO bulk_draft (municipality, bulk_id, verb, wanted, alone_up_to, author, role,"
        " reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        municipality,
        bulk_id,
        draft.verb,
        draft.wanted.model_dump(mode="json"),
        *draft[2:],
    )
    await tx.execute(
        "INSERT INTO bulk_item (municipality, bulk_id, item, incident_id, case_id, foreseen)"
        " SELECT $1, $2, item, incident_id, case_id, foreseen FROM unnest($3::uuid[], $4::uuid[],"
        " $5::text[]) WITH ORDINALITY listed (incident_id, case_id, foreseen, item)",
        municipality,
        bulk_id,
        [item.incident_id for item in items],
        [item.case_id for item in items],
        [item.foreseen for item in items],
    )
    await tx.execute(
        "INSERT INTO bulk_repair (municipality, bulk_id) VALUES ($1, $2)", municipality, bulk_id
    )
    return bulk_id


def _obstacle(row: Row, verb: Verb) -> str:
    state, direction = CaseState(row["state"]), Direction(row["direction"])
    hindered = of_case(state, direction, verb, to_withdraw=row["to_withdraw"])
    return hindered or of_incident(row["incident_state"], row["verbs"], verb)
