"""What happened to a case, in the order of its logs, for whoever follows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from register.transactions import Tx


class News(NamedTuple):
    """One event; ``kind`` is case, step or decision, and ``place`` where it stands in the order."""

    place: tuple[int, int]
    kind: str
    event: str
    at: datetime
    step: str | None
    subject: int | None
    decision_id: UUID | None

    def told(self) -> dict[str, Any]:
        """As JSON, without what does not apply."""
        known = {
            "event": self.event,
            "at": self.at.isoformat(),
            "step": self.step,
            "subject": self.subject,
            "decision_id": self.decision_id and str(self.decision_id),
        }
        return {name: value for name, value in known.items() if value is not None}


async def behind(tx: Tx, case_id: UUID, place: tuple[int, int]) -> list[News]:
    """Events behind a place, older than every transaction still running, so that none is missed.

    Log rows of one transaction are told apart by their own number times three plus their log's.
    """
    rows = await tx.fetch(_BEHIND, case_id, str(place[0]), place[1])
    return [News((row[0], row[1]), *row[2:]) for row in map(tuple, rows)]


_BEHIND = """
SELECT tx::text::bigint, place, kind, event, at, step, subject, decision_id FROM (
    SELECT e.tx, e.log_id * 3 AS place, 'decision' AS kind, e.event, e.at,
           NULL::text AS step, NULL::integer AS subject, e.decision_id
    FROM decision_event e JOIN decision d USING (municipality, decision_id)
    WHERE e.municipality = tenant() AND d.case_id = $1
    UNION ALL
    SELECT tx, log_id * 3 + 1, 'step', event, at, step, subject, NULL FROM step_event
    WHERE municipality = tenant() AND case_id = $1
    UNION ALL
    SELECT tx, log_id * 3 + 2, 'case', event, at, NULL, NULL, NULL FROM case_event
    WHERE municipality = tenant() AND case_id = $1
) happened
WHERE (tx, place) > ($2::text::xid8, $3::bigint) AND tx < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY tx, place
"""


class Meanwhile(NamedTuple):
    """One thing that happened to a case: what, at which step for whom, by whom if somebody did it.

    ``kind`` is case, step, decision, incident or note; ``event`` is what became of it, the verb of
    a decision that was accepted, or the code of an incident.
    """

    at: datetime
    kind: str
    event: str
    step: str
    subject: int
    author: str


async def moment(tx: Tx) -> str:
    """What this transaction can see, to be asked later for what it could not."""
    return await tx.fetchval("SELECT pg_current_snapshot()::text")


async def since(tx: Tx, case_id: UUID, moment: str) -> list[Meanwhile]:
    """What has happened to a case that was not to be seen at a `moment`; nothing if it is none.

    Told by transactions and not by the clock: what was written before and committed after is in it.
    """
    if not _MOMENT.fullmatch(moment) or not await _is_moment(tx, moment):
        return []
    return [Meanwhile(*row) for row in await tx.fetch(_SINCE, case_id, moment)]


async def _is_moment(tx: Tx, told: str) -> bool:
    return await tx.fetchval("SELECT pg_input_is_valid($1, 'pg_snapshot')", told)


_MOMENT = re.compile(r"[0-9:,]+", re.ASCII)
_SINCE = """
SELECT at, kind, event, step, subject, author FROM (
    SELECT e.tx, e.at, 'decision' AS kind,
        CASE e.event WHEN 'accepted' THEN d.verb ELSE e.event END AS event,
        coalesce(i.step, '') AS step, coalesce(i.subject, 0) AS subject, d.author
    FROM decision_event e JOIN decision d USING (municipality, decision_id)
    LEFT JOIN incident i USING (municipality, incident_id)
    WHERE e.municipality = tenant() AND d.case_id = $1 AND e.event <> 'executing'
    UNION ALL
    SELECT tx, at, 'step', event, step, subject, '' FROM step_event
    WHERE municipality = tenant() AND case_id = $1 AND event <> 'begun'
    UNION ALL
    SELECT tx, at, 'case', event, '', 0, '' FROM case_event
    WHERE municipality = tenant() AND case_id = $1
    UNION ALL
    SELECT opened_in, opened_at, 'incident', code, step, subject, '' FROM incident
    WHERE municipality = tenant() AND case_id = $1
    UNION ALL
    SELECT tx, at, 'note', '', '', 0, author FROM case_note
    WHERE municipality = tenant() AND case_id = $1
) happened
WHERE NOT pg_visible_in_snapshot(tx, $2::text::pg_snapshot) ORDER BY at
"""
