"""Problems of naming people: somebody unknown, or a birth that was perhaps reported before."""

from __future__ import annotations

from http import HTTPStatus

from api.problem_kinds.kind import Kind, Words, unknown

UNKNOWN_RESIDENT = unknown(
    Words("住民が見つかりません", "Unknown resident"),
    Words("この識別子の住民はいません。", "There is no resident of this id."),
)
UNKNOWN_HOUSEHOLD = unknown(
    Words("世帯が見つかりません", "Unknown household"),
    Words("この識別子の世帯はありません。", "There is no household of this id."),
)
POSSIBLE_DUPLICATE = Kind(
    HTTPStatus.CONFLICT,
    Words("同じ子の届出かもしれません", "Possibly the same child"),
    Words(
        "同じ世帯、同じ生年月日の出生が case_numbers の案件にあります。",
        "The cases in `case_numbers` are about a birth in this household on that day.",
    ),
    Words(
        "別の子（双子など）なら、その番号を not_the_same_as に、"
        "理由を not_the_same_reason に書いて送ってください。",
        "If it is another child, e.g. a twin, send their numbers as `not_the_same_as`, with"
        " `not_the_same_reason`.",
    ),
    Words(
        "何も登録していません。番号も付けていません。",
        "Nothing was stored, and no number was asked for.",
    ),
)
