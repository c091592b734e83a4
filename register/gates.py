"""The gate in front of each peer: when it is held, by whom, and what becomes of it.

Every change is written in its log, `gate_event`, by whoever holds the gate's row.  How those who
wait are let through is told in `gate_rounds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.gates import GateEvent, GateState
from register import incident_kinds, municipalities
from register.incident_kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from domain.cases import StepRef
    from domain.telegrams import Peer
    from register.municipalities import Parameters
    from register.transactions import Tx

WORKER = "worker"
RELAY = "relay"
"""What signs a change nobody made by hand."""


class Change(NamedTuple):
    """What becomes of a gate: by whom, why, and until when, by the business clock."""

    event: GateEvent
    author: str
    reason: str = ""
    until: datetime | None = None


async def change(tx: Tx, municipality: str, peer: Peer, what: Change) -> None:
    """Write a change in the log and in the gate; the caller holds the gate's row."""
    now = await tx.fetchval("SELECT clock_timestamp()")
    await tx.execute(
        "INSERT INTO gate_event (municipality, peer, event, author, reason, until, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        municipality,
        peer,
        *what,
        now,
    )
    await tx.execute(
        "UPDATE peer_gate SET state = $3, automatic = false, author = $4, reason = $5, until = $6,"
        " since = $7, held_at = CASE WHEN $3 = 'held' THEN $7 ELSE held_at END, probe_at = NULL,"
        " probe_pause = NULL"
        " WHERE municipality = $1 AND peer = $2",
        municipality,
        peer,
        what.event.leaves,
        what.author,
        what.reason,
        what.until,
        now,
    )
    if what.event is GateEvent.OPENED:
        await _end_incident(tx, municipality, peer)


async def hold(tx: Tx, municipality: str, peer: Peer, what: Change) -> None:
    """Have nothing leave for a peer, as staff have said; a gate that is held is held anew."""
    await stands(tx, municipality, peer)
    await change(tx, municipality, peer, what)


async def stands(tx: Tx, municipality: str, peer: Peer) -> GateState:
    """How a gate stands; it stays so until this transaction ends."""
    await tx.execute(
        "INSERT INTO peer_gate (municipality, peer) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        municipality,
        peer,
    )
    state = await tx.fetchval(
        "SELECT state FROM peer_gate WHERE municipality = $1 AND peer = $2 FOR UPDATE",
        municipality,
        peer,
    )
    return GateState(state)


async def release(tx: Tx, municipality: str, peer: Peer, author: str, reason: str) -> bool:
    """Let through, little by little, who waits at a gate that is held; ``False`` if it is not.

    The peer may not answer even now: then its gate is held by itself once more.
    """
    if await stands(tx, municipality, peer) is not GateState.HELD:
        return False
    await change(tx, municipality, peer, Change(GateEvent.DRAINING, author, reason))
    return True


async def unanswered(tx: Tx, ref: StepRef, peer: Peer, code: str, scale: float = 1.0) -> bool:
    """A peer gave no answer: note it, and hold its gate once that has happened often enough.

    Often enough is `Parameters.gate_failures` times within ``gate_within``, and no answer between.
    Returns whether the gate is held by now.  A case that was let through to try waits once more.
    ``scale`` stretches (or, where time is short, shrinks) the pause until the first try.
    """
    settled = (await municipalities.load(tx)).parameters
    first = settled.gate_probe_first * scale
    state, failures = await _counted(tx, ref.municipality, peer, settled)
    if state is GateState.HELD:
        await _is_back(tx, ref, peer)
        return True
    if len(failures) < settled.gate_failures:
        return False
    await _hold_automatically(tx, ref.municipality, peer, code, first)
    await _begin_incident(tx, ref.municipality, peer, code, failures[0])
    return True


async def answered(tx: Tx, municipality: str, peer: Peer) -> None:
    """A peer has answered, whatever it said: a gate that was held by itself lets through again."""
    row = await tx.fetchrow(
        "UPDATE peer_gate SET failures = '{}' WHERE municipality = $1 AND peer = $2"
        " AND (automatic OR failures <> '{}') RETURNING automatic",
        municipality,
        peer,
    )
    if row is not None and row["automatic"]:
        await change(tx, municipality, peer, Change(GateEvent.DRAINING, WORKER))


async def _counted(
    tx: Tx, municipality: str, peer: Peer, settled: Parameters
) -> tuple[GateState, list[datetime]]:
    """Count one more time without an answer; a gate that is held counts no further."""
    row = await tx.fetchrow(
        "INSERT INTO peer_gate (municipality, peer, failures)"
        " VALUES ($1, $2, ARRAY[clock_timestamp()])"
        " ON CONFLICT (municipality, peer) DO UPDATE SET failures ="
        " CASE WHEN peer_gate.state = 'held' THEN peer_gate.failures"
        " ELSE ARRAY(SELECT one FROM unnest(peer_gate.failures) one"
        "  WHERE one > clock_timestamp() - $3::interval) || clock_timestamp() END"
        " RETURNING state, failures",
        municipality,
        peer,
        settled.gate_within,
    )
    if row is None:
        raise LookupError("an upsert always returns its row")
    await tx.execute(
        "INSERT INTO peer_silence (municipality, peer, minute)"
        " VALUES ($1, $2, date_trunc('minute', clock_timestamp()))"
        " ON CONFLICT (municipality, peer, minute) DO UPDATE SET times = peer_silence.times + 1",
        municipality,
        peer,
    )
    return GateState(row["state"]), row["failures"]


async def _hold_automatically(
    tx: Tx, municipality: str, peer: Peer, code: str, first: timedelta
) -> None:
    await change(tx, municipality, peer, Change(GateEvent.HELD_AUTOMATICALLY, WORKER, code))
    await tx.execute(
        "UPDATE peer_gate SET automatic = true, failures = '{}', probe_pause = $3,"
        " probe_at = clock_timestamp() + $3 WHERE municipality = $1 AND peer = $2",
        municipality,
        peer,
        first,
    )


async def _is_back(tx: Tx, ref: StepRef, peer: Peer) -> None:
    await tx.execute(
        "UPDATE case_wait SET released_at = NULL WHERE municipality = $1 AND case_id = $2"
        " AND peer = $3 AND released_at IS NOT NULL",
        ref.municipality,
        ref.case_id,
        peer,
    )


async def _begin_incident(
    tx: Tx, municipality: str, peer: Peer, code: str, since: datetime
) -> None:
    """One for a peer, however many cases it keeps waiting, until its gate is open again."""
    await tx.execute(
        "INSERT INTO peer_note (municipality, peer, code, since) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (municipality, peer) WHERE closed_at IS NULL DO NOTHING",
        municipality,
        peer,
        code,
        since,
    )
    await incident_kinds.seen(tx, municipality, Kind(peer, code))


async def _end_incident(tx: Tx, municipality: str, peer: Peer) -> None:
    await tx.execute(
        "UPDATE peer_note SET closed_at = clock_timestamp()"
        " WHERE municipality = $1 AND peer = $2 AND closed_at IS NULL",
        municipality,
        peer,
    )
