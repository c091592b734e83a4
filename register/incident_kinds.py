"""Kinds of incident (peer, code, step): a new one is worth telling, the thousandth is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from domain.telegrams import Peer
    from register.transactions import Tx

# A kind that has been seen within the hour is left alone: thousands of incidents of one cause would
# otherwise queue for its row.  One that was quiet for long is news again.
_SEEN = """
INSERT INTO incident_kind AS k (municipality, peer, code, step)
SELECT $1, $2, $3, $4 WHERE NOT EXISTS (
    SELECT FROM incident_kind WHERE municipality = $1 AND peer = $2 AND code = $3 AND step = $4
    AND last_seen > clock_timestamp() - interval '1 hour')
ON CONFLICT (municipality, peer, code, step) DO UPDATE SET last_seen = clock_timestamp(),
    first_seen = CASE WHEN k.last_seen < clock_timestamp() - interval '14 days'
        THEN clock_timestamp() ELSE k.first_seen END,
    announced_at = CASE WHEN k.last_seen < clock_timestamp() - interval '14 days'
        THEN NULL ELSE k.announced_at END
"""


class Kind(NamedTuple):
    """What makes incidents alike; without ``step`` it is a whole peer that keeps silent."""

    peer: Peer | None
    code: str
    step: str = ""


async def seen(tx: Tx, municipality: str, kind: Kind) -> None:
    """An incident of this kind has opened; new is what was not seen for 14 days."""
    await tx.execute(_SEEN, municipality, kind.peer or "", kind.code, kind.step)
