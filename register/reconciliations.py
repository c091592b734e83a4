"""突合 as the register keeps it: how far it has come, page by page, and what it met."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from domain.payload import Payload

if TYPE_CHECKING:
    from uuid import UUID

    from domain.cases import StepRef
    from domain.telegrams import Peer
    from register.transactions import Tx


class Reached(NamedTuple):
    """How far the comparison with one system has come: behind which number, and how many people."""

    number: int = 0
    key: str = ""
    compared: int = 0
    over: bool = False


class Outcome(NamedTuple):
    """What one page gave."""

    telegram_id: UUID
    reached: str
    last: bool
    compared: int
    total: int
    found: int
    in_transition: int


class Progress(Payload):
    """How far the comparison with one system has come, in numbers."""

    peer: str
    compared: int
    total: int
    found: int
    in_transition: int
    over: bool
    last_at: datetime


class KindCount(Payload):
    """How often one kind of difference was met."""

    kind: str
    times: int


async def reached(tx: Tx, ref: StepRef, peer: Peer) -> Reached:
    """Where the next page begins."""
    row = await tx.fetchrow(
        "SELECT max(page) AS number, sum(compared)::integer AS compared, bool_or(last) AS over,"
        " (array_agg(reached ORDER BY page DESC))[1] AS key FROM reconciliation_page"
        " WHERE municipality = $1 AND case_id = $2 AND peer = $3",
        ref.municipality,
        ref.case_id,
        peer,
    )
    if row is None or row["number"] is None:
        return Reached()
    return Reached(row["number"], row["key"], row["compared"], row["over"])


async def turn(tx: Tx, ref: StepRef, peer: Peer, page: int, outcome: Outcome) -> None:
    """Write a page down; who writes the same page again finds it written and changes nothing."""
    await tx.execute(
        "INSERT INTO reconciliation_page (municipality, case_id, peer, page, telegram_id, reached,"
        " last, compared, total, found, in_transition)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        ref.municipality,
        ref.case_id,
        peer,
        page,
        *outcome,
    )


async def progress(tx: Tx, case_id: UUID) -> list[Progress]:
    """How far a 突合 has come with each system."""
    rows = await tx.fetch(
        "SELECT peer, sum(compared)::integer AS compared,"
        " greatest(max(total), sum(compared)::integer) AS total,"
        " sum(found)::integer AS found, sum(in_transition)::integer AS in_transition,"
        " bool_or(last) AS over, max(at) AS last_at FROM reconciliation_page"
        " WHERE municipality = tenant() AND case_id = $1 GROUP BY peer ORDER BY min(log_id)",
        case_id,
    )
    return [Progress.model_validate(dict(row)) for row in rows]


async def counts(tx: Tx, case_id: UUID) -> list[KindCount]:
    """What a 突合 met, by kind."""
    rows = await tx.fetch(
        "SELECT d.kind, count(DISTINCT d.difference_id) AS times FROM difference_event e"
        " JOIN difference d USING (municipality, difference_id)"
        " WHERE e.municipality = tenant() AND e.case_id = $1 AND e.event IN ('found', 'seen_again')"
        " GROUP BY d.kind ORDER BY d.kind",
        case_id,
    )
    return [KindCount.model_validate(dict(row)) for row in rows]
