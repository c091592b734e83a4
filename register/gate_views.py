"""The gates as people look at them: how each stands, who waits, and how the peer has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.gates import GateState
from domain.telegrams import Peer

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from register.transactions import Tx


class Standing(NamedTuple):
    """How the gate of one peer stands; ``until`` by the business clock, the rest by the true one.

    ``code`` and ``silent_since`` are of the peer's open incident, if it has one.
    """

    peer: Peer
    state: GateState
    automatic: bool
    author: str
    reason: str
    until: datetime | None
    since: datetime | None
    probe_at: datetime | None
    waiting: int
    """Cases that stand at the gate."""
    code: str | None
    silent_since: datetime | None


class Figures(NamedTuple):
    """How one peer has answered of late."""

    peer: Peer
    silences: int
    """How often it gave no answer within the last hour."""
    last_answer: datetime | None
    """To a telegram of ours; of a peer that is only looked at, nothing is known."""


class Span(NamedTuple):
    """Five minutes of one peer: telegrams written for it, and silences."""

    peer: Peer
    begins: datetime
    telegrams: int
    silences: int


_STANDING = """
SELECT p.peer, coalesce(g.state, 'open') AS state, coalesce(g.automatic, false) AS automatic,
    coalesce(g.author, '') AS author, coalesce(g.reason, '') AS reason, g.until, g.since,
    g.probe_at, (SELECT count(DISTINCT w.case_id) FROM case_wait w
        JOIN case_file c USING (municipality, case_id)
        WHERE w.municipality = tenant() AND w.peer = p.peer AND w.kind = 'gate' AND NOT w.over
        AND w.released_at IS NULL AND c.state = 'open') AS waiting,
    n.code, n.since AS silent_since
FROM unnest($1::text[]) WITH ORDINALITY p (peer, place)
LEFT JOIN peer_gate g ON g.municipality = tenant() AND g.peer = p.peer
LEFT JOIN peer_note n ON n.municipality = tenant() AND n.peer = p.peer AND n.closed_at IS NULL
ORDER BY p.place
"""

# Among the newest telegrams is the newest answer, unless the peer has been away for long.
_FIGURES = """
SELECT p.peer, coalesce((SELECT sum(times) FROM peer_silence s WHERE s.municipality = tenant()
        AND s.peer = p.peer AND s.minute > clock_timestamp() - interval '1 hour'), 0) AS silences,
    (SELECT max(e.at) FROM (SELECT t.telegram_id FROM telegram t
            WHERE t.municipality = tenant() AND t.peer = p.peer ORDER BY t.at DESC LIMIT 500) t
        JOIN telegram_event e ON e.municipality = tenant() AND e.telegram_id = t.telegram_id
        WHERE e.event IN ('delivered', 'refused')) AS last_answer
FROM unnest($1::text[]) WITH ORDINALITY p (peer, place) ORDER BY p.place
"""

_COURSE = """
SELECT p.peer, span.begins, (SELECT count(*) FROM telegram t WHERE t.municipality = tenant()
        AND t.peer = p.peer AND t.at >= span.begins
        AND t.at < span.begins + interval '5 minutes') AS telegrams,
    coalesce((SELECT sum(times) FROM peer_silence s WHERE s.municipality = tenant()
        AND s.peer = p.peer AND s.minute >= span.begins
        AND s.minute < span.begins + interval '5 minutes'), 0) AS silences
FROM unnest($1::text[]) WITH ORDINALITY p (peer, place)
CROSS JOIN generate_series(
    date_bin('5 minutes', clock_timestamp() - $2::interval, 'epoch') + interval '5 minutes',
    clock_timestamp(), interval '5 minutes') span (begins)
ORDER BY p.place, span.begins
"""
_PEERS = [str(peer) for peer in Peer]


async def standing(tx: Tx) -> list[Standing]:
    """Every peer's gate, in the order of `Peer`."""
    rows = await tx.fetch(_STANDING, _PEERS)
    found = [Standing(**dict(row)) for row in rows]
    return [one._replace(peer=Peer(one.peer), state=GateState(one.state)) for one in found]


async def figures(tx: Tx) -> list[Figures]:
    """How every peer has answered, in the order of `Peer`."""
    rows = await tx.fetch(_FIGURES, _PEERS)
    return [Figures(Peer(row["peer"]), row["silences"], row["last_answer"]) for row in rows]


async def course(tx: Tx, back: timedelta) -> list[Span]:
    """What was said to every peer and what it left unanswered, five minutes by five minutes."""
    rows = await tx.fetch(_COURSE, _PEERS, back)
    return [
        Span(Peer(row["peer"]), row["begins"], row["telegrams"], row["silences"]) for row in rows
    ]
