"""異動取消: which finished case may be taken back, and the 届出 that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cancellation import CANCELLABLE, Cancellation
from domain.cases import CaseState, Procedure
from domain.dates import RegisterDate
from domain.errors import Refused
from register import cancelling, changing, move_in_notices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from domain.acting import Acting
    from domain.cases import CaseRef
    from register.case_views import CaseFile
    from register.transactions import Tx


class Wish(NamedTuple):
    """What is to be taken back: a case, of everybody it changed or of some, asked for on a day."""

    file: CaseFile
    residents: Sequence[UUID] = ()
    applied_on: date | None = None
    reference: str = ""


async def accept(tx: Tx, acting: Acting, wish: Wish) -> CaseRef:
    """Accept an 異動取消.

    Raises `Refused` STILL_OPEN, NOT_CANCELLABLE, MOVED_IN_ELSEWHERE, NOTHING_TO_CANCEL,
    LATER_CASE_STANDS, TWO_HEADS, HEAD_GONE.
    """
    await _check_finished(tx, wish.file)
    reported = await _report(tx, wish)
    return await changing.accept(tx, acting, Procedure.CANCELLATION, reported, wish.reference)


async def standing_on(tx: Tx, file: CaseFile) -> list[str]:
    """The numbers of later cases that must be taken back first."""
    return await cancelling.standing_on(tx, file.municipality, file.case_id)


async def _check_finished(tx: Tx, file: CaseFile) -> None:
    if file.state is CaseState.OPEN:
        raise Refused("STILL_OPEN")
    if file.state is not CaseState.COMPLETED or file.procedure not in CANCELLABLE:
        raise Refused("NOT_CANCELLABLE")
    moved_in = await move_in_notices.has_come(tx, file.municipality, file.case_id)
    if moved_in and file.procedure == Procedure.MOVE_OUT:
        raise Refused("MOVED_IN_ELSEWHERE")


async def _report(tx: Tx, wish: Wish) -> Cancellation:
    """The 取消し, with every household it may touch: where each is, and where each was."""
    file = wish.file
    without = await cancelling.undone(tx, file.municipality, file.case_id)
    if not without or {*wish.residents} - without.keys():
        raise Refused("NOTHING_TO_CANCEL")
    named = tuple(wish.residents) or tuple(without)
    rows = await tx.fetch(
        "SELECT effective_on, effective_notation, household_id FROM resident_history h"
        " JOIN resident_present USING (municipality, resident_id) WHERE h.municipality = $1"
        " AND h.case_id = $2 AND resident_id = ANY($3) ORDER BY h.log_id",
        file.municipality,
        file.case_id,
        list(named),
    )
    homes = {row["household_id"] for row in rows}
    homes |= {without[one].entry.household_id for one in named}
    return Cancellation(
        residents=named,
        notified_on=wish.applied_on,
        cancels=file.case_id,
        procedure=Procedure(file.procedure),
        happened_on=RegisterDate(
            day=rows[0]["effective_on"], notation=rows[0]["effective_notation"]
        ),
        former_households=tuple(sorted(homes)),
        applied_on=wish.applied_on,
    )
