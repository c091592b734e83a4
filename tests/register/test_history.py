"""Worked examples of the two time axes: what was so, and what was known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.dates import RegisterDate
from domain.residents import Address, Entry, Presence, Reason
from register.history import FIELDS, HistoryRow, as_of, entry_as_of, history_of
from tests.people import a_family

if TYPE_CHECKING:
    from tests.towns import Town

HOME = UUID(int=1)
BIRTHDAY = date(2026, 4, 10)
PINE, OAK, ELM = (Address(line=line) for line in ("松町1番地", "樫町8番地", "楡町3番地"))
BORN = Entry(
    name="髙橋　花子",
    born_on=RegisterDate.on(BIRTHDAY),
    household_id=HOME,
    relationship="子",
    address=PINE,
)


def a_row(
    number: int,
    effective_on: date,
    processed_on: date | None = None,
    *,
    reason: Reason = Reason.CORRECTION,
    cancels: frozenset[int] = frozenset(),
    presence: Presence | None = None,
    **changes: Any,
) -> HistoryRow:
    """One row; what it changed is what it was given (row 1: everything)."""
    changed = {*changes, *({"presence"} if presence else ())}
    return HistoryRow(
        history_no=number,
        reason=reason,
        effective_on=RegisterDate.on(effective_on),
        processed_on=processed_on or effective_on,
        presence=presence or Presence.RESIDENT,
        entry=BORN.model_copy(update=changes),
        changed=frozenset(FIELDS if number == 1 else changed),
        cancels=cancels,
    )


def day(month: int, number: int) -> date:
    return date(2026, month, number)


BIRTH = a_row(1, BIRTHDAY, day(4, 20), reason=Reason.BIRTH)


def presence(rows: list[HistoryRow], effective_on: date, known_on: date) -> Presence | None:
    person = as_of(rows, effective_on=effective_on, known_on=known_on)
    return person.presence if person else None


def test_a_newborn_is_a_resident_from_the_day_of_birth_and_known_from_the_day_of_processing() -> (
    None
):
    """出生の異動日は生年月日: present from that day, though nobody knew before the report."""
    assert presence([BIRTH], BIRTHDAY, day(4, 20)) is Presence.RESIDENT
    assert presence([BIRTH], day(4, 9), day(4, 20)) is None
    assert presence([BIRTH], BIRTHDAY, day(4, 19)) is None


def test_a_death_reported_late_counts_from_the_day_of_death() -> None:
    """A later row (転居 4/25) is not undone by a death (4/22) that was processed after it."""
    moved = a_row(2, day(4, 25), address=OAK)
    death = a_row(3, day(4, 22), day(5, 1), reason=Reason.DEATH, presence=Presence.STRUCK)
    rows = [BIRTH, moved, death]

    assert presence(rows, day(4, 23), day(4, 30)) is Presence.RESIDENT
    assert presence(rows, day(4, 23), day(5, 1)) is Presence.STRUCK
    assert presence(rows, day(4, 21), day(5, 1)) is Presence.RESIDENT
    latest = as_of(rows, effective_on=day(5, 1), known_on=day(5, 1))
    assert latest is not None
    assert (latest.presence, latest.entry.address) == (Presence.STRUCK, OAK)


def test_a_change_reported_late_does_not_undo_a_later_one() -> None:
    """Rows count in order of 異動日: the move of 5/1 stands, though 4/25 was reported after it."""
    second_move = a_row(2, day(5, 1), address=OAK)
    first_move = a_row(3, day(4, 25), day(5, 10), address=ELM)
    rows = [BIRTH, second_move, first_move]

    def address(effective_on: date) -> Address | None:
        person = as_of(rows, effective_on=effective_on, known_on=day(5, 10))
        return person.entry.address if person else None

    assert [address(on) for on in (day(4, 24), day(4, 25), day(5, 1))] == [PINE, ELM, OAK]


def test_a_cancelled_move_never_was_but_was_believed_until_it_was_cancelled() -> None:
    """異動の取消し: both rows stay, and neither counts from the day of the cancellation on."""
    moved = a_row(2, day(5, 1), address=OAK)
    cancelled = a_row(3, day(5, 1), day(5, 8), address=PINE, cancels=frozenset({2}))
    rows = [BIRTH, moved, cancelled]

    def address(known_on: date) -> Address | None:
        person = as_of(rows, effective_on=day(5, 10), known_on=known_on)
        return person.entry.address if person else None

    assert address(day(5, 7)) == OAK
    assert address(day(5, 8)) == PINE
    assert len(rows) == 3


def test_a_move_out_in_the_future_strikes_from_its_day_and_not_before() -> None:
    """転出予定日の0時から除票: a rule over dates, so nothing has to happen at midnight."""
    leaving = a_row(2, day(6, 1), day(5, 20), reason=Reason.MOVE_OUT, presence=Presence.STRUCK)
    rows = [BIRTH, leaving]

    assert presence(rows, day(5, 31), day(5, 20)) is Presence.RESIDENT
    assert presence(rows, day(6, 1), day(5, 20)) is Presence.STRUCK


def test_a_cancelled_move_out_leaves_a_resident() -> None:
    """転出取消: the person is present on the planned day too, once it was cancelled."""
    leaving = a_row(2, day(6, 1), day(5, 20), reason=Reason.MOVE_OUT, presence=Presence.STRUCK)
    stays = a_row(
        3,
        day(6, 1),
        day(5, 25),
        reason=Reason.CANCELLATION_INCREASE,
        presence=Presence.RESIDENT,
        cancels=frozenset({2}),
    )

    assert presence([BIRTH, leaving, stays], day(6, 2), day(5, 24)) is Presence.STRUCK
    assert presence([BIRTH, leaving, stays], day(6, 2), day(5, 25)) is Presence.RESIDENT


def test_a_cancelled_birth_leaves_nobody() -> None:
    """異動の取消し（減）: the file stays, and says that there never was such a resident."""
    struck = a_row(
        2,
        BIRTHDAY,
        day(4, 28),
        reason=Reason.CANCELLATION_DECREASE,
        presence=Presence.STRUCK,
        cancels=frozenset({1}),
    )

    assert presence([BIRTH, struck], day(5, 1), day(4, 27)) is Presence.RESIDENT
    assert presence([BIRTH, struck], day(5, 1), day(4, 28)) is None


def test_a_clerical_correction_keeps_both_rows() -> None:
    """誤記修正 has the 異動日 of what it corrects; the error is still what was known before."""
    corrected = a_row(2, BIRTHDAY, day(5, 1), reason=Reason.CLERICAL_CORRECTION, name="高橋　花子")

    def name(known_on: date) -> str | None:
        person = as_of([BIRTH, corrected], effective_on=BIRTHDAY, known_on=known_on)
        return person.entry.name if person else None

    assert name(day(4, 30)) == "髙橋　花子"
    assert name(day(5, 1)) == "高橋　花子"


def test_cancelling_an_earlier_change_leaves_what_a_later_one_set() -> None:
    """A (転居) is taken back after B (改名): the address is A's no more, the name is still B's."""
    moved = a_row(2, day(5, 1), address=OAK)
    renamed = a_row(3, day(5, 5), name="髙橋　さくら")
    taken_back = a_row(4, day(5, 1), day(5, 9), address=PINE, cancels=frozenset({2}))

    person = as_of([BIRTH, moved, renamed, taken_back], effective_on=day(5, 9), known_on=day(5, 9))

    assert person is not None
    assert (person.entry.name, person.entry.address) == ("髙橋　さくら", PINE)


def test_a_cancelled_cancellation_has_no_effect() -> None:
    """What was taken back by mistake counts again."""
    moved = a_row(2, day(5, 1), address=OAK)
    mistaken = a_row(3, day(5, 1), day(5, 8), address=PINE, cancels=frozenset({2}))
    restored = a_row(4, day(5, 1), day(5, 9), address=OAK, cancels=frozenset({3}))

    person = as_of([BIRTH, moved, mistaken, restored], effective_on=day(5, 9), known_on=day(5, 9))

    assert person is not None
    assert person.entry.address == OAK


def test_rows_of_one_day_count_in_the_order_of_their_numbers() -> None:
    first = a_row(2, day(5, 1), name="一回目")
    second = a_row(3, day(5, 1), name="二回目")

    person = as_of([second, BIRTH, first], effective_on=day(5, 1), known_on=day(5, 1))

    assert person is not None
    assert person.entry.name == "二回目"


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.text(min_size=1, max_size=3),
    "alias": st.text(min_size=1, max_size=3),
    "relationship": st.sampled_from(["子", "妻", "父"]),
    "address": st.sampled_from([PINE, OAK]),
    "presence": st.sampled_from([Presence.STRUCK, Presence.RESIDENT]),
}
_CHANGES = st.fixed_dictionaries({}, optional=_VALUES)
_DAYS = st.dates(BIRTHDAY, date(2027, 12, 31))


@given(
    undone=_CHANGES,
    kept=_CHANGES,
    undone_on=_DAYS,
    kept_on=_DAYS,
    asked=st.tuples(_DAYS, _DAYS),
)
def test_undoing_one_change_is_as_if_only_the_other_had_been(
    undone: dict[str, Any],
    kept: dict[str, Any],
    undone_on: date,
    kept_on: date,
    asked: tuple[date, date],
) -> None:
    """Counter-rows take back what one case changed and nothing else, in whatever order of days."""
    effective_on, known_on = asked
    first = a_row(2, undone_on, BIRTHDAY, **undone)
    second = a_row(3, kept_on, BIRTHDAY, **kept)
    counter = a_row(4, undone_on, BIRTHDAY, cancels=frozenset({2}))
    birth = a_row(1, BIRTHDAY)

    after = as_of([birth, first, second, counter], effective_on=effective_on, known_on=known_on)

    assert after == as_of([birth, second], effective_on=effective_on, known_on=known_on)


async def test_a_stored_history_reads_as_it_was_written(town: Town) -> None:
    """A migrated person counts from 住民となった年月日; before, the register knows of nobody."""
    await town.take_over(a_family())

    async with town.open() as tx:
        resident_id: UUID = await tx.fetchval("SELECT resident_id FROM resident LIMIT 1")
        rows = await history_of(tx, resident_id)
        today: date = await tx.fetchval("SELECT business_day()")
        came, before = date(2010, 4, 1), date(2010, 3, 31)
        person = await entry_as_of(tx, resident_id, effective_on=came, known_on=today)
        nobody = await entry_as_of(tx, resident_id, effective_on=before, known_on=today)

    assert [(row.history_no, row.reason, row.changed) for row in rows] == [
        (1, Reason.MIGRATED, frozenset(FIELDS))
    ]
    assert person is not None
    assert (person.entry, person.code) == (rows[0].entry, rows[0].code)
    assert nobody is None
