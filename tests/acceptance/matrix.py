"""Procedure × message (3.19), and how what we send comes to each of its cells.

``●`` always, exactly once for each person (CS-05 and CS-07 once for all of a 届出), ``–`` never,
``○`` on a condition, ``→`` comes in from another municipality, ``→○`` that on a condition.

The column CS-09 (戸籍附票) is left out: 附票 is not built.  CS-03 stands in a column of its own.

What an ``○`` depends on, and where it has one side only:

* CS-02 and CS-12 of a 転入: whoever is given a number here.  A 国内転入 gives one only where none
  is on the 転出証明書 ("never recorded or unknown", 法30条の2) or a child was born meanwhile; there
  the ``–`` of CS-02 gives way to that rule.
* CS-05 of a 転出: with a card; paper otherwise.  CS-05 of a 取消 voids it, where one was sent.
* CS-07 of a 取消: of a 転入; of a 職権消除: the 転入通知 of whoever turns up elsewhere, then CS-08.
* CS-12 of a 転居 and of a 軽微な修正: "if the mailing is pending".  One side only, never: nobody
  tells a municipality whether J-LIS has mailed the letter (cards, CS-16, are not built).
* AT-01/02 of a 世帯変更: never, because 宛名情報 as sent here says nothing of a household.
* AT-01/02 of a 住民票コード変更: never, because 宛名情報 says no code.
* AT-03 of a 軽微な修正: always; a 副本 follows whatever changes on the 住民票.
* BZ-01 of a number or code: always.  The feed tells who changed, and the offices ask what.

Where we deviate from a ``●``:

* 取消 of a 転出 that no 転入通知 has followed: 宛名, 副本 and offices are told of a 転出 after that
  notice, so nobody there has anything to take back; CS-04 only from its day on.
* 個人番号の職権修正: a wrong entry is put right, nothing is generated: no CS-03, no letter.
"""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = (
    "CS-02",
    "CS-03",
    "CS-04",
    "CS-05",
    "CS-07",
    "CS-08",
    "CS-12",
    "CS-13",
    "AT-01",
    "AT-02",
    "AT-03",
    "BZ-01",
)
_ONCE_FOR_ALL = frozenset({"CS-05", "CS-07"})

MATRIX: dict[str, str] = {
    # 手続           02 03 04 05  07  08 12 13 AT-01/02 03 BZ
    "転入（国内）": "– – ● – ● – ○ ● ● ● ● ●",
    "特例転入": "– – ● → ● – ○ ● ● ● ● ●",
    "国外転入": "○ – ● – – – ○ ● ● ● ● ●",
    "転出": "– – ● ○ → ● – – ● ● ● ●",
    "国外転出": "– – ● – – – – – ● ● ● ●",
    "転居": "– – ● – – – ○ – ● ● ● ●",
    "世帯変更": "– – – – – – – – ○ ○ ● ●",
    "出生": "● – ● – – – ● ● ● ● ● ●",
    "死亡": "– – ● – – – – – ● ● ● ●",
    "職権修正（4情報）": "– – ● – – – – – ● ● ● ●",
    "軽微な修正": "– – ● – – – ○ – ● ● ○ ●",
    "職権消除": "– – ● – →○ ○ – – ● ● ● ●",
    "個人番号変更": "– ● ● – – – ● – ● ● – ○",
    "住民票コード変更": "– – ● – – – – – ○ ○ – ○",
    "取消": "– – ● ○ ○ – – – ● ● ● ●",
}
ONE_SIDED: dict[tuple[str, str], bool] = {
    ("転居", "CS-12"): False,
    ("軽微な修正", "CS-12"): False,
    ("世帯変更", "AT-01"): False,
    ("世帯変更", "AT-02"): False,
    ("住民票コード変更", "AT-01"): False,
    ("住民票コード変更", "AT-02"): False,
    ("軽微な修正", "AT-03"): True,
    ("個人番号変更", "BZ-01"): True,
    ("住民票コード変更", "BZ-01"): True,
}
"""Conditions that never (or always) hold here, for the reasons above."""


class Expected(NamedTuple):
    """What one play of a row is to show.

    ``holds`` are the columns of ``○`` whose condition this play fulfils.  ``besides`` is what goes
    out or comes in that the matrix has no column for; ``instead`` are cells that come out otherwise
    than the row says, as the docstring above explains.
    """

    row: str
    reasons: tuple[str, ...]
    """異動事由 of the CS-04, in their order."""
    valid: frozenset[str]
    """Which of the two certificates somebody had are valid afterwards."""
    holds: frozenset[str] = frozenset()
    besides: Mapping[str, int] = MappingProxyType({})
    instead: Mapping[str, int] = MappingProxyType({})
    people: int = 1

    def counts(self) -> Counter[str]:
        """How often each kind of message is received; a kind that is not here, never."""
        found: Counter[str] = Counter()
        for column, mark in cells(self.row).items():
            if mark in {"●", "→"} or column in self.holds:
                sent = f"→{column}" if mark.startswith("→") else column
                found[sent] += 1 if column in _ONCE_FOR_ALL else self.people
        return +(Counter({**found, **self.instead}) + Counter(self.besides))


def cells(row: str) -> dict[str, str]:
    """The marks of a row, by column."""
    return dict(zip(COLUMNS, MATRIX[row].split(), strict=True))
