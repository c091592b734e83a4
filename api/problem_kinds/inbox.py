"""Problems of the inbox: what other systems send, and what staff decide about it."""

from __future__ import annotations

from http import HTTPStatus

from api.problem_kinds.kind import NOTHING, Kind, Words, bad, conflict, unknown

NOT_GENUINE = Kind(
    HTTPStatus.UNAUTHORIZED,
    Words("署名が正しくありません", "The signature is wrong"),
    Words(
        "Signature が、このシステムと共有する鍵によるものではありません。",
        "The Signature was not made with the secret this system shares with us.",
    ),
    Words("鍵の設定を運用担当に確かめてください。", "Ask operations about the secret."),
    NOTHING,
)
WRONG_RECEIVER = bad(
    Words("宛先の自治体が違います", "Addressed to another municipality"),
    Words(
        "本文の市町村コードが Municipality ヘッダーと違います。",
        "The receiver named in the body is not that of the header.",
    ),
    Words("正しい自治体に送ってください。", "Send it to the municipality it is for."),
)
UNKNOWN_MESSAGE = unknown(
    Words("受信した電文が見つかりません", "Unknown message"),
    Words("この識別子の電文は届いていません。", "No message of this id has arrived."),
)
MESSAGE_PLACED = conflict(
    Words("この電文はもう判断を待っていません", "The message waits for nobody"),
    Words("すでに案件に結び付いたか、処理済みです。", "It has joined a case, or is settled."),
    Words("受信箱を読み直してください。", "Read the inbox again."),
)
MESSAGE_ERASED = conflict(
    Words("電文の内容は消去されています", "The contents were erased"),
    Words("保存期間を過ぎて消去しました。", "They were erased after their time."),
    Words("送った相手に問い合わせてください。", "Ask whoever sent it."),
)
