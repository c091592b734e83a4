"""一括処理 from its draft to its end: where each stands, and what staff said of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.bulk import LEADS_TO, BulkEvent, BulkState, Wanted
from domain.cases import Procedure, Verb
from domain.payload import Payload
from register import cases, wakeups
from register.cases import Acceptance

if TYPE_CHECKING:
    from register.transactions import Tx


class Bulk(Payload):
    """A bulk repair; instants are the true clock's.

    ``state`` also says that it is over; one whose case is withdrawn is stopped.
    """

    bulk_id: UUID
    state: BulkState
    verb: Verb
    wanted: Wanted
    alone_up_to: int
    author: str
    role: str
    reason: str
    drafted_at: datetime
    size: int
    """Items that are to be decided."""
    case_id: UUID | None
    case_number: str | None

    @property
    def wants_another(self) -> bool:
        """Whether somebody else than its author must confirm it."""
        return self.size > self.alone_up_to


class Said(Payload):
    """What somebody of the staff said of it, and when."""

    event: BulkEvent
    author: str
    role: str
    reason: str
    at: datetime


class Behind(NamedTuple):
    """Behind which bulk repair a page begins."""

    drafted_at: datetime
    bulk_id: UUID


_BULK = """
SELECT b.bulk_id, b.drafted_at, b.case_id, c.case_number, d.verb, d.wanted, d.alone_up_to,
    d.author, d.role, d.reason, CASE WHEN c.direction = 'withdrawing' THEN 'stopped'
        WHEN c.state <> 'open' AND b.state <> 'stopped' THEN 'over' ELSE b.state END AS state,
    (SELECT count(*) FROM bulk_item i WHERE i.municipality = b.municipality
        AND i.bulk_id = b.bulk_id AND i.foreseen = '') AS size
FROM bulk_repair b JOIN bulk_draft d USING (municipality, bulk_id)
LEFT JOIN case_file c USING (municipality, case_id)
WHERE b.municipality = tenant()
"""
_PAGE = f"""
{_BULK} AND ($1::timestamptz IS NULL OR (b.drafted_at, b.bulk_id) < ($1, $2::uuid))
ORDER BY b.drafted_at DESC, b.bulk_id DESC LIMIT $3
"""
_SAID = (
    "SELECT event, author, role, reason, at FROM bulk_event"
    " WHERE municipality = tenant() AND bulk_id = $1 ORDER BY log_id"
)


async def find(tx: Tx, bulk_id: UUID) -> Bulk | None:
    """One of this municipality."""
    row = await tx.fetchrow(f"{_BULK} AND b.bulk_id = $1", bulk_id)
    return None if row is None else Bulk.model_validate(dict(row))


async def lock(tx: Tx, bulk_id: UUID) -> Bulk | None:
    """As `find`, and nobody says anything of it until the transaction ends."""
    row = await tx.fetchrow(f"{_BULK} AND b.bulk_id = $1 FOR UPDATE OF b", bulk_id)
    return None if row is None else Bulk.model_validate(dict(row))


async def of_case(tx: Tx, case_id: UUID) -> Bulk | None:
    """What a case of 一括処理 carries out; nobody stops it until the transaction ends."""
    row = await tx.fetchrow(f"{_BULK} AND b.case_id = $1 FOR SHARE OF b", case_id)
    return None if row is None else Bulk.model_validate(dict(row))


async def page(tx: Tx, behind: Behind | None, limit: int) -> list[Bulk]:
    """At most ``limit``, the newest draft first."""
    rows = await tx.fetch(_PAGE, *(behind or (None, None)), limit)
    return [Bulk.model_validate(dict(row)) for row in rows]


async def said(tx: Tx, bulk_id: UUID) -> list[Said]:
    """What staff said of it, the oldest first."""
    return [Said.model_validate(dict(row)) for row in await tx.fetch(_SAID, bulk_id)]


async def confirmed(tx: Tx, bulk_id: UUID) -> Said | None:
    """Who confirmed it, and so decides each item of it."""
    events = await said(tx, bulk_id)
    return next((one for one in events if one.event is BulkEvent.CONFIRMED), None)


async def say(tx: Tx, municipality: str, bulk: Bulk, said: Said) -> str | None:
    """Write down what staff say, whose right the caller has checked under the lock; do it.

    A confirmed one becomes a case, whose number is returned; one that runs is woken.
    """
    await tx.execute(
        "INSERT INTO bulk_event (municipality, bulk_id, event, author, role, reason)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        municipality,
        bulk.bulk_id,
        said.event,
        said.author,
        said.role,
        said.reason,
    )
    case_id, number = bulk.case_id, bulk.case_number
    if said.event is BulkEvent.CONFIRMED:
        opened = await cases.accept(tx, municipality, Acceptance(Procedure.BULK, {}, said.author))
        case_id, number = opened.case_id, opened.case_number
    elif case_id is not None:
        await wakeups.wake(tx, municipality, case_id, wakeups.Cause.BULK)
    await tx.execute(
        "UPDATE bulk_repair SET state = $3, case_id = $4 WHERE municipality = $1 AND bulk_id = $2",
        municipality,
        bulk.bulk_id,
        LEADS_TO[said.event],
        case_id,
    )
    return number
