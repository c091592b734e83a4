"""Problems of moving away: who may leave, when, and who heads those who stay."""

from __future__ import annotations

from api.problem_kinds.kind import Words, bad, conflict, not_now

NOT_RESIDENT = not_now(
    Words("この人は住民ではありません", "Not a resident"),
    Words(
        "転出届は住民が行います（住民基本台帳法24条）。名指しされた人は、ここの住民でないか、"
        "すでに除票です。",
        "A 転出届 is a resident's (法24条); somebody named is none, or is 除票 already.",
    ),
    Words(
        "検索して人を確かめてください。すでに除票の人には、除票の写しを交付します。",
        "Search again; somebody 除票 is given a copy of their 除票.",
    ),
)
OTHER_HOUSEHOLD = not_now(
    Words("世帯が違います", "Another household"),
    Words(
        "名指しされた人が household_id の世帯にいません。転出届は世帯ごとに行います"
        "（住民基本台帳法24条、26条）。",
        "Somebody named is not of this household; a 転出届 is one household's (法24条, 26条).",
    ),
    Words("世帯ごとに分けて届け出てください。", "File one 転出届 for each household."),
)
ALREADY_LEAVING = not_now(
    Words("すでに転出予定者です", "Leaving already"),
    Words(
        "case_numbers の案件で転出の届出を受け付けています（住民基本台帳法24条）。",
        "A 転出届 has been accepted in `case_numbers` (法24条).",
    ),
    Words(
        "予定日又は転出先の変更は、その案件の amendments、取りやめは取下げ（転出取消）に"
        "よってください。",
        "Amend day or destination in that case, or withdraw it (転出取消).",
    ),
)
SAME_MUNICIPALITY = not_now(
    Words("転出先がこの市区町村です", "The destination is this municipality"),
    Words(
        "同じ市区町村の中での異動は転居です（住民基本台帳法23条）。",
        "A move inside one municipality is a 転居 (法23条).",
    ),
    Words(
        "転居届を受け付けるか、転出先を直してください。",
        "Accept a 転居届 instead, or correct the destination.",
    ),
)
HEAD_TO_BE_NAMED = not_now(
    Words("残る世帯の世帯主が決まっていません", "Who heads the household that stays?"),
    Words(
        "世帯主が転出し、二人以上が残ります。世帯主の変更の届出が要ります（住民基本台帳法25条）。",
        "The head leaves and two or more stay: who heads them must be reported (法25条).",
    ),
    Words(
        "新しい世帯主を new_head に、変わる続柄を relationships に書いてください。決まらない"
        "ときは head_left_open を true とし、世帯主変更依頼通知書を送ります。",
        "Send `new_head` and `relationships`; or `head_left_open`, and ask them in writing.",
    ),
)
HEAD_NOT_STAYING = bad(
    Words("新しい世帯主又は続柄の人が違います", "Not among those who stay"),
    Words(
        "new_head と relationships には、世帯主が転出するときに残る人だけを書けます"
        "（住民基本台帳法25条）。",
        "`new_head` and `relationships` name people who stay when the head leaves (法25条).",
    ),
    Words("残る人を確かめてください。", "Check who stays."),
)
NOT_A_MOVE_OUT = conflict(
    Words("転出受理の案件ではありません", "Not a 転出受理"),
    Words("ここで訂正できるのは転出の届出だけです。", "Only a 転出届 is amended here."),
    Words(
        "対応待ちがあれば decisions で訂正してください。",
        "Amend at an incident, through `decisions`.",
    ),
)
ALREADY_DEPARTED = conflict(
    Words("転出予定日を過ぎています", "The planned day has come"),
    Words(
        "予定日の0時から除票であり、日は変えられません（住民基本台帳法施行令8条）。",
        "Since 00:00 of that day the person is 除票, so the day stands (令8条).",
    ),
    Words(
        "まだ引越していないなら、取下げ（転出取消）をして、新しい日で届け出てください。",
        "If nobody has moved, withdraw the case and accept a new 転出届.",
    ),
)
MOVED_IN_ELSEWHERE = conflict(
    Words("転入通知が届いています", "The 転入通知 has come"),
    Words(
        "転入地で住民となった人の転出は、取り消すことも変えることもできません"
        "（住民基本台帳法9条1項、22条）。",
        "Somebody who is a resident elsewhere has left (法9条1項, 22条).",
    ),
    Words(
        "誤りなら、転入地に転入の取消しを求めてください。取消しの通知が届けば取り下げられます。"
        "戻るなら転入届によります。",
        "If it is a mistake, ask the 転入地 to cancel; to come back, file a 転入届.",
    ),
)
