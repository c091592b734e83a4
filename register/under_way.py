"""Work under way about people: what explains that other systems do not agree yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cases import Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from register.transactions import Row, Tx


class OpenCase(NamedTuple):
    """An open case about somebody, and which of its steps are settled for them."""

    procedure: str
    withdrawing: bool
    settled: frozenset[str]


class UnderWay(NamedTuple):
    """What is going on about one person.

    ``owes``: a history row has not reached 住基ネット; ``moved``: something has changed since the
    other side was asked, so that its answer is old.
    """

    cases: tuple[OpenCase, ...] = ()
    owes: bool = False
    moved: bool = False


NOTHING = UnderWay()

_CASES = """
SELECT p.resident_id, c.procedure, c.direction, (
    SELECT array_agg(l.step) FROM step_ledger l WHERE l.municipality = $1
    AND l.case_id = c.case_id AND l.subject IN (0, p.subject) AND l.state IN ('done', 'by_hand')
) AS settled
FROM case_person p JOIN case_file c USING (municipality, case_id)
WHERE p.municipality = $1 AND p.resident_id = ANY($2) AND c.state = 'open'
"""
_OWING = """
SELECT resident_id FROM lane_debt
WHERE municipality = $1 AND resident_id = ANY($2) AND state = 'owed'
UNION
SELECT t.resident_id FROM telegram t JOIN telegram_state s USING (municipality, telegram_id)
WHERE t.municipality = $1 AND t.resident_id = ANY($2) AND t.update_no IS NOT NULL
AND s.state IN ('sending', 'unknown', 'unsent')
"""
_MOVED = """
SELECT DISTINCT p.resident_id FROM case_person p
JOIN step_event e ON e.municipality = $1 AND e.case_id = p.case_id AND e.subject IN (0, p.subject)
WHERE p.municipality = $1 AND p.resident_id = ANY($2)
AND e.at >= (SELECT at FROM telegram WHERE municipality = $1 AND telegram_id = $3)
"""


async def about(
    tx: Tx, municipality: str, residents: Sequence[UUID], asked_in: UUID
) -> Mapping[UUID, UnderWay]:
    """What is going on about these people; ``asked_in`` is the telegram the other side answered."""
    given = (municipality, list(residents))
    cases: dict[UUID, list[OpenCase]] = {}
    for row in await tx.fetch(_CASES, *given):
        cases.setdefault(row["resident_id"], []).append(_open_case(row))
    owing = {row["resident_id"] for row in await tx.fetch(_OWING, *given)}
    moved = {row["resident_id"] for row in await tx.fetch(_MOVED, *given, asked_in)}
    return {
        one: UnderWay(tuple(cases.get(one, ())), one in owing, one in moved) for one in residents
    }


def _open_case(row: Row) -> OpenCase:
    withdrawing = row["direction"] == Direction.WITHDRAWING
    return OpenCase(row["procedure"], withdrawing, frozenset(row["settled"] or ()))
