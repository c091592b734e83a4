"""How cases that wait at a gate are let through: so many a second, nearest legal deadline first.

The relay goes round.  Everything it goes by stands in the database, so that another relay, or the
same one after its death, goes on where this one stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.acting import Acting
from domain.gates import GateEvent, GateState
from domain.opening_hours import OpeningCalendar
from domain.telegrams import Peer
from register.gates import RELAY, Change, change
from register.transactions import Transactions
from register.wakeups import Cause, notify_relay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from register.transactions import Pool, Row, Tx

_UNTIL_IS_OVER = "until"


class Shut(NamedTuple):
    """A gate where something may be due."""

    municipality: str
    peer: Peer


class _Gate(NamedTuple):
    state: GateState
    over: bool
    """The time for which staff held it has passed."""
    to_probe: bool
    """It was held by itself, and is to be tried."""
    closed: bool
    """住基ネット is closed: nobody would get anywhere."""
    budget: int
    now: datetime


_DUE = """
SELECT municipality, peer FROM peer_gate
WHERE state = 'draining'
OR (state = 'held' AND (until <= business_now() OR probe_at <= clock_timestamp()))
UNION
SELECT w.municipality, w.peer FROM case_wait w
JOIN peer_gate g USING (municipality, peer) JOIN case_file c USING (municipality, case_id)
WHERE w.kind = 'gate' AND NOT w.over AND w.released_at IS NULL AND g.state = 'open'
AND c.state = 'open'
"""

_LOCKED = """
SELECT g.state, coalesce(g.until <= business_now(), false) AS over,
    coalesce(g.probe_at <= clock_timestamp(), false) AS to_probe,
    m.opening::text AS opening, m.gate_budget AS budget, business_now() AS today,
    clock_timestamp() AS now
FROM peer_gate g JOIN municipality m USING (municipality)
WHERE g.municipality = $1 AND g.peer = $2
FOR UPDATE OF g SKIP LOCKED
"""

_NEXT = """
SELECT w.case_id FROM case_wait w JOIN case_file c USING (municipality, case_id)
WHERE w.municipality = $1 AND w.peer = $2 AND w.kind = 'gate' AND NOT w.over
AND w.released_at IS NULL AND c.state = 'open'
GROUP BY w.case_id, c.due_on, c.accepted_at
ORDER BY c.due_on NULLS LAST, c.accepted_at, w.case_id LIMIT $3
"""

# Let through and not answered yet, or about to come to the gate after an attempt that failed.
_STILL_TRIED = """
SELECT EXISTS (SELECT FROM case_wait w JOIN case_file c USING (municipality, case_id)
    JOIN peer_gate g USING (municipality, peer)
    WHERE w.municipality = $1 AND w.peer = $2 AND w.kind = 'gate' AND NOT w.over
    AND w.released_at >= g.held_at AND c.state = 'open')
OR EXISTS (SELECT FROM step_failure f JOIN case_file c USING (municipality, case_id)
    WHERE f.municipality = $1 AND f.peer = $2 AND NOT f.over AND c.state = 'open')
"""


async def due(pool: Pool) -> list[Shut]:
    """Gates where somebody may be let through; one that is open, too, if somebody still waits.

    For a case may come to stand at a gate in the very instant in which that opens.
    """
    rows = await pool.fetch(_DUE)
    return [Shut(row["municipality"], Peer(row["peer"])) for row in rows]


async def let_through(pool: Pool, shut: Shut) -> int:
    """Do what is due at one gate; how many cases were let through.

    Another relay that is at it just now is left alone.
    """
    acting = Acting(municipality=shut.municipality, actor=RELAY, purpose="a gate")
    async with Transactions(pool).open(acting) as tx:
        row = await tx.fetchrow(_LOCKED, *shut)
        return await _served(tx, shut, _gate(shut, row)) if row is not None else 0


async def _served(tx: Tx, shut: Shut, gate: _Gate) -> int:
    if gate.closed:
        return 0
    if gate.to_probe:
        return await _probed(tx, shut, gate)
    if gate.over:
        await change(tx, *shut, Change(GateEvent.DRAINING, RELAY, _UNTIL_IS_OVER))
    elif gate.state is GateState.HELD:
        return 0
    return await _drained(tx, shut, gate)


async def _probed(tx: Tx, shut: Shut, gate: _Gate) -> int:
    """Let the most urgent case try; where nobody is left who might, nothing is to be held back."""
    first = await _next(tx, shut, 1)
    if not first and await tx.fetchval(_STILL_TRIED, *shut):
        return 0
    if not first:
        await change(tx, *shut, Change(GateEvent.DRAINING, RELAY))
        await change(tx, *shut, Change(GateEvent.OPENED, RELAY))
        return 0
    await _release(tx, shut, first, gate.now)
    await tx.execute(
        "UPDATE peer_gate g SET probe_at = clock_timestamp() + pause.next, probe_pause = pause.next"
        " FROM (SELECT least(p.probe_pause * 2, m.gate_probe_most::interval) AS next"
        "  FROM peer_gate p JOIN municipality m USING (municipality)"
        "  WHERE p.municipality = $1 AND p.peer = $2) pause"
        " WHERE g.municipality = $1 AND g.peer = $2",
        *shut,
    )
    return 1


async def _drained(tx: Tx, shut: Shut, gate: _Gate) -> int:
    """Let through what the last second has left of the budget; open when nobody waits."""
    just = await tx.fetchval(
        "SELECT count(DISTINCT case_id) FROM case_wait WHERE municipality = $1 AND peer = $2"
        " AND released_at > $3::timestamptz - interval '1 second'",
        *shut,
        gate.now,
    )
    room = max(gate.budget - just, 0)
    found = await _next(tx, shut, room + 1)
    await _release(tx, shut, found[:room], gate.now)
    if not found and gate.state is not GateState.OPEN:
        await change(tx, *shut, Change(GateEvent.OPENED, RELAY))
    return len(found[:room])


async def _next(tx: Tx, shut: Shut, limit: int) -> list[UUID]:
    return [row["case_id"] for row in await tx.fetch(_NEXT, *shut, limit)]


async def _release(tx: Tx, shut: Shut, cases: Sequence[UUID], now: datetime) -> None:
    """Let these through, and wake them; ``now`` is the instant by which the budget is counted."""
    if not cases:
        return
    await tx.execute(
        "UPDATE case_wait SET released_at = $4 WHERE municipality = $1"
        " AND peer = $2 AND kind = 'gate' AND NOT over AND case_id = ANY($3)",
        *shut,
        list(cases),
        now,
    )
    await tx.executemany(
        "INSERT INTO wakeup (municipality, case_id, cause) VALUES ($1, $2, $3)",
        [(shut.municipality, case, Cause.GATE) for case in cases],
    )
    await notify_relay(tx)


def _gate(shut: Shut, row: Row) -> _Gate:
    calendar = OpeningCalendar.model_validate_json(row["opening"])
    return _Gate(
        state=GateState(row["state"]),
        over=row["over"],
        to_probe=row["to_probe"],
        closed=shut.peer is Peer.JLIS and not calendar.is_open(row["today"]),
        budget=row["budget"],
        now=row["now"],
    )
