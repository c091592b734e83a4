"""Lanes: telegrams of one resident reach 住基ネット in the order of the resident's history.

A lane holds the last delivered 更新順番号.  A refused telegram was not applied: it keeps no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from register import wakeups

if TYPE_CHECKING:
    from uuid import UUID

    from domain.cases import StepRef
    from register.transactions import Tx


async def in_front(
    tx: Tx, ref: StepRef, resident_id: UUID, *, passes_parked: bool = False
) -> str | None:
    """Lock the lane; the number of the case this one must wait behind, or ``None`` when it is free.

    In front stands whoever came to owe a telegram before us, and whoever has one on its way whose
    outcome is not known.  A 消除 ``passes_parked``: it does not wait until people have decided.
    """
    await _hold(tx, ref.municipality, resident_id)
    return await tx.fetchval(_IN_FRONT, ref.municipality, resident_id, ref.case_id, passes_parked)


# Written so that the planner starts from the few ahead, not from every case of the town.
_IN_FRONT = """
WITH own AS (
    SELECT coalesce(min(place), 9223372036854775807) AS place FROM lane_debt
    WHERE municipality = $1 AND resident_id = $2 AND case_id = $3 AND state = 'owed'
), ahead AS MATERIALIZED (
    SELECT d.case_id FROM lane_debt d, own WHERE d.municipality = $1 AND d.resident_id = $2
    AND d.state = 'owed' AND d.case_id <> $3 AND d.place < own.place
    AND NOT ($4 AND EXISTS (SELECT FROM incident i WHERE i.municipality = $1
        AND i.case_id = d.case_id AND i.state = 'open'))
    UNION
    SELECT t.case_id FROM telegram t JOIN telegram_state s USING (municipality, telegram_id)
    WHERE t.municipality = $1 AND t.resident_id = $2 AND t.update_no IS NOT NULL
    AND t.case_id <> $3 AND s.state IN ('sending', 'unknown', 'unsent')
)
SELECT c.case_number FROM ahead CROSS JOIN LATERAL (
    SELECT case_number, accepted_at FROM case_file
    WHERE municipality = $1 AND case_id = ahead.case_id OFFSET 0
) c ORDER BY c.accepted_at LIMIT 1
"""


async def owe(tx: Tx, ref: StepRef, resident_id: UUID, history_no: int) -> None:
    """住基ネット must be told of this row, from now on: a 転出 is told of when its day has come.

    The place in the lane is taken now; owing the same row again changes nothing.
    """
    await tx.execute(
        "INSERT INTO lane_debt (municipality, resident_id, history_no, case_id)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        ref.municipality,
        resident_id,
        history_no,
        ref.case_id,
    )


async def owes(tx: Tx, ref: StepRef, resident_id: UUID) -> bool:
    """Whether this case has rows of the person that 住基ネット has not been told of."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM lane_debt WHERE municipality = $1 AND resident_id = $2"
        " AND case_id = $3 AND state = 'owed')",
        ref.municipality,
        resident_id,
        ref.case_id,
    )


async def next_number(tx: Tx, municipality: str, resident_id: UUID) -> int:
    """The 更新順番号 of the next telegram; the caller holds the lane."""
    return await tx.fetchval(
        "SELECT delivered + 1 FROM lane WHERE municipality = $1 AND resident_id = $2",
        municipality,
        resident_id,
    )


async def delivered(tx: Tx, municipality: str, resident_id: UUID, update_no: int) -> None:
    """A telegram of this resident was applied under this number; whoever waits may go."""
    await tx.execute(
        "UPDATE lane SET delivered = greatest(delivered, $3) WHERE municipality = $1"
        " AND resident_id = $2",
        municipality,
        resident_id,
        update_no,
    )
    await call_next(tx, municipality, resident_id)


async def call_next(tx: Tx, municipality: str, resident_id: UUID) -> None:
    """Wake whoever waits in this lane: something in it was settled by this transaction.

    Holds the lane, as does whoever looks whether it is free: a wait being written is seen here, or
    its writer sees what was settled.
    """
    await _hold(tx, municipality, resident_id)
    await wakeups.wake_lane(tx, municipality, resident_id)


async def settle(tx: Tx, ref: StepRef, resident_id: UUID, state: str) -> None:
    """This case owes no more telegrams for its rows: they were ``settled``, or became ``void``."""
    await tx.execute(
        "UPDATE lane_debt SET state = $4 WHERE municipality = $1 AND resident_id = $2"
        " AND case_id = $3 AND state = 'owed'",
        ref.municipality,
        resident_id,
        ref.case_id,
        state,
    )
    await call_next(tx, ref.municipality, resident_id)


async def _hold(tx: Tx, municipality: str, resident_id: UUID) -> None:
    await tx.execute(
        "INSERT INTO lane (municipality, resident_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        municipality,
        resident_id,
    )
    await tx.execute(
        "SELECT FROM lane WHERE municipality = $1 AND resident_id = $2 FOR UPDATE",
        municipality,
        resident_id,
    )
