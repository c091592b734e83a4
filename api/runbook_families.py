"""Advice for families of codes: what staff do is the same, whichever of them it is.

A code with words of its own in `api.runbook` needs no family; a code with neither fails a test.
"""

from __future__ import annotations

from typing import NamedTuple

from api.problem_types import Words


class Family(NamedTuple):
    """Codes with the same advice; one that ends in an underscore is the beginning of many."""

    codes: tuple[str, ...]
    words: Words


FAMILIES = (
    Family(
        (
            *("ADDRESS_MISSING", "BEFORE_ADDRESS", "HEAD_NOT_STAYING", "HEAD_TO_BE_NAMED"),
            *("NOTHING_CHANGES", "NOT_AMONG_MOVERS", "OTHER_ADDRESS", "OTHER_HOUSEHOLD"),
            *("PART_OF_HOUSEHOLD", "RELATIONSHIP_MISSING", "SAME_HOUSEHOLD", "SAME_MUNICIPALITY"),
            *("TWO_HEADS", "UNKNOWN_RESIDENT", "WHOLE_HOUSEHOLD"),
        ),
        Words(
            "受付の後に世帯や住所が変わり、届出のままでは記載できません。今の世帯を確かめ、訂正"
            "するか、取り下げて受け付け直してください。",
            "Household or address have changed since acceptance, and the 届出 does not fit any"
            " more. Look at the household; amend, or withdraw and accept it anew.",
        ),
    ),
    Family(
        ("MOVED_IN_ELSEWHERE", "NOT_CANCELLABLE", "STILL_OPEN"),
        Words(
            "取り消そうとした異動が、受付の後に動きました。その案件を確かめ、取り下げてください。",
            "The case to be cancelled has moved on since acceptance. See to it, and withdraw.",
        ),
    ),
    Family(
        (
            *("CODE_ALREADY_ALLOTTED", "CODE_IN_USE", "CODE_TAKEN"),
            *("DOUBLED_CODE_IN_BATCH", "WRONG_CODE_IN_BATCH"),
        ),
        Words(
            "住民票コードの束に、使えないものがあります。一件も登録していません。J-LIS に束を確"
            "かめ、直れば再実行、直らなければ取り下げてください。",
            "The batch of 住民票コード holds one that cannot be used; none was taken. Ask"
            " J-LIS; retry once the batch is right, otherwise withdraw.",
        ),
    ),
    Family(
        ("NUMBER_MISMATCH", "NUMBER_WRONG", "UNKNOWN_NUMBER"),
        Words(
            "個人番号が相手の記録と合いません。カードか通知書で番号を確かめてください。手で入力"
            "した番号の誤りなら、取り下げて正しい番号で受け付け直します。",
            "The 個人番号 is not the one known over there. Check it against card or notice; if"
            " it was mistyped, withdraw and accept the right one.",
        ),
    ),
    Family(
        ("BODY_ERASED", "CIPHERTEXT_DOES_NOT_OPEN", "KEY_UNKNOWN"),
        Words(
            "台帳の暗号化された値を開けません。何も送っていません。鍵束と jukiflow verify を運"
            "用担当に確かめてもらい、直った後に再実行してください。",
            "A sealed value cannot be opened; nothing was sent. Operations check the keyring"
            " and run jukiflow verify; then retry.",
        ),
    ),
    Family(
        (
            *("CODE_WRONG", "FORMER_CODE_MISSING", "FORMER_CODE_UNEXPECTED", "KEY_REUSED"),
            *("NOT_ENTERED", "NOT_VISITED", "NO_CODE", "NO_NUMBER", "NO_SERIAL", "NO_SUCH_PERSON"),
            *("ORDER", "UNKNOWN_ACTION", "UNKNOWN_CASE", "UNKNOWN_MUNICIPALITY", "UNKNOWN_REASON"),
        ),
        Words(
            "こちらの記録が食い違っています。再実行では直りません。符号と案件番号を開発に知らせ"
            "てください。",
            "Our own records do not fit together; trying again does not help. Tell the"
            " developers the code and the case number.",
        ),
    ),
    Family(
        (
            *("APPLICANT_MISSING", "MALFORMED", "MISSING_ITEM", "OTHER_CODE", "OTHER_MESSAGE"),
            *("OTHER_NUMBER", "OTHER_PAGE", "OTHER_SERIAL", "SAME_NUMBER", "UNKNOWN_KIND"),
            *("UNKNOWN_MESSAGE", "WRONG_CERTIFICATE", "WRONG_CODE", "WRONG_CONTENTS"),
            *("WRONG_ID", "WRONG_NUMBER", "WRONG_SERIAL"),
        ),
        Words(
            "相手の回答が取り決めた形ではありません。運用担当に知らせてください。直った後に再実"
            "行します。",
            "The answer was not in the agreed form. Tell operations; retry once it was repaired.",
        ),
    ),
    Family(
        ("HTTP_",),
        Words(
            "相手が想定外の状態を返しました。宛先の設定と相手の版を運用担当に確かめてもらい、再"
            "実行してください。",
            "The other system answered with an unexpected status. Operations check its address"
            " and version; then retry.",
        ),
    ),
    Family(
        ("UNSPECIFIED",),
        Words(
            "相手が理由の符号を示さずに断りました。相手の担当に確かめ、内容の誤りなら訂正、解消"
            "したなら再実行してください。",
            "Declined without a code. Ask its operators; amend if the contents are wrong, retry"
            " if it has been settled.",
        ),
    ),
    Family(
        ("NOT_REQUESTED_BY_TELEGRAM",),
        Words(
            "付番を手作業で済ませたため、照会する電文がありません。中間サーバーに届いたことを確"
            "かめ、手作業で済ませてください。",
            "The number was asked for by hand, so there is nothing to ask about. Make sure that"
            " it has arrived, and record this as done by hand.",
        ),
    ),
    Family(
        ("NO_CERTIFICATE", "UNKNOWN_APPLICATION"),
        Words(
            "相手に、元になる申請又は転出証明書情報がありません。取り消されていないかを本人と相"
            "手に確かめ、取り下げてください。",
            "What this goes back to is not there any more. Ask the person and the other system"
            " whether it was taken back; withdraw.",
        ),
    ),
    Family(
        ("PERSON_NOT_MATCHED",),
        Words(
            "申請に書かれた人が、届出人の世帯の誰とも一致しません。本人に確かめ、受信箱で片付け"
            "、窓口の届出で受け付けてください。",
            "Somebody named in the application is nobody of the household. Ask them, settle it"
            " in the inbox, and accept the 届出 at the counter.",
        ),
    ),
    Family(
        ("REQUEST_NUMBER_REUSED",),
        Words(
            "処理通番が使用済みです。再実行すると、新しい処理通番で求め直します。",
            "The 処理通番 was used before. Retry: it is asked for under a new one.",
        ),
    ),
    Family(
        ("UNKNOWN_ADDRESSEE",),
        Words(
            "統合宛名がこの宛名番号を知りません。付番の手順が済んでいるかを確かめ、再実行してく"
            "ださい。",
            "統合宛名 does not know the addressee. See whether it was registered, and retry.",
        ),
    ),
)


def of_family(code: str) -> Words | None:
    """The advice of the family a code belongs to."""
    for family in FAMILIES:
        for one in family.codes:
            if code == one or (one.endswith("_") and code.startswith(one)):
                return family.words
    return None
