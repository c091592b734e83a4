"""What the relay sees: cases never started, wake-ups not taken, stock below its mark. Ids only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.acting import Acting
from domain.cases import CaseRef, Procedure
from register import cases, code_pool
from register.transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from register.transactions import Pool, Row


class Due(NamedTuple):
    """A case the engine must hear of."""

    case: CaseRef
    procedure: str
    wakeup: int = 0
    """The newest wake-up the case has not taken."""


async def unstarted(pool: Pool, limit: int) -> list[Due]:
    """Accepted cases the engine has not been told of, the longest waiting first."""
    rows = await pool.fetch(
        "SELECT municipality, case_id, case_number, procedure FROM case_file"
        " WHERE started_at IS NULL ORDER BY accepted_at LIMIT $1",
        limit,
    )
    return [_due(row) for row in rows]


async def started(pool: Pool, due: Sequence[Due]) -> None:
    """The engine has them."""
    await pool.execute(
        "UPDATE case_file SET started_at = clock_timestamp() WHERE case_id = ANY($1)"
        " AND started_at IS NULL",
        [one.case.case_id for one in due],
    )


async def to_wake(pool: Pool, limit: int, passing_over: Sequence[int]) -> list[Due]:
    """Open cases with wake-ups nobody has taken: the nearest legal deadline first.

    ``passing_over`` are newest wake-ups of cases that need no waking yet.  However many they are,
    they stand in nobody's way.
    """
    rows = await pool.fetch(
        "SELECT c.municipality, c.case_id, c.case_number, c.procedure, w.wakeup FROM case_file c"
        " JOIN (SELECT municipality, case_id, max(wakeup_id) AS wakeup FROM wakeup"
        "   WHERE taken_at IS NULL GROUP BY municipality, case_id) w"
        " USING (municipality, case_id)"
        " WHERE c.state = 'open' AND c.started_at IS NOT NULL AND w.wakeup <> ALL($2)"
        " ORDER BY c.due_on NULLS LAST, c.accepted_at LIMIT $1",
        limit,
        list(passing_over),
    )
    return [_due(row)._replace(wakeup=row["wakeup"]) for row in rows]


async def open_cases(pool: Pool) -> list[Due]:
    """Every case that is not closed."""
    rows = await pool.fetch(
        "SELECT municipality, case_id, case_number, procedure FROM case_file WHERE state = 'open'"
        " AND started_at IS NOT NULL ORDER BY accepted_at"
    )
    return [_due(row) for row in rows]


async def order_top_ups(pool: Pool) -> list[CaseRef]:
    """Open a 住民票コード補充 wherever stock is below its mark and none is under way."""
    low = await pool.fetch(
        "SELECT m.municipality FROM municipality m WHERE m.low_water > (SELECT"
        " count(*) FROM (SELECT"
        " FROM pool_code p WHERE p.municipality = m.municipality AND p.state = 'free'"
        " LIMIT m.low_water) free)"
        " AND NOT EXISTS (SELECT FROM case_file c WHERE c.municipality = m.municipality"
        " AND c.procedure = '住民票コード補充' AND c.state = 'open')"
    )
    return [case for row in low if (case := await _order_top_up(pool, row["municipality"]))]


async def _order_top_up(pool: Pool, municipality: str) -> CaseRef | None:
    acting = Acting(municipality=municipality, actor="relay", purpose="watching the stock")
    async with Transactions(pool).open(acting) as tx:
        return await code_pool.order_if_low(tx, municipality, "relay")


async def open_what_is_due(pool: Pool) -> list[CaseRef]:
    """Open what the calendar asks for: a 突合 a day, and the day's certificates.

    Due is what has not been opened since its hour last struck; a relay that slept makes up for it.
    """
    due = await pool.fetch(_DUE)
    return [case for row in due if (case := await _open_due(pool, row))]


async def _open_due(pool: Pool, row: Row) -> CaseRef | None:
    acting = Acting(municipality=row["municipality"], actor="relay", purpose="the calendar")
    async with Transactions(pool).open(acting) as tx:
        return await cases.open_alone(tx, row["municipality"], Procedure(row["procedure"]), "relay")


_DUE = """
SELECT m.municipality, due.procedure FROM municipality m
CROSS JOIN LATERAL (
    VALUES ('突合', m.reconcile_at), ('証明書シリアル一括取得', m.serials_at)
) due (procedure, struck_at)
CROSS JOIN LATERAL (
    SELECT (business_day() + nullif(due.struck_at, '')::time) AT TIME ZONE 'Asia/Tokyo' AS today
) hour
WHERE due.struck_at <> '' AND NOT EXISTS (
    SELECT FROM case_file c WHERE c.municipality = m.municipality AND c.procedure = due.procedure
    AND (c.state = 'open' OR c.accepted_at >= hour.today - CASE
        WHEN hour.today > business_now() THEN interval '1 day' ELSE interval '0' END))
"""


def _due(row: Row) -> Due:
    case = CaseRef(
        municipality=row["municipality"], case_id=row["case_id"], case_number=row["case_number"]
    )
    return Due(case, row["procedure"])
