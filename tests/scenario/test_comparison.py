"""突合: each kind of difference that is planted is found, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.move_out import AWAIT_NOTICE
from local.scenario.comparison import (
    misused,
    strangers,
    told_twice,
    unanswered,
    uncountered,
    unwritten,
)
from tests.scenario.a_story import CLOSING, COPY, DESTINATION, ORIGIN, Story, an_entry, leaving_for

if TYPE_CHECKING:
    from collections.abc import Callable

_ANNOUNCING = "本人確認情報を送信する"


def _left() -> Story:
    """Somebody who left, and of whom everybody has heard."""
    entry = an_entry(**leaving_for(DESTINATION))
    story = Story().becomes(present=False, was_present=False, reason="転出", entry=entry)
    return story.told(Story.strike_at_jlis).told(Story.close)


def test_where_all_tell_one_story_nothing_is_found() -> None:
    """The control: red as soon as a rule sees a difference where there is none."""
    assert Story().differences == []
    assert _left().differences == []
    assert _left().told(Story.settle_elsewhere).differences == []


_PLANTED: list[tuple[str, Callable[[Story], object], list[str]]] = [
    ("struck at J-LIS", Story.strike_at_jlis, ["住基ネット: 現存 differs"]),
    ("held by another town", Story.settle_elsewhere, ["住基ネット: 現存 differs"]),
    (
        "another number",
        lambda s: s.at_jlis.update(number="900000000000"),
        ["住基ネット: 個人番号 differs"],
    ),
    (
        "a gap",
        lambda s: s.at_jlis["entries"][0].update(update_number=2),
        ["住基ネット: 更新順番号 has gaps"],
    ),
    (
        "an old name",
        lambda s: s.at_jlis["contents"].update(漢字氏名="別人"),
        ["住基ネット: 本人確認情報 differs"],
    ),
    (
        "mailed elsewhere",
        lambda s: s.outside.jlis["mailings"].clear(),
        ["住基ネット: 送付先情報 differs"],
    ),
    (
        "a closed 宛名",
        lambda s: s.addressee.update(closed=True),
        ["統合宛名: 宛名 open or closed differs"],
    ),
    (
        "another number there",
        lambda s: s.addressee.update(my_number="9"),
        ["統合宛名: 個人番号 differs"],
    ),
    (
        "an old address",
        lambda s: s.addressee["contents"].update(address="旧住所"),
        ["統合宛名: 宛名情報 differs"],
    ),
    (
        "a closed 団番",
        lambda s: s.unified.update(closed=True),
        ["中間サーバー: 団内統合宛名番号 open or closed differs"],
    ),
    (
        "a deleted 副本",
        lambda s: s.copy.update(deleted=True),
        ["中間サーバー: 副本 there or not differs"],
    ),
    (
        "no 副本",
        lambda s: s.outside.intermediate_server["copies"].clear(),
        ["中間サーバー: 副本 there or not differs"],
    ),
    (
        "an old relationship",
        lambda s: s.copy["facts"].update(relationship="妻"),
        ["中間サーバー: 副本 differs"],
    ),
]


@pytest.mark.parametrize(
    ("plant", "found"), [one[1:] for one in _PLANTED], ids=[one[0] for one in _PLANTED]
)
def test_each_difference_about_a_resident_is_found_and_no_other(
    plant: Callable[[Story], object], found: list[str]
) -> None:
    assert Story().told(plant).differences == found


_LEFT_BEHIND: dict[str, tuple[Callable[[Story], object], list[str]]] = {
    "live at J-LIS": (
        lambda s: s.at_jlis.update(live=True),
        ["住基ネット: 現存 differs"],
    ),
    "an open 宛名": (
        lambda s: s.addressee.update(closed=False),
        ["統合宛名: 宛名 open or closed differs"],
    ),
    "an open 団番": (
        lambda s: s.unified.update(closed=False),
        ["中間サーバー: 団内統合宛名番号 open or closed differs"],
    ),
    "a 副本": (
        lambda s: s.copy.update(deleted=False),
        ["中間サーバー: 副本 there or not differs"],
    ),
}


@pytest.mark.parametrize(("plant", "found"), _LEFT_BEHIND.values(), ids=[*_LEFT_BEHIND])
def test_whatever_was_left_behind_of_somebody_gone_is_found(
    plant: Callable[[Story], object], found: list[str]
) -> None:
    assert _left().told(plant).differences == found


def test_what_is_still_due_may_be_told_or_not() -> None:
    """A 転出 whose CS-04 is owed, or whose 宛名 is yet to be closed, is no difference – either way.

    Red when `Person.may_count` knows today's story alone.
    """
    gone = Story().becomes(present=False, due=frozenset({_ANNOUNCING, CLOSING, COPY}))
    assert gone.differences == []
    assert gone.told(Story.strike_at_jlis).told(Story.close).differences == []


def test_what_is_due_to_one_system_excuses_no_other() -> None:
    """統合宛名 may lag until the 転入通知 has come; 住基ネット was due on the day."""
    gone = Story().becomes(present=False, due=frozenset({AWAIT_NOTICE, CLOSING, COPY}))
    assert gone.differences == ["住基ネット: 現存 differs"]
    assert gone.told(Story.strike_at_jlis).differences == []


def test_somebody_awaited_may_have_arrived_elsewhere_before_the_notice() -> None:
    """They moved in before the planned day: J-LIS knows it before the 転出地 does."""
    leaving = Story().becomes(leaving=True, due=frozenset({AWAIT_NOTICE, _ANNOUNCING, CLOSING}))
    assert leaving.told(Story.settle_elsewhere).differences == []


def test_of_whom_nothing_was_told_nothing_need_be_known() -> None:
    """People taken over from an older system have no entry, no contents and no 副本 outside."""
    always = Story().becomes(brought_in=False, numbered_here=False)
    blank = always.told(lambda s: s.at_jlis.update(entries=[], contents={}))
    blank = blank.told(lambda s: s.addressee.update(contents={}))
    blank = blank.told(lambda s: s.outside.intermediate_server["copies"].clear())
    assert blank.differences == []


def test_a_copy_an_older_system_registered_is_for_reconciliation_to_follow() -> None:
    """It has no version of ours; who became head by another's 転出 is told of by 差異修正.

    Red when the comparison looks at every 副本.
    """
    older = Story().told(lambda s: s.copy["facts"].update(relationship="妻"))
    older.copy["version"] = 0
    assert older.differences == []


def test_who_came_back_is_mailed_nothing_again() -> None:
    """The letter went out with the number, to the first address."""
    moved = Story().told(Story.strike_at_jlis)
    moved.at_jlis.update(live=True)
    moved.at_jlis["entries"].append(moved.an_entry("記載", "転入等", 3))
    moved.outside.jlis["mailings"].clear()
    assert moved.differences == []


def test_the_same_told_twice_is_found_and_a_second_move_is_not() -> None:
    """Two 記載 of one birth are one too many; a birth and a 転出 are two things."""
    story = Story().told(Story.strike_at_jlis)
    assert [*told_twice([story.person], story.outside)] == []
    story.at_jlis["entries"].append(story.an_entry("記載", "出生", 3))
    assert [*told_twice([story.person], story.outside)] == ["R8-000001/1: 本人確認情報 2 回"]


def test_strangers_are_found_where_they_count_as_residents() -> None:
    """Nobody here knows them; whoever lives in another town by now is no concern of ours."""
    story = Story()
    assert [*strangers(ORIGIN, [], story.outside)] == [
        "住基ネット: somebody nobody here knows",
        "統合宛名: somebody nobody here knows",
    ]
    elsewhere = story.told(Story.settle_elsewhere)
    assert [*strangers(ORIGIN, [], elsewhere.outside)] == ["統合宛名: somebody nobody here knows"]
    assert [*strangers(ORIGIN, [story.person], story.outside)] == []


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"state": "free", "held": False, "written": False}, []),
        ({"state": "reserved", "held": True, "written": True}, []),
        ({"state": "retired", "held": False, "written": True}, []),
        ({"state": "free", "held": False, "written": True}, ["free, but used"]),
        ({"state": "retired", "held": False, "written": False}, ["retired, but never used"]),
        ({"state": "reserved", "held": False, "written": True}, ["reserved for nobody"]),
    ],
)
def test_a_code_is_free_or_somebodys_or_retired(row: dict[str, Any], found: list[str]) -> None:
    """Whoever has left keeps the code they were given (法30条の2)."""
    ledger = {"vacant_codes": [{"code": "1"}]}
    assert [*misused([row | {"code": "1"}], ledger)] == [f"住民票コード: {one}" for one in found]  # type: ignore[list-item]


def test_what_we_never_wrote_is_found_in_every_system() -> None:
    story = Story()
    story.outside.mynaportal["messages"].append({"id": "x", "kind": "OS-03"})
    assert [*unwritten({"mailed"}, story.outside)] == ["OS-03: never written"]
    assert [*unwritten({"mailed", "x"}, story.outside)] == []


def test_an_entry_of_a_withdrawn_case_must_be_countered() -> None:
    story = Story()
    entry = story.at_jlis["entries"][0]
    taken_back = {entry["message_id"]}
    assert len([*uncountered(taken_back, story.outside.jlis)]) == 1
    assert [*uncountered(set(), story.outside.jlis)] == []
    entry["countered_by"] = "another"
    assert [*uncountered(taken_back, story.outside.jlis)] == []


@pytest.mark.parametrize(
    ("state", "read", "found"),
    [
        ("completed", ["受付", "完了"], []),
        ("withdrawn", ["完了", "取消"], []),
        ("withdrawn", [], []),
        ("completed", [], ["マイナポータル: 処理状況 is not 完了"]),
        ("withdrawn", ["完了"], ["マイナポータル: 処理状況 is not 取消"]),
    ],
)
def test_the_citizen_reads_what_became_of_it(state: str, read: list[str], found: list[str]) -> None:
    """The last 処理状況 counts."""
    statuses = [{"application_id": "a", "contents": {"state": one}} for one in read]
    assert [*unanswered({"a": state}, {"statuses": statuses})] == found
