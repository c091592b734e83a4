"""Problems of changes of people who live here: households joined, founded or taken back."""

from __future__ import annotations

from api.problem_kinds.kind import Words, bad, not_now

HOUSEHOLD_GONE = not_now(
    Words("世帯がありません", "No such household"),
    Words("名指しされた世帯は、ここにはありません。", "A household named is not of this town."),
    Words("検索して世帯を確かめてください。", "Search for the household again."),
)
HEAD_GONE = not_now(
    Words("入る世帯に世帯主がいません", "The household joined has no head"),
    Words(
        "世帯主のいない世帯には入れません。続柄が決まらないためです（住民基本台帳法7条4号）。",
        "Nobody joins a household without a head: there is nobody to be related to (法7条).",
    ),
    Words("先に世帯主の変更を届け出てください。", "Report a new head for it first."),
)
SAME_HOUSEHOLD = bad(
    Words("同じ世帯です", "The same household"),
    Words("今いる世帯に入ることはできません。", "They are in that household already."),
    Words("入る世帯を確かめてください。", "Check which household they join."),
)
RELATIONSHIP_MISSING = bad(
    Words("続柄がありません", "A 続柄 is missing"),
    Words(
        "世帯主が替わる人の、新しい世帯主との続柄が要ります（住民基本台帳法7条4号）。",
        "Whoever has another head from now on needs their 続柄 to that head (法7条).",
    ),
    Words("relationships に全員の続柄を書いてください。", "Name everybody in `relationships`."),
)
NOT_AMONG_MOVERS = bad(
    Words("異動する人ではありません", "Not among those named"),
    Words(
        "head と relationships には、residents の人だけを書けます。",
        "`head` and `relationships` name people of `residents` only.",
    ),
    Words("異動する人を確かめてください。", "Check who is named."),
)
NOTHING_CHANGES = bad(
    Words("何も変わりません", "Nothing would change"),
    Words(
        "届出のとおりにしても、今の記載と同じです。",
        "What is reported is what the register says already.",
    ),
    Words("届出の内容を確かめてください。", "Check what is reported."),
)
BEFORE_ADDRESS = bad(
    Words("今の住所を定めた日より前です", "Before they came to live there"),
    Words(
        "異動した日が、今の住所を定めた年月日より前になっています。",
        "The day is before the day they came to live at their present address.",
    ),
    Words(
        "日を確かめてください。前の記載が誤りなら、職権修正によります。",
        "Check the day; if the entry is wrong, use 職権修正.",
    ),
)
OTHER_ADDRESS = not_now(
    Words("住所が違います", "Another address"),
    Words(
        "世帯変更では住所は変わりません。入る世帯の住所が違います（住民基本台帳法25条）。",
        "A 世帯変更 leaves the address as it is; the household joined has another (法25条).",
    ),
    Words("住所が変わるなら、転居届によります。", "If the address changes, report a 転居."),
)
WHOLE_HOUSEHOLD = not_now(
    Words("世帯の全員です", "The whole household"),
    Words(
        "世帯の全員が抜けるのは世帯合併です。世帯分離と世帯変更では誰かが残ります。",
        "When everybody leaves it is a 世帯合併; otherwise somebody stays.",
    ),
    Words("種類か人を確かめてください。", "Check the kind, or who is named."),
)
PART_OF_HOUSEHOLD = not_now(
    Words("世帯の一部です", "Part of the household"),
    Words(
        "世帯合併では世帯の全員が動きます。",
        "In a 世帯合併 everybody of the household goes over.",
    ),
    Words(
        "全員を書くか、世帯変更によってください。",
        "Name everybody, or use the kind 世帯変更.",
    ),
)
STILL_OPEN = not_now(
    Words("案件はまだ終わっていません", "The case is still open"),
    Words("取り消せるのは終わった案件です。", "Only a finished case is cancelled."),
    Words(
        "進行中の案件は、decisions の取下げ（withdraw）によってください。",
        "Withdraw an open case, through `decisions`.",
    ),
)
NOT_CANCELLABLE = not_now(
    Words("取り消せない案件です", "This case cannot be cancelled"),
    Words(
        "番号又は住民票コードの変更、取消しそのもの、取り下げた案件は取り消せません"
        "（一度使った番号は誰にも使われません）。",
        "Changes of number or code, cancellations, and withdrawn cases stay as they are.",
    ),
    Words("職権修正又は新しい届出によってください。", "Use 職権修正, or a new 届出."),
)
NOTHING_TO_CANCEL = not_now(
    Words("取り消すものがありません", "Nothing to cancel"),
    Words(
        "その案件が記載した行は残っていないか、名指しした人について何も記載していません。",
        "No row of that case counts any more, or none is about those named.",
    ),
    Words("住民の履歴を確かめてください。", "Look at the history."),
)
TWO_HEADS = not_now(
    Words("世帯主が二人になります", "The household would have two heads"),
    Words(
        "その人たちだけを戻すと、世帯に世帯主が二人になります。",
        "With only those taken back, a household would have two heads.",
    ),
    Words(
        "世帯主になった人についても一緒に取り消すか、先に世帯主変更をしてください。",
        "Cancel it for whoever became head as well, or change the head first.",
    ),
)
