"""機関別符号の取得 in words: which of the two systems it passes through is the silent one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.problem_types import Words
from domain.dates import JST

if TYPE_CHECKING:
    from register.linkages import Asked

OBTAIN_CODE = "機関別符号を取得する"


def silent_side(asked: Asked | None, times: int) -> Words:
    """What the two have done by now; ``asked`` is the newest request 住基ネット took."""
    if asked is None:
        return Words("住基ネットがまだ受け付けていません。", "住基ネット has not taken it yet.")
    number, when = asked.request_number, asked.accepted_at.astimezone(JST)
    return Words(
        f"住基ネットは{when:%Y-%m-%d %H:%M}に受け付けました（処理通番 {number}、{times}回目）。"
        "中間サーバーにまだありません。",
        f"住基ネット took it on {when:%Y-%m-%d %H:%M} (処理通番 {number}, asked {times} times);"
        " 中間サーバー does not have it yet.",
    )
