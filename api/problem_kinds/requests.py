"""Problems of the request itself: who asks, how it is asked, and what goes wrong on our side."""

from __future__ import annotations

from http import HTTPStatus

from api.problem_kinds.kind import NOTHING, Kind, Words, bad

NOT_IDENTIFIED = Kind(
    HTTPStatus.UNAUTHORIZED,
    Words("利用者を確認できません", "Not identified"),
    Words("有効なトークンがありません。", "There is no valid bearer token."),
    Words("Authorization ヘッダーにトークンを付けてください。", "Send one as Authorization."),
    NOTHING,
)
ROLE_NOT_ALLOWED = Kind(
    HTTPStatus.FORBIDDEN,
    Words("この役割では行えません", "Not allowed in this role"),
    Words("利用者の役割に、この操作は許されていません。", "Your role may not do this."),
    Words("roles に示した役割の職員に依頼してください。", "Ask someone in one of `roles`."),
    NOTHING,
)
MUNICIPALITY_NOT_SERVED = Kind(
    HTTPStatus.FORBIDDEN,
    Words("この自治体は登録されていません", "Municipality not served"),
    Words("トークンの自治体が、ここにはありません。", "The token's municipality is not here."),
    Words("運用担当に連絡してください。", "Tell operations."),
    NOTHING,
)
NOT_FOUND = Kind(
    HTTPStatus.NOT_FOUND,
    Words("この宛先はありません", "No such address"),
    Words("この URL には何もありません。", "There is nothing at this URL."),
    Words("/docs の一覧を見てください。", "See the list at /docs."),
    NOTHING,
)
METHOD_NOT_ALLOWED = Kind(
    HTTPStatus.METHOD_NOT_ALLOWED,
    Words("このメソッドは使えません", "Method not allowed"),
    Words("この URL では使えないメソッドです。", "This URL does not know the method."),
    Words("/docs の一覧を見てください。", "See the list at /docs."),
    NOTHING,
)
MALFORMED_JSON = Kind(
    HTTPStatus.BAD_REQUEST,
    Words("JSON として読めません", "Malformed JSON"),
    Words(
        "本文が UTF-8 の JSON オブジェクトではありません。",
        "The body is not one JSON object in UTF-8.",
    ),
    Words("本文を確かめて、送り直してください。", "Check the body and send it again."),
    NOTHING,
)
UNSUPPORTED_MEDIA_TYPE = Kind(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Words("本文の形式が違います", "Wrong content type"),
    Words(
        "本文は、圧縮しない application/json だけを受け付けます。",
        "Only application/json, not compressed, is accepted.",
    ),
    Words("Content-Type を直して、送り直してください。", "Correct the Content-Type."),
    NOTHING,
)
BODY_TOO_LARGE = Kind(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Words("本文が大きすぎます", "Body too large"),
    Words("読み終える前に受付をやめました。", "Reading stopped before its end."),
    Words("本文を小さくして、送り直してください。", "Send a smaller body."),
    NOTHING,
)
INVALID_INPUT = bad(
    Words("入力に誤りがあります", "Invalid input"),
    Words("errors に示した項目を登録できません。", "The fields in `errors` cannot be stored."),
)
IDEMPOTENCY_KEY_MISSING = Kind(
    HTTPStatus.BAD_REQUEST,
    Words("Idempotency-Key がありません", "Idempotency-Key is missing"),
    Words(
        "何かを始める、又は決める POST には、この要求だけの鍵が要ります。",
        "A POST that starts or decides something needs a key of its own.",
    ),
    Words(
        "乱数の UUID などを Idempotency-Key ヘッダーに付けてください。"
        "送り直すときも同じ鍵を使います。",
        "Send e.g. a random UUID as Idempotency-Key, and the same one when you send it again.",
    ),
    NOTHING,
)
IDEMPOTENCY_KEY_MALFORMED = Kind(
    HTTPStatus.BAD_REQUEST,
    Words("Idempotency-Key の形式が違います", "Idempotency-Key is malformed"),
    Words(
        "鍵は、空白を含まない ASCII 8～200文字です。",
        "A key is 8 to 200 visible ASCII characters.",
    ),
    Words("乱数の UUID などを使ってください。", "Use e.g. a random UUID."),
    NOTHING,
)
IDEMPOTENCY_KEY_REUSED = bad(
    Words("Idempotency-Key が別の内容に使われています", "Idempotency-Key was used otherwise"),
    Words(
        "この鍵では、すでに別の内容を受け付けています。",
        "Something else has been accepted under this key.",
    ),
    Words("別の要求には、新しい鍵を使ってください。", "Use a new key for a new request."),
)
ISSUER_UNAVAILABLE = Kind(
    HTTPStatus.SERVICE_UNAVAILABLE,
    Words("認証基盤に接続できません", "The identity provider cannot be reached"),
    Words(
        "トークンを確かめられないため、今は受け付けられません。",
        "The token cannot be verified, so nothing can be accepted at present.",
    ),
    Words(
        "しばらくして、同じ Idempotency-Key で送り直してください。",
        "Send it again a little later, with the same Idempotency-Key.",
    ),
    NOTHING,
)
REGISTER_UNAVAILABLE = Kind(
    HTTPStatus.SERVICE_UNAVAILABLE,
    Words("台帳に接続できません", "The register cannot be reached"),
    Words("今は受け付けられません。", "Nothing can be accepted at present."),
    Words(
        "しばらくして、同じ Idempotency-Key で送り直してください。",
        "Send it again a little later, with the same Idempotency-Key.",
    ),
    Words(
        "登録されたかは分かりません。同じ鍵で送れば二重にはなりません。",
        "Whether it was stored is unknown; under the same key nothing happens twice.",
    ),
)
INTERNAL_ERROR = Kind(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    Words("内部の誤りです", "An error of ours"),
    Words("この要求を処理できませんでした。", "This request could not be carried out."),
    Words(
        "instance の番号を運用担当に伝えてください。",
        "Tell operations the number in `instance`.",
    ),
    Words(
        "登録されたかは分かりません。同じ鍵で送れば二重にはなりません。",
        "Whether it was stored is unknown; under the same key nothing happens twice.",
    ),
)
