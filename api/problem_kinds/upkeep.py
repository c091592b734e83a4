"""Problems of keeping the register in step: stock, one case at a time, differences, gates."""

from __future__ import annotations

from api.problem_kinds.kind import Words, conflict, not_now, unknown

TOP_UP_OPEN = conflict(
    Words("補充はすでに進んでいます", "A top-up is already open"),
    Words(
        "住民票コード補充は自治体ごとに一件です。case_numbers の案件が進んでいます。",
        "There is one top-up per municipality; see `case_numbers`.",
    ),
    Words("その案件が終わるのを待ってください。", "Wait until that case has ended."),
)
ALREADY_UNDER_WAY = conflict(
    Words("すでに進んでいます", "Already under way"),
    Words(
        "同じ目的の案件が case_numbers にあります。同時に一件だけ進みます。",
        "A case for the same is open; see `case_numbers`.",
    ),
    Words("その案件が終わるのを待ってください。", "Wait until that case has ended."),
)
NO_RESIDENT_CODE = not_now(
    Words("住民票コードがありません", "No resident code"),
    Words(
        "この人には住民票コード又は個人番号がまだありません。",
        "This person has no resident code or no individual number yet.",
    ),
    Words("付番の案件が済んでから行ってください。", "Do it once they have been numbered."),
)
UNKNOWN_DIFFERENCE = unknown(
    Words("この差異はありません", "No such difference"),
    Words("この識別子の差異はありません。", "There is no difference with this id."),
)
DIFFERENCE_NOT_OPEN = not_now(
    Words("この差異は判断待ちではありません", "Difference not open"),
    Words(
        "修正中か、手作業で直したか、なくなっています。修正中なら case_numbers の案件です。",
        "It is being repaired (see `case_numbers`), was put right by hand, or is gone.",
    ),
    Words("差異を読み直してください。", "Read the difference again."),
)
NO_REPAIR = not_now(
    Words("機械で直せない差異です", "No repair by machine"),
    Words(
        "この種類の差異に、提案できる修正はありません。",
        "There is no repair to propose for this kind of difference.",
    ),
    Words("advice に従って外で直し、by_hand としてください。", "Follow `advice`, then `by_hand`."),
)
GATE_NOT_HELD = not_now(
    Words("送信は止まっていません", "Not held"),
    Words(
        "この相手への送信は止まっていないか、すでに再開しています。",
        "This peer's gate is open, or is being let through already.",
    ),
    Words("相手システムの状態を読み直してください。", "Read how the peer stands again."),
)
