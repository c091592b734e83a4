"""What staff are told about an incident, and about each decision they may make (運用手引き)."""

from __future__ import annotations

from api.problem_types import Words
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

PEERS: dict[Peer, Words] = {
    Peer.JLIS: Words("住基ネット（J-LIS）", "住基ネット (J-LIS)"),
    Peer.UNIFIED_ADDRESSEE: Words("団体内統合宛名システム", "the 統合宛名 system"),
    Peer.INTERMEDIATE_SERVER: Words("中間サーバー", "the intermediate server"),
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
        "受付の後に世帯主の記載が変わりました。世帯を見直し、問題がなければ再実行してください。",
        "The head's entry has changed since acceptance. Look at the household, then retry.",
    ),
    "HOUSEHOLD_GONE": Words(
        "世帯がなくなりました。取り下げて、正しい世帯で届出を受け付け直してください。",
        "The household is gone. Withdraw, and accept the 届出 for the right household.",
    ),
    "HEAD_GONE": Words(
        "世帯主がいません。世帯変更を済ませてから再実行してください。",
        "The household has no head. Settle that first, then retry.",
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
    "COPY_BEFORE_NUMBER": Words(
        "団体内統合宛名番号の連携が終わっていません。少し待って再実行してください。",
        "The 団内統合宛名番号 has not arrived there yet. Wait a little and retry.",
    ),
    "DENIED": Words(
        "相手が接続を認めませんでした。証明書と接続設定を運用担当に確かめてください。",
        "The other system did not let us in. Ask operations about certificate and settings.",
    ),
}


def advice(kind: str, code: str) -> Words:
    """What to do about an incident."""
    return _ADVICE.get(code, _BROKEN if kind == "contract_broken" else _DEFAULT)
