"""転入通知 (CS-07, 法9条1項) taken in: who waits for it, who left before, and who still lives here.

What cannot be true of somebody – resident in two municipalities – is never left to itself: the
message is listed for staff, with the case that was withdrawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from domain.cases import CaseRef, Procedure, StepRef
from domain.move_out import FOLLOW_NOTICES
from register import (
    cases,
    departures,
    inbox,
    ledger,
    move_in_notices,
    move_outs,
    notifications,
    wakeups,
)
from register.cases import Acceptance
from register.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from domain.moves import Arrival, MoveInNotice
    from register.residents import Present
    from register.transactions import Tx


class Contradiction(NamedTuple):
    """Why a 転入通知 cannot be followed for somebody; the 転出受理 that was withdrawn, if any."""

    flaw: str
    case_id: UUID | None = None


async def take(tx: Tx, municipality: str, arrival: Arrival) -> None:
    """CS-07: joins the waiting case of each person; for who left before, a case that records it.

    Taken under the lock of the case, as 取下げ is: whichever has it first, the other finds it done.
    What says something of people who live here is listed, whoever else it was about.
    """
    notice = cast("MoveInNotice", arrival.contents)
    known = await departures.by_code(tx, municipality, notice.codes)
    waiting = await _waiting_cases(tx, municipality, known)
    for resident_id, case in waiting.items():
        await move_in_notices.note(tx, arrival, notice, resident_id, case.case_id)
        await _look_again(tx, case)
    # Read again: a case may have been withdrawn to its end before its lock was ours.
    people = await departures.by_code(tx, municipality, notice.codes)
    rest = {one: person for one, person in people.items() if one not in waiting}
    withdrawn = await move_outs.withdrawn(tx, rest)
    left = [one for one, person in rest.items() if not person.here and not _is_back(one, withdrawn)]
    news = sorted(one for one in left if _is_news(rest[one], notice))
    joined = list(dict.fromkeys(case.case_id for case in waiting.values()))
    if news:
        joined.append((await _record(tx, arrival, notice, news)).case_id)
    contradiction = _contradiction(notice, people, rest.keys() - set(left), withdrawn)
    await _place(tx, arrival, joined, contradiction)


async def _place(
    tx: Tx, arrival: Arrival, joined: list[UUID], contradiction: Contradiction | None
) -> None:
    town, message_id = arrival.municipality, arrival.message_id
    for other in joined if contradiction else joined[1:]:
        await wakeups.wake(tx, town, other, wakeups.Cause.MESSAGE)
    if contradiction is not None:
        case_id = contradiction.case_id or next(iter(joined), None)
        flaw = contradiction.flaw
        await inbox.place(tx, town, message_id, InboxState.UNCLAIMED, case_id, flaw)
    elif joined:
        await inbox.place(tx, town, message_id, InboxState.ATTACHED, joined[0])
    else:
        await inbox.place(tx, town, message_id, InboxState.MERGED)


def _contradiction(
    notice: MoveInNotice,
    people: Collection[UUID],
    here: Collection[UUID],
    withdrawn: dict[UUID, move_outs.Withdrawn],
) -> Contradiction | None:
    """What staff must look into: nobody knows these people, or they are residents here."""
    if not people:
        return Contradiction("UNKNOWN_PERSON")
    if not here:
        return None
    case_id = next((withdrawn[one].case_id for one in sorted(here) if one in withdrawn), None)
    if notice.withdrawn:
        return Contradiction("MOVE_IN_CANCELLED", case_id)
    return Contradiction("WITHDRAWN_HERE" if case_id else "STILL_RESIDENT", case_id)


def _is_back(resident_id: UUID, withdrawn: dict[UUID, move_outs.Withdrawn]) -> bool:
    """Whether somebody is just becoming a resident again, because their 転出 is being withdrawn."""
    return resident_id in withdrawn and withdrawn[resident_id].under_way


async def _waiting_cases(
    tx: Tx, municipality: str, people: Collection[UUID]
) -> dict[UUID, CaseRef]:
    """The 転出受理 of each person, locked, that is open and not being withdrawn."""
    waiting: dict[UUID, CaseRef] = {}
    for row in await move_outs.open_cases(tx, people):
        case = await departures.locked(tx, municipality, row["case_id"])
        if case is not None and not await cases.is_turning(tx, municipality, row["case_id"]):
            waiting[row["resident_id"]] = case
    return waiting


async def _look_again(tx: Tx, case: CaseRef) -> None:
    """What a case has confirmed already, it looks at again: the news may be newer."""
    people = await tx.fetchval(
        "SELECT count(*) FROM case_person WHERE municipality = $1 AND case_id = $2",
        case.municipality,
        case.case_id,
    )
    for subject in range(1, people + 1):
        ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=subject)
        generation = await notifications.version(tx, ref)
        await ledger.reopen(tx, ref, list(FOLLOW_NOTICES), generation)


async def _record(
    tx: Tx, arrival: Arrival, notice: MoveInNotice, people: Sequence[UUID]
) -> CaseRef:
    """Open 転入通知受理 for people who were 除票 here before."""
    acceptance = Acceptance(Procedure.MOVE_IN_NOTICE, {}, arrival.sender, residents=people)
    case = await cases.accept(tx, arrival.municipality, acceptance)
    for resident_id in people:
        await move_in_notices.note(tx, arrival, notice, resident_id, case.case_id)
    return case


def _is_news(person: Present, notice: MoveInNotice) -> bool:
    left = person.entry.left
    return left is None or notice.age > (left.notified_on, left.version)
