"""Each row of the matrix 3.19, played in towns of its own, against what the others received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance import deeds, plays
from tests.acceptance.deeds import BOTH
from tests.acceptance.matrix import MATRIX, ONE_SIDED, Expected, cells
from tests.acceptance.plays import WHO, Stage
from tests.changing import Locals
from tests.comparable import comparable
from tests.moving import Family, Movers, at_rest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from tests.frontier import Frontier

_NONE: frozenset[str] = frozenset()
_AUTHENTICATION = frozenset({"authentication"})
_SERIALS = {"CS-14": 1}
"""Which certificates somebody has is asked of everybody who gets a code new to the town."""

PLAYS: dict[Callable[[Stage], Awaitable[None]], Expected] = {
    plays.paper: Expected("転入（国内）", ("転入等",), _AUTHENTICATION, besides=_SERIALS),
    plays.paper_without_number: Expected(
        "転入（国内）",
        ("転入等",),
        _AUTHENTICATION,
        holds=frozenset({"CS-12"}),
        besides=_SERIALS,
        instead={"CS-02": 1},
    ),
    plays.card: Expected("特例転入", ("転入等",), _AUTHENTICATION, besides=_SERIALS),
    plays.card_and_newborn: Expected(
        "特例転入",
        ("転入等", "転入等"),
        _AUTHENTICATION,
        besides={"CS-14": 2},
        # The number and its letter are the child's alone.
        instead={"CS-02": 1, "CS-12": 1},
        holds=frozenset({"CS-12"}),
        people=2,
    ),
    plays.from_abroad: Expected(
        "国外転入", ("転入等",), BOTH, holds=frozenset({"CS-02", "CS-12"}), besides=_SERIALS
    ),
    plays.back_from_abroad: Expected("国外転入", ("転入等",), _NONE, besides=_SERIALS),
    plays.online: Expected(
        "転出",
        ("転出",),
        _AUTHENTICATION,
        holds=frozenset({"CS-05"}),
        besides={"CS-14": 1, "OS-03": 1},
    ),
    plays.on_paper: Expected("転出", ("転出",), _AUTHENTICATION),
    plays.gone_abroad: Expected("国外転出", ("転出",), _NONE),
    plays.moved: Expected("転居", ("転居",), _AUTHENTICATION),
    plays.moved_together: Expected("転居", ("転居",) * 3, _AUTHENTICATION, people=3),
    plays.split: Expected("世帯変更", (), BOTH),
    plays.born: Expected("出生", ("出生",), BOTH),
    plays.died: Expected("死亡", ("死亡",), _NONE),
    plays.renamed: Expected("職権修正（4情報）", ("職権修正等",), _AUTHENTICATION),
    plays.glyph: Expected("軽微な修正", ("軽微な修正",), BOTH, holds=frozenset({"AT-03"})),
    plays.struck: Expected("職権消除", ("職権消除等",), _NONE),
    plays.struck_and_found: Expected(
        "職権消除", ("職権消除等",), _NONE, holds=frozenset({"CS-07", "CS-08"})
    ),
    plays.another_number: Expected(
        "個人番号変更", ("個人番号の変更請求",), BOTH, holds=frozenset({"BZ-01"})
    ),
    plays.right_number: Expected(
        "個人番号変更",
        ("個人番号の職権修正",),
        BOTH,
        holds=frozenset({"BZ-01"}),
        instead={"CS-03": 0, "CS-12": 0},
    ),
    plays.another_code: Expected(
        "住民票コード変更",
        ("住民票コードの変更請求",),
        BOTH,
        holds=frozenset({"BZ-01"}),
        besides=_SERIALS,
    ),
    plays.cancelled_move: Expected("取消", ("職権修正等",), _AUTHENTICATION),
    plays.cancelled_move_in: Expected(
        "取消", ("職権消除等",), _AUTHENTICATION, holds=frozenset({"CS-07"})
    ),
    plays.withdrawn_early: Expected(
        "取消",
        (),
        BOTH,
        holds=frozenset({"CS-05"}),
        instead={"CS-04": 0, "AT-01": 0, "AT-02": 0, "AT-03": 0, "BZ-01": 0},
    ),
    plays.withdrawn_late: Expected(
        "取消",
        ("職権記載等",),
        _AUTHENTICATION,
        holds=frozenset({"CS-05"}),
        instead={"AT-01": 0, "AT-02": 0, "AT-03": 0, "BZ-01": 0},
    ),
}


@pytest.fixture
async def stage(frontier: Frontier) -> AsyncGenerator[Stage]:
    """A town whose people everybody knows, another to move to, and a child with a card."""
    town, elsewhere = await comparable(frontier), await frontier.house.open_town()
    family = await Family.of(town)
    movers = Movers(frontier, town, elsewhere)
    serials = await deeds.certified(frontier, family, WHO)
    yield Stage(movers, Locals(frontier, town), family, serials)
    for one in (town, elsewhere):
        await at_rest(one)


@pytest.mark.parametrize("play", PLAYS, ids=[play.__name__ for play in PLAYS])
async def test_everybody_is_told_what_the_matrix_says_and_nothing_else(
    stage: Stage, play: Callable[[Stage], Awaitable[None]]
) -> None:
    """● once, – never, ○ as its condition says; 異動事由 and certificates likewise (3.19).

    Red: close no 宛名 of whoever leaves, or mail a letter to whoever had a number before.
    """
    expected = PLAYS[play]

    await play(stage)

    assert stage.watched is not None
    assert dict(await stage.watched.counted()) == dict(expected.counts())
    assert await stage.watched.reasons() == list(expected.reasons)
    assert await deeds.valid(stage.here.town, stage.serials) == expected.valid


def test_every_row_is_played_and_every_condition_both_ways() -> None:
    """A row nobody plays, or a condition seen from one side, is said in so many words."""
    assert {expected.row for expected in PLAYS.values()} == set(MATRIX)
    for row in MATRIX:
        for column, mark in cells(row).items():
            seen = {column in one.holds for one in PLAYS.values() if one.row == row}
            both = {True, False} if mark.endswith("○") else {False}
            one_sided = ONE_SIDED.get((row, column))
            assert seen == (both if one_sided is None else {one_sided}), (row, column)
