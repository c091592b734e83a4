"""異動の取消し: what a case changed goes back, what anybody else changed stays."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.cancellation import reason_of, taken_back
from domain.dates import RegisterDate
from domain.residents import Entry, Presence, Present, Reason, Sex

_PLAIN = ("name", "name_kana", "alias", "domicile", "relationship", "former_name")
_fields = st.sets(st.sampled_from(_PLAIN))
_words = st.text(alphabet="アイウエオ", min_size=1, max_size=3)


def _entry(**items: Any) -> Entry:
    usual: dict[str, Any] = {
        "name": "髙橋　一郎",
        "sex": Sex.MALE,
        "born_on": RegisterDate.on(date(1980, 1, 2)),
        "household_id": UUID(int=7),
        "relationship": "世帯主",
        "address": {"line": "東京都千代田区一番町1番"},
    }
    return Entry.model_validate(usual | items)


def _present(entry: Entry, presence: Presence = Presence.RESIDENT) -> Present:
    return Present(
        resident_id=UUID(int=1),
        history_no=3,
        presence=presence,
        code="90000000011",
        entry=entry,
        presence_since=date(2020, 1, 1),
        leaving=False,
    )


def _beside(entry: Entry) -> dict[str, Any]:
    said = entry.model_dump(mode="json")
    return said | {"presence": Presence.RESIDENT, "code": "90000000011"}


@given(ours=_fields, theirs=_fields, our_words=_words, their_words=_words)
def test_undoing_one_case_leaves_what_a_later_one_changed(
    ours: set[str], theirs: set[str], our_words: str, their_words: str
) -> None:
    """A then B, then A cancelled: B's fields are B's, A's are as before A, the rest untouched.

    Red: take the whole row before A.
    """
    before = _entry()
    after_ours = before.model_copy(update=dict.fromkeys(ours, our_words))
    theirs -= ours
    now = after_ours.model_copy(update=dict.fromkeys(theirs, their_words))

    restored = taken_back(_present(now), _beside(before), ours).entry

    assert restored == before.model_copy(update=dict.fromkeys(theirs, their_words))


def test_whom_the_case_brought_here_is_here_no_more() -> None:
    """減: 出生 and 転入 had no row before them; the entry itself stays readable."""
    restored = taken_back(_present(_entry()), None, {"name", "presence"})

    assert restored.presence is Presence.STRUCK
    assert restored.entry == _entry()


def test_the_kind_of_cancellation_follows_who_is_here() -> None:
    """増 undoes 転出 and 死亡, 減 undoes 転入 and 出生, 修正 everything else (4.6.0.1)."""
    here, gone = Presence.RESIDENT, Presence.STRUCK

    assert reason_of(gone, here) is Reason.CANCELLATION_INCREASE
    assert reason_of(here, gone) is Reason.CANCELLATION_DECREASE
    assert reason_of(here, here) is Reason.CANCELLATION_AMENDMENT
