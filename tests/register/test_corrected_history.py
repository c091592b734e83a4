"""A case that corrects itself: what it says again replaces what it said, whichever day it named."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from domain.dates import RegisterDate
from domain.residents import Address, Entry, Presence, Reason
from register.history import FIELDS, HistoryRow, as_of

ENTRY = Entry(
    name="髙橋　花子",
    born_on=RegisterDate.on(date(1990, 4, 1)),
    household_id=UUID(int=1),
    relationship="世帯主",
    address=Address(line="松町1番地"),
)
EARLY, PLANNED, LATER = date(2026, 12, 3), date(2026, 12, 10), date(2026, 12, 24)
CASE, ANOTHER = UUID(int=7), UUID(int=8)


def a_row(number: int, day: date, presence: Presence, case: UUID | None = CASE) -> HistoryRow:
    """One row; the first said everything, the others only whether the person is here."""
    return HistoryRow(
        history_no=number,
        case_id=case,
        reason=Reason.MOVE_OUT,
        effective_on=RegisterDate.on(day),
        processed_on=date(2026, 12, 1),
        presence=presence,
        entry=ENTRY,
        changed=frozenset(FIELDS if number == 1 else {"presence"}),
    )


HERE = a_row(1, date(2010, 4, 1), Presence.RESIDENT, None)
LEAVES = a_row(2, PLANNED, Presence.STRUCK)


def presence(day: date, *rows: HistoryRow) -> Any:
    person = as_of(rows, effective_on=day, known_on=LATER)
    return person and person.presence


def test_a_postponed_departure_strikes_on_the_new_day_alone() -> None:
    """誤記修正 of the 転出予定日: between the days the person is a resident."""
    postponed = a_row(3, LATER, Presence.STRUCK)

    assert presence(PLANNED, HERE, LEAVES) is Presence.STRUCK
    assert presence(PLANNED, HERE, LEAVES, postponed) is Presence.RESIDENT
    assert presence(LATER, HERE, LEAVES, postponed) is Presence.STRUCK


def test_an_earlier_move_in_strikes_from_its_day() -> None:
    """転入通知 before the planned day: 除票 from the day of the 転入."""
    earlier = a_row(3, EARLY, Presence.STRUCK)

    assert presence(EARLY, HERE, LEAVES) is Presence.RESIDENT
    assert presence(EARLY, HERE, LEAVES, earlier) is Presence.STRUCK


def test_another_case_replaces_nothing() -> None:
    """Rows of different cases stand beside each other, in order of 異動日."""
    returned = a_row(3, LATER, Presence.RESIDENT, ANOTHER)

    assert presence(PLANNED, HERE, LEAVES, returned) is Presence.STRUCK
    assert presence(LATER, HERE, LEAVES, returned) is Presence.RESIDENT
