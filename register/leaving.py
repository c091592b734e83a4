"""転出 in the history of a person: entered before its day, corrected, brought forward, confirmed.

One row strikes from the planned day on; that the day has come needs no row.  What turns out
otherwise is said anew by further rows of the same case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dates import RegisterDate
from domain.errors import Refused
from domain.move_out import MoveOutNotification
from domain.residents import Left, Presence, Reason
from register import cases, households, lanes, move_in_notices, notifications, residents
from register.residents import NewRow

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from domain.cases import StepRef
    from domain.residents import Entry, Present
    from register.move_in_notices import NoticeOf
    from register.transactions import Tx


async def notification(tx: Tx, ref: StepRef) -> MoveOutNotification:
    """The 転出届 of a case in its latest version."""
    body = await notifications.latest(tx, ref.municipality, ref.case_id)
    return MoveOutNotification.model_validate(body)


async def enter(tx: Tx, ref: StepRef, resident_id: UUID) -> None:
    """Enter somebody as 転出予定者: 除票 from the planned day on.

    Raises `Refused` NOT_RESIDENT, ALREADY_LEAVING, RESIDENT_CHANGED.
    """
    reported = await notification(tx, ref)
    await households.lock(tx, [reported.household_id])
    person = (await residents.lock(tx, ref.municipality, [resident_id])).get(resident_id)
    if person is None or not person.here:
        raise Refused("NOT_RESIDENT")
    if person.leaving:
        raise Refused("ALREADY_LEAVING")
    examined = (await cases.examined(tx, ref)).get(str(resident_id))
    if examined not in {None, person.history_no}:
        raise Refused("RESIDENT_CHANGED")
    entry = person.entry.model_copy(update={"leaving": reported.leaving, "left": None})
    await _strike(tx, ref, person, reported.planned_on, entry, reason=reported.reason)


async def follow(tx: Tx, ref: StepRef) -> None:
    """誤記修正: whoever of the case is entered leaves on the amended day, to the amended place."""
    reported = await notification(tx, ref)
    await households.lock(tx, [reported.household_id])
    people = await residents.lock(tx, ref.municipality, reported.residents)
    for person in people.values():
        changed = person.entry.leaving != reported.leaving
        if changed and await residents.own_rows(tx, ref, person.resident_id):
            entry = person.entry.model_copy(update={"leaving": reported.leaving})
            reason = Reason.CLERICAL_CORRECTION
            await _strike(tx, ref, person, reported.planned_on, entry, reason=reason)


async def day_of(tx: Tx, ref: StepRef, resident_id: UUID) -> date:
    """Since when a person is 除票: the planned day, or an earlier 転入 (標準仕様書 1.1.5)."""
    reported = await notification(tx, ref)
    return _departure(reported.planned_on, await move_in_notices.newest(tx, ref, resident_id))


async def depart(tx: Tx, ref: StepRef, resident_id: UUID) -> None:
    """The day has come, or a 転入 went before it: now 住基ネット must be told."""
    person = (await residents.lock(tx, ref.municipality, [resident_id]))[resident_id]
    left_on = await day_of(tx, ref, resident_id)
    if person.presence_since != left_on:
        await _strike(tx, ref, person, left_on, person.entry, reason=Reason.MOVE_IN_NOTICE)
    rows = await residents.own_rows(tx, ref, resident_id)
    await lanes.owe(tx, ref, resident_id, rows[-1]["history_no"])


async def confirm(tx: Tx, ref: StepRef, resident_id: UUID) -> None:
    """Keep what the newest 転入通知 of the case says beside what was planned.

    The 除票 date is the earlier of both.  Older news than the register has, and the same, change
    nothing; a 転入通知 taken back is struck out again.
    """
    person = (await residents.lock(tx, ref.municipality, [resident_id]))[resident_id]
    notice = await move_in_notices.newest(tx, ref, resident_id, withdrawn=True)
    if notice is None or not _is_news(person, notice):
        return
    counts = None if notice.withdrawn else notice
    planned = person.entry.leaving.planned_on if person.entry.leaving else None
    left_on = _departure(planned, counts) if planned else person.presence_since
    left = counts and Left(
        municipality=counts.sender,
        address=counts.address,
        moved_in_on=counts.moved_in_on,
        left_on=left_on,
        notified_on=counts.notified_on,
        version=counts.version,
    )
    entry = person.entry.model_copy(update={"left": left})
    if (entry, left_on) == (person.entry, person.presence_since):
        return
    await _strike(tx, ref, person, left_on, entry, reason=Reason.MOVE_IN_NOTICE)


def _departure(planned_on: date, notice: NoticeOf | None) -> date:
    return planned_on if notice is None else min(planned_on, notice.moved_in_on)


def _is_news(person: Present, notice: NoticeOf) -> bool:
    left = person.entry.left
    return left is None or notice.age > (left.notified_on, left.version)


async def _strike(
    tx: Tx, ref: StepRef, person: Present, day: date, entry: Entry, *, reason: Reason
) -> None:
    """One row: 除票 from this day on, said anew wherever it was said of another day."""
    said = person.presence is Presence.STRUCK and person.presence_since == day
    row = NewRow(
        reason=reason,
        effective_on=RegisterDate.on(day),
        notified_on=await _notified_on(tx, ref),
        entry=entry,
        presence=Presence.STRUCK,
        code=person.code,
        owes_notice=False,
        restates=() if said else ("presence",),
    )
    await residents.append(tx, ref, person.resident_id, row)


async def _notified_on(tx: Tx, ref: StepRef) -> date | None:
    return await tx.fetchval(
        "SELECT (body ->> 'notified_on')::date FROM notification"
        " WHERE municipality = $1 AND case_id = $2 ORDER BY version DESC LIMIT 1",
        ref.municipality,
        ref.case_id,
    )
