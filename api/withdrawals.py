"""What stands in the way of a 取下げ: asked when it is planned, and again when it is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.problem_types import ProblemType
from domain.cases import Procedure
from register import cancelling, move_in_notices, number_changes

if TYPE_CHECKING:
    from register.case_views import CaseFile
    from register.transactions import Tx


class Obstacle(NamedTuple):
    """Why a case cannot be taken back, and the later cases that stand on it."""

    problem: ProblemType
    case_numbers: list[str]


async def obstacle(tx: Tx, file: CaseFile) -> Obstacle | None:
    """The first thing in the way; whoever decides holds the case's lock.

    A 転入通知 is taken under the same lock: whichever came first has decided.
    """
    blocking = await cancelling.standing_on(tx, file.municipality, file.case_id)
    if blocking:
        return Obstacle(ProblemType.LATER_CASE_STANDS, blocking)
    moved_in = await move_in_notices.has_come(tx, file.municipality, file.case_id)
    if moved_in and file.procedure == Procedure.MOVE_OUT:
        return Obstacle(ProblemType.MOVED_IN_ELSEWHERE, [])
    if await number_changes.is_final(tx, file.municipality, file.case_id):
        return Obstacle(ProblemType.NUMBER_CHANGED, [])
    return None
