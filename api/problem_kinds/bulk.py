"""Problems of 一括処理: lists that cannot be made, and what cannot be said of one any more."""

from __future__ import annotations

from api.problem_kinds.kind import Words, conflict, not_now, unknown

UNKNOWN_BULK_REPAIR = unknown(
    Words("一括処理が見つかりません", "Unknown bulk repair"),
    Words("この識別子の一括処理はありません。", "There is no bulk repair with this id."),
)
NOTHING_TO_REPAIR = not_now(
    Words("対象がありません", "Nothing to repair"),
    Words(
        "当てはまる対応待ちがないか、どれも再実行できません。",
        "No incident matches, or none of them may be retried.",
    ),
    Words("絞り込みを見直してください。", "Look at the filter again."),
)
BULK_TOO_LARGE = not_now(
    Words("対象が多すぎます", "Too many incidents"),
    Words("一度に扱えるのは10,000件までです。", "A list holds 10,000 incidents at most."),
    Words("絞り込みを足してください。", "Narrow the filter."),
)
BULK_STANDS_ELSEWHERE = conflict(
    Words("今の状態ではできません", "Not in its present state"),
    Words(
        "一括処理はもう別の状態です。確かめて始められるのは下書き、一時停止できるのは実行中、"
        "再開できるのは一時停止中、中止できるのは終わる前だけです。",
        "Only a draft is confirmed or discarded, only a running one paused, only a paused one"
        " resumed, and only one that has not ended stopped.",
    ),
    Words("一括処理を読み直してください。", "Read the bulk repair again."),
)
OWN_BULK_REPAIR = conflict(
    Words("自分が作った一括処理は始められません", "Nobody confirms their own"),
    Words(
        "この件数の一括処理は、作った人とは別の責任者が確かめて始めます。",
        "A list of this size is confirmed by a chief who did not draft it.",
    ),
    Words("ほかの責任者に依頼してください。", "Ask another chief."),
)
