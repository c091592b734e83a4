"""The forty scenarios of DOMAIN.md 9: those the house does not play, and why.

Every other number is a test of this folder, called ``test_9_NN_…`` after it.
"""

from __future__ import annotations

FIRST, LAST = 1, 40
NOT_BUILT: dict[int, str] = {
    21: "DV等支援措置 are not built: neither 申出, term nor 転送 is known to the register.",
    22: "抑止 is not built, so nothing of it is released for a time.",
    26: "指定都市の区間異動 is not built (design, chapter 9): a town is one municipality.",
    27: "What tells its two cases apart is 戸籍附票 (CS-09) and the card; neither is built.  The"
    " 国外転出 itself is a row of the message matrix.",
    28: "帰化 begins with a foreign resident, and what only they need is not built (chapter 9).",
    29: "住居表示 in bulk is not built; one person at a time is a 軽微な修正.",
    35: "The archive of 150 years is not built (design, chapter 9).",
}
