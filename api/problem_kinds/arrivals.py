"""Problems of coming: the card, the days of 特例転入, numbers that are somebody else's."""

from __future__ import annotations

from http import HTTPStatus

from api.problem_kinds.kind import NOTHING, Kind, Words, conflict

WRONG_PERSON = conflict(
    Words("この案件の人ではありません", "The case is about somebody else"),
    Words(
        "提示されたカードの人、又は転居する人の中に、この案件が待っている人がいません。",
        "Neither the card nor those who move are of whom this case waits for.",
    ),
    Words(
        "人と案件番号を確かめてください。別の人の転入なら /v1/special-move-ins、転居なら"
        " /v1/address-changes で受け付けます。",
        "Check person and case number; accept another person's 転入 at /v1/special-move-ins, a"
        " 転居 at /v1/address-changes.",
    ),
)
CARD_NOT_VERIFIED = conflict(
    Words("カードを確認できていません", "The card is not verified"),
    Words(
        "特例転入には、カードの提示と住基用暗証番号の照合が要ります"
        "（住民基本台帳法24条の2、施行令24条の2）。",
        "特例転入 needs the card and its PIN (art. 24-2 of the Act and of its Order).",
    ),
    Words(
        "暗証番号は窓口で再設定できます。カードによらないときは、転出地で転出証明書の"
        "交付を受けて /v1/move-ins で届け出ます。",
        "A PIN can be set anew; without the card, use a paper 転出証明書 at /v1/move-ins.",
    ),
)
SPECIAL_MOVE_IN_EXPIRED = conflict(
    Words("特例転入の期間を過ぎています", "Too late for 特例転入"),
    Words(
        "転出予定日から30日、又は転入した日から14日を過ぎたため、特例によることができません"
        "（住民基本台帳法施行令24条の2）。",
        "Over 30 days after the planned 転出, or 14 after the move (art. 24-2 of the Order).",
    ),
    Words(
        "転出地で紙の転出証明書の交付を受け、/v1/move-ins で転入届を受け付けてください。",
        "Have the 転出地 issue a paper 転出証明書, and accept the 転入届 at /v1/move-ins.",
    ),
)
NO_VISIT_AWAITED = conflict(
    Words("来庁を待つ案件ではありません", "No visit is waited for"),
    Words(
        "来庁を待つのは、特例転入の案件と、転居予約による転居の案件だけです。",
        "Only a 特例転入, and a 転居 that was announced, wait for a visit.",
    ),
    Words("案件番号を確かめてください。", "Check the case number."),
)
ALREADY_REPORTED = conflict(
    Words("届出はすでに受け付けています", "The 届出 has been made already"),
    Words(
        "この案件の転入届又は転居届は、もう受け付けました。",
        "What was said at the counter is being entered, or has been.",
    ),
    Words(
        "誤りは、対応待ちでの訂正、又は取下げによってください。別の転居なら"
        " /v1/address-changes で受け付けます。",
        "Amend it where the case waits for a decision, or withdraw the case; accept another"
        " 転居 at /v1/address-changes.",
    ),
)
ALREADY_RESIDENT = Kind(
    HTTPStatus.CONFLICT,
    Words("すでに住民です", "Already a resident"),
    Words(
        "persons の人は、住民票コード又は個人番号が現存する住民と同じです"
        "（住民記録システム標準仕様書4.1.1.2）。",
        "By code or number, these persons live here already.",
    ),
    Words(
        "同じ人なら転居届によります。違う人なら、番号を転出地に確かめてください。",
        "If it is the same person this is a 転居; otherwise ask the 転出地 about the numbers.",
    ),
    NOTHING,
)
NUMBERS_DIFFER = Kind(
    HTTPStatus.CONFLICT,
    Words("住民票コードと個人番号が別の人のものです", "Code and number are two people's"),
    Words(
        "当自治体の記録では、二つの番号は別の人のものです。",
        "In this register the two belong to different people.",
    ),
    Words("転出証明書を見直し、転出地に確かめてください。", "Ask the 転出地."),
    NOTHING,
)
