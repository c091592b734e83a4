"""一括処理 in words: its state, what staff said of it, and what became of each item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.bulk_answers import BulkItemAnswer, BulkProgress, BulkSaid, BulkSummary, LeftOut
from api.problem_types import ProblemType
from domain.bulk import BulkEvent, BulkState, ItemState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from register.bulk_items import Item
    from register.bulk_repairs import Bulk, Said

STATES = {
    BulkState.DRAFT: "下書き",
    BulkState.DISCARDED: "破棄",
    BulkState.RUNNING: "実行中",
    BulkState.PAUSED: "一時停止中",
    BulkState.STOPPED: "中止",
    BulkState.OVER: "終了",
}
EVENTS = {
    BulkEvent.CONFIRMED: "確かめて始めた",
    BulkEvent.DISCARDED: "破棄した",
    BulkEvent.PAUSED: "一時停止した",
    BulkEvent.RESUMED: "再開した",
    BulkEvent.STOPPED: "中止した",
}
SAYABLE = {
    "confirm": BulkEvent.CONFIRMED,
    "discard": BulkEvent.DISCARDED,
    "pause": BulkEvent.PAUSED,
    "resume": BulkEvent.RESUMED,
    "stop": BulkEvent.STOPPED,
}
"""What staff say of one, by the last part of its address."""
ITEMS = {
    ItemState.LEFT_OUT: "対象外",
    ItemState.WAITING: "これから",
    ItemState.DECIDED: "結果待ち",
    ItemState.WORKED: "うまくいった",
    ItemState.FAILED_AGAIN: "再び失敗",
    ItemState.SUPERSEDED: "ほかで済んだ",
    ItemState.REFUSED: "できなかった",
    ItemState.STOPPED: "中止により行わない",
}
_OPEN = {ItemState.WAITING, ItemState.DECIDED}


def summary(bulk: Bulk) -> BulkSummary:
    """One line of a list."""
    shown = {name: getattr(bulk, name) for name in BulkSummary.model_fields if name != "state_ja"}
    return BulkSummary(**shown, state_ja=STATES[bulk.state])


def foreseen(counts: Mapping[tuple[ItemState, str], int]) -> list[LeftOut]:
    """Why items are left out, and how many."""
    return [
        LeftOut(code=code, ja=_title(code), en=ProblemType[code].value.title.en, times=times)
        for (state, code), times in counts.items()
        if state is ItemState.LEFT_OUT
    ]


def progress(total: int, counts: Mapping[tuple[ItemState, str], int]) -> BulkProgress:
    """How many outcomes are known, and which."""
    states = [state for state in ItemState if state is not ItemState.LEFT_OUT]
    by_state = {
        state: sum(times for (one, _), times in counts.items() if one is state) for state in states
    }
    known = sum(times for state, times in by_state.items() if state not in _OPEN)
    return BulkProgress(total=total, known=known, ja=f"{known:,} / {total:,} 件", counts=by_state)


def said(one: Said) -> BulkSaid:
    """What somebody said, with a word for it."""
    return BulkSaid(**dict(one), ja=EVENTS[one.event])


def item(one: Item) -> BulkItemAnswer:
    """One item, with words for its state and for why it is so."""
    told = _title(one.told) if one.told else ""
    return BulkItemAnswer(**dict(one), state_ja=ITEMS[one.state], told_ja=told)


def _title(code: str) -> str:
    return ProblemType[code].value.title.ja
