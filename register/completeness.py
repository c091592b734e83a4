"""一日の完全性: whether everybody born or moved in on a day has what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from domain.cases import CaseState, Procedure
from domain.payload import Payload

if TYPE_CHECKING:
    from datetime import date

    from register.transactions import Tx

ADDRESSEE = "団体内統合宛名番号の付番を要求する"
NOTIFIED = "中間サーバーへの通知を確認する"
PROCEDURES = (Procedure.BIRTH, Procedure.SPECIAL_MOVE_IN, Procedure.MOVE_IN, Procedure.ENTRY)
"""Those that bring people; nobody gets a number by leaving."""


class Newcomer(Payload):
    """One person of a day's cases, and what is there by now."""

    case_number: str
    procedure: str
    state: CaseState
    subject: int
    resident_id: UUID
    entered: bool
    number: bool
    addressee: bool
    notified: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.entered and self.number and self.addressee and self.notified


# A 特例転入 is expected long before it is reported: it counts from the visit on.
_NEWCOMERS = """
SELECT c.case_number, c.procedure, c.state, p.subject, p.resident_id,
    EXISTS (SELECT FROM resident_history h WHERE h.municipality = c.municipality
        AND h.resident_id = p.resident_id AND h.case_id = c.case_id) AS entered,
    EXISTS (SELECT FROM vault v WHERE v.municipality = c.municipality
        AND v.resident_id = p.resident_id AND v.field = '個人番号'
        AND v.standing = 'current') AS number,
    EXISTS (SELECT FROM step_ledger l WHERE l.municipality = c.municipality
        AND l.case_id = c.case_id AND l.subject = p.subject AND l.step = $3
        AND l.state IN ('done', 'by_hand')) AS addressee,
    EXISTS (SELECT FROM step_ledger l WHERE l.municipality = c.municipality
        AND l.case_id = c.case_id AND l.subject = p.subject AND l.step = $4
        AND l.state IN ('done', 'by_hand')) AS notified
FROM case_file c JOIN case_person p USING (municipality, case_id)
WHERE c.municipality = tenant() AND c.procedure = ANY($2)
AND c.state IN ('open', 'completed') AND c.direction = 'forward' AND (
    c.procedure <> '特例転入' AND (c.accepted_at AT TIME ZONE 'Asia/Tokyo')::date = $1
    OR EXISTS (SELECT FROM visit w WHERE w.municipality = c.municipality
        AND w.case_id = c.case_id AND w.visited_on = $1)
    OR EXISTS (SELECT FROM resident_history h WHERE h.municipality = c.municipality
        AND h.case_id = c.case_id AND h.processed_on = $1))
ORDER BY c.case_number, p.subject
"""


async def of_day(tx: Tx, day: date) -> list[Newcomer]:
    """Everybody of the cases accepted, or entered, on a day of Japan; withdrawn ones are nobody."""
    rows = await tx.fetch(_NEWCOMERS, day, list(PROCEDURES), ADDRESSEE, NOTIFIED)
    return [Newcomer.model_validate(dict(row)) for row in rows]
