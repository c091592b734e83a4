"""What staff are told about an incident, and about each decision they may make (運用手引き)."""

from __future__ import annotations

from api.problem_types import Words
from api.runbook_families import of_family
from domain.cases import Verb
from domain.telegrams import Peer

VERBS: dict[Verb, Words] = {
    Verb.RETRY: Words(
        "同じ内容でもう一度行う。結果が分からない電文は、先に相手へ照会する。",
        "Do it again as it is; a telegram of unknown outcome is asked about first.",
    ),
    Verb.AMEND: Words(
        "届出の内容を訂正し（誤記修正として履歴に残る）、訂正した内容で続ける。",
        "Correct the 届出, which the history shows as 誤記修正, and go on with it.",
    ),
    Verb.DONE_BY_HAND: Words(
        "システムの外で済ませたものとして、根拠を残して先へ進む。",
        "Record, with evidence, that it was done outside this system, and go on.",
    ),
    Verb.WITHDRAW: Words(
        "案件を取り下げ、済んだ処理を新しい順に取り消す。",
        "Withdraw the case: what was done is taken back, newest first.",
    ),
}

VERB_NAMES: dict[Verb, Words] = {
    Verb.RETRY: Words("もう一度行う", "retry"),
    Verb.AMEND: Words("訂正して続ける", "amend"),
    Verb.DONE_BY_HAND: Words("手作業で済ませた", "done by hand"),
    Verb.WITHDRAW: Words("取り下げる", "withdraw"),
}
"""As buttons and lists call them."""

PEERS: dict[Peer, Words] = {
    Peer.JLIS: Words("住基ネット（J-LIS）", "住基ネット (J-LIS)"),
    Peer.UNIFIED_ADDRESSEE: Words("団体内統合宛名システム", "the 統合宛名 system"),
    Peer.INTERMEDIATE_SERVER: Words("中間サーバー", "the intermediate server"),
    Peer.MYNAPORTAL: Words("マイナポータル", "マイナポータル"),
}

_DEFAULT = Words(
    "相手システムが受け付けませんでした。相手の担当に符号を伝えて理由を確かめ、"
    "内容の誤りなら訂正、相手側で解消したなら再実行してください。",
    "The other system declined. Ask its operators about the code; amend if the contents are wrong,"
    " retry if it has been settled over there.",
)
_BROKEN = Words(
    "相手の回答が取り決めた形ではありません。運用担当に知らせてください。直った後に再実行します。",
    "The answer was not in the agreed form. Tell operations; retry once it has been repaired.",
)

_ADVICE: dict[str, Words] = {
    "ADDRESS_MISMATCH": Words(
        "郵便番号と住所が一致しません。住所を確かめて訂正してください。",
        "Postal code and address do not match. Check the address and amend it.",
    ),
    "BAD_CHARACTER": Words(
        "住基ネットで使えない文字があります。氏名と住所の文字を確かめて訂正してください。",
        "A character is not known to 住基ネット. Check name and address, and amend.",
    ),
    "POSSIBLE_DUPLICATE": Words(
        "同じ世帯に同じ日の出生が先に記載されました。取り下げてください。"
        "別の子なら、理由を添えて届け出直してください。",
        "A birth of that day has been entered. Withdraw; report another child anew, with why.",
    ),
    "RESIDENT_CHANGED": Words(
        "受付の後に住民票の記載が変わりました。履歴を見直し、問題がなければ再実行してください。",
        "The entry has changed since acceptance. Look at the history, then retry.",
    ),
    "HOUSEHOLD_GONE": Words(
        "世帯がなくなりました。取り下げて、正しい世帯で届出を受け付け直してください。",
        "The household is gone. Withdraw, and accept the 届出 for the right household.",
    ),
    "HEAD_GONE": Words(
        "世帯主がいません。世帯変更を済ませてから再実行してください。",
        "The household has no head. Settle that first, then retry.",
    ),
    "NOT_RESIDENT": Words(
        "受付の後に住民でなくなりました。死亡などの異動を確かめ、取り下げてください。",
        "No longer a resident since acceptance. See what happened, and withdraw.",
    ),
    "ALREADY_LEAVING": Words(
        "別の転出がすでに記載されています。どちらが正しいかを確かめ、一方を取り下げてください。",
        "Another 転出 has been entered. Withdraw whichever is wrong.",
    ),
    "NOTHING_TO_CANCEL": Words(
        "取り消す電文が相手にありません。すでに取り消されていないか照会してください。",
        "There is nothing to take back over there. Ask whether that has been done already.",
    ),
    "NOT_HOLDER": Words(
        "住基ネットでは別の市区町村の住民です。転入通知が届いていないか、受信箱を確かめてください。",
        "住基ネット has this person elsewhere. Look in the inbox for a 転入通知.",
    ),
    "SAME_THREE_ITEMS": Words(
        "氏名・生年月日・性別が同じ人が、住民又は除票にいます（標準仕様書4.1.1.2）。別の人なら再実行、"
        "同じ人なら取り下げ、same_as にその人を示して受け付け直してください。",
        "Somebody here has the same 3情報. Retry if it is another person; if the same, withdraw and"
        " accept anew with `same_as`.",
    ),
    "ALREADY_RESIDENT": Words(
        "すでに現存する住民です（標準仕様書4.1.1.2）。転居なら取り下げてください。前の転入地なら、"
        "除票にした後で再実行します。",
        "Already a resident here. Withdraw if this is a 転居; or retry once they are struck.",
    ),
    "NUMBER_AND_CODE_DIFFER": Words(
        "住民票コードと個人番号が、当自治体では別の人のものです。転出地に確かめ、取り下げてください。",
        "Code and number are two people's here. Ask the 転出地, and withdraw.",
    ),
    "SPECIAL_MOVE_IN_EXPIRED": Words(
        "転出予定日から30日、又は転入した日から14日を過ぎています（施行令24条の2）。取り下げ、"
        "紙の転出証明書による転入届（/v1/move-ins）を案内してください。",
        "Too late for 特例転入 (令24条の2). Withdraw, and ask for a paper 転出証明書.",
    ),
    "CARD_NOT_VERIFIED": Words(
        "カードと暗証番号を確認できていません（法24条の2）。確認して来庁を記録し直し、再実行して"
        "ください。できなければ取り下げ、紙の転出証明書によります。",
        "Card and PIN were not verified. Record the visit anew and retry, or withdraw.",
    ),
    "CERTIFICATE_VOID": Words(
        "転出証明書情報が取り消されています（転出取消）。本人と転出地に確かめ、取り下げてください。"
        "転出届をし直したなら再実行します。",
        "The 転出証明書情報 was taken back. Ask the person and the 転出地; withdraw, or retry once"
        " they have reported the 転出 again.",
    ),
    "NOT_SPECIAL": Words(
        "特例によらない転出です（法24条の2）。取り下げ、紙の転出証明書による転入届を案内してください。",
        "This 転出 was not a special one. Withdraw, and ask for the paper 転出証明書.",
    ),
    "NOT_IN_CERTIFICATE": Words(
        "転出証明書情報にない人がいます。来庁を記録し直して再実行するか、その人は紙の転出証明書に"
        "よってください。",
        "Somebody is not in the 転出証明書情報. Record the visit anew and retry, or use paper.",
    ),
    "HEAD_NEEDED": Words(
        "新しい世帯の世帯主が一人に決まりません。続柄を書いて来庁を記録し直し、再実行してください。",
        "A household of their own needs one head. Record the visit with relationships, and retry.",
    ),
    "UNKNOWN_SERIAL": Words(
        "住基ネットがこの証明書を知りません。受信箱で、氏名だけによらず本人を特定してください。"
        "特定できなければ取り下げます。",
        "住基ネット does not know the certificate. Find out in the inbox who it is, by anything but"
        " the name alone; otherwise withdraw.",
    ),
    "CERTIFICATE_REVOKED": Words(
        "失効した証明書です。受信箱で、氏名だけによらず本人を特定してください。",
        "The certificate is valid no longer. Establish in the inbox who it is.",
    ),
    "AMENDED_SINCE_BY_HAND": Words(
        "手作業で済ませた後に届出が補正されました。補正も手作業で相手に伝え、根拠を残してください。",
        "Done by hand, and amended since. Tell them by hand too, and record the evidence.",
    ),
    "TAKE_BACK_BY_HAND": Words(
        "手作業で行った処理です。相手システムで手作業で取り消し、根拠を残してください。",
        "This was done by hand. Take it back by hand over there, and record the evidence.",
    ),
    "LATER_CASE_STANDS": Words(
        "後の異動がこの記載を前提にしています。後の案件から順に取り消してください。",
        "A later case stands on this entry. Cancel that one first.",
    ),
    "ALREADY_LIVE": Words(
        "住基ネットでは既に住民です。他の電文が先に届いていないか照会してください。",
        "住基ネット already holds this person as a resident. Look for another telegram.",
    ),
    "NOT_LIVE": Words(
        "住基ネットで住民として登録されていません。先の電文の結果を確かめてください。",
        "住基ネット does not hold this person. Check what became of the earlier telegrams.",
    ),
    "LIVE_ELSEWHERE": Words(
        "住基ネットでは他の市区町村の住民です。転出取消の前に転入していた場合は、転入地に照会し、"
        "受信箱の転入通知を確かめてください。電文は送らずに手作業で完了とし、職権による転出を受け付けて"
        "転入通知を受け取り直します（運用手引き12章）。",
        "住基ネット holds this person elsewhere. If they had moved in there before the 転出 was"
        " withdrawn, ask there, record this as done by hand, and accept a 転出 ex officio.",
    ),
    "NUMBER_TAKEN": Words(
        "統合宛名で、この個人番号は別の宛名にあります。宛名の重複を確かめてください。",
        "統合宛名 has this number under another addressee. Look for a duplicate there.",
    ),
    "NUMBER_ALREADY_BOUND": Words(
        "届いた個人番号が、別の住民に登録されています。運用担当と J-LIS に確かめてください。",
        "The number that came is another resident's. Ask operations and J-LIS.",
    ),
    "UNKNOWN_CODE": Words(
        "J-LIS が住民票コードを知りません。割当ての一覧を J-LIS に確かめてください。",
        "J-LIS does not know the 住民票コード. Ask them about the list it came from.",
    ),
    "CODE_RETIRED": Words(
        "変更により使われなくなった住民票コードです。新しいコードを確かめてください。",
        "This 住民票コード was given up for another. Find out the new one.",
    ),
    "COPY_BEFORE_NUMBER": Words(
        "団体内統合宛名番号の連携が終わっていません。少し待って再実行してください。",
        "The 団内統合宛名番号 has not arrived there yet. Wait a little and retry.",
    ),
    "DENIED": Words(
        "相手が接続を認めませんでした。証明書と接続設定を運用担当に確かめてください。",
        "The other system did not let us in. Ask operations about certificate and settings.",
    ),
}


def stated(code: str) -> Words | None:
    """What is said of a code, by itself or as one of its family."""
    return _ADVICE.get(code) or of_family(code)


def advice(kind: str, code: str) -> Words:
    """What to do about an incident; other systems may have codes that nobody has told us."""
    return stated(code) or (_BROKEN if kind == "contract_broken" else _DEFAULT)
