"""The forty scenarios a resident register must get right, 9.1 to 9.40: those not played, and why.

Every other number is a test of this folder, ``test_9_NN_…``; its docstring begins with what the
scenario is, and what it must come to.
"""

from __future__ import annotations

from typing import NamedTuple

FIRST, LAST = 1, 40


class NotBuilt(NamedTuple):
    """A scenario the house has no way to play."""

    scenario: str
    because: str


NOT_BUILT: dict[int, NotBuilt] = {
    21: NotBuilt(
        "DV: start, extend, alert, end, transfer, 転出 switch",
        "The register knows nothing of DV等支援措置: no 申出, no term, no 転送.",
    ),
    22: NotBuilt(
        "Temporary release of 抑止: auto returns, not propagated",
        "There is no 抑止, so nothing of it is released for a time.",
    ),
    26: NotBuilt(
        "区間異動 in 指定都市: new 世帯番号, same 宛名番号",
        "A town is one municipality here; wards are not built.",
    ),
    27: NotBuilt(
        "国外転出 with and without card continuation: CS-09, card state",
        "Neither 戸籍附票 nor cards are built, and they are what tells the two apart.  The 国外転出"
        " itself is a row of the message matrix.",
    ),
    28: NotBuilt(
        "帰化: what is carried over",
        "It begins with a foreign resident, and what only they need is not built.",
    ),
    29: NotBuilt(
        "住居表示 in bulk, with one person changed meanwhile: skipped, listed",
        "Nothing is changed in bulk; one person at a time is a 軽微な修正.",
    ),
    35: NotBuilt(
        "150-year retention: moved in batches of five years, searchable",
        "There is no archive; nothing is moved out of the register.",
    ),
}
