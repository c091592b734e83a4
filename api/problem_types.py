"""Every problem this API can answer with, in one table (RFC 9457): code, status, words for people.

A code is permanent once landed.  No word here ever contains what the caller sent.
"""

from __future__ import annotations

from enum import Enum, unique
from http import HTTPStatus
from typing import NamedTuple


class Words(NamedTuple):
    """The same sentence twice, for staff and for whoever builds a client."""

    ja: str
    en: str


class Kind(NamedTuple):
    """What one problem means: its title, what happened, what to do next, what was kept."""

    status: HTTPStatus
    title: Words
    happened: Words
    then: Words
    kept: Words


_NOTHING = Words("何も登録していません。", "Nothing was stored.")
_STANDS = Words("案件はそのまま残っています。", "The case stands as it was.")
_SEND_CORRECTED = Words(
    "示した項目を直して、もう一度送ってください。", "Correct the fields named and send it again."
)
_READ_CASE = Words(
    "案件を読み直し、今の状態を見て決め直してください。",
    "Read the case again and decide on what stands now.",
)


def _bad(title: Words, happened: Words, then: Words = _SEND_CORRECTED) -> Kind:
    return Kind(HTTPStatus.UNPROCESSABLE_ENTITY, title, happened, then, _NOTHING)


def _conflict(title: Words, happened: Words, then: Words = _READ_CASE) -> Kind:
    return Kind(HTTPStatus.CONFLICT, title, happened, then, _STANDS)


def _not_now(title: Words, happened: Words, then: Words) -> Kind:
    return Kind(HTTPStatus.CONFLICT, title, happened, then, _NOTHING)


def _unknown(title: Words, happened: Words) -> Kind:
    then = Words(
        "番号と、どの自治体の利用者かを確かめてください。",
        "Check the id, and for which municipality your token speaks.",
    )
    return Kind(HTTPStatus.NOT_FOUND, title, happened, then, _NOTHING)


@unique
class ProblemType(Enum):
    """The member's name is the ``code`` clients may rely on."""

    # who asks
    NOT_IDENTIFIED = Kind(
        HTTPStatus.UNAUTHORIZED,
        Words("利用者を確認できません", "Not identified"),
        Words("有効なトークンがありません。", "There is no valid bearer token."),
        Words("Authorization ヘッダーにトークンを付けてください。", "Send one as Authorization."),
        _NOTHING,
    )
    ROLE_NOT_ALLOWED = Kind(
        HTTPStatus.FORBIDDEN,
        Words("この役割では行えません", "Not allowed in this role"),
        Words("利用者の役割に、この操作は許されていません。", "Your role may not do this."),
        Words("roles に示した役割の職員に依頼してください。", "Ask someone in one of `roles`."),
        _NOTHING,
    )
    MUNICIPALITY_NOT_SERVED = Kind(
        HTTPStatus.FORBIDDEN,
        Words("この自治体は登録されていません", "Municipality not served"),
        Words("トークンの自治体が、ここにはありません。", "The token's municipality is not here."),
        Words("運用担当に連絡してください。", "Tell operations."),
        _NOTHING,
    )

    # how it is asked
    NOT_FOUND = Kind(
        HTTPStatus.NOT_FOUND,
        Words("この宛先はありません", "No such address"),
        Words("この URL には何もありません。", "There is nothing at this URL."),
        Words("/docs の一覧を見てください。", "See the list at /docs."),
        _NOTHING,
    )
    METHOD_NOT_ALLOWED = Kind(
        HTTPStatus.METHOD_NOT_ALLOWED,
        Words("このメソッドは使えません", "Method not allowed"),
        Words("この URL では使えないメソッドです。", "This URL does not know the method."),
        Words("/docs の一覧を見てください。", "See the list at /docs."),
        _NOTHING,
    )
    MALFORMED_JSON = Kind(
        HTTPStatus.BAD_REQUEST,
        Words("JSON として読めません", "Malformed JSON"),
        Words(
            "本文が UTF-8 の JSON オブジェクトではありません。",
            "The body is not one JSON object in UTF-8.",
        ),
        Words("本文を確かめて、送り直してください。", "Check the body and send it again."),
        _NOTHING,
    )
    UNSUPPORTED_MEDIA_TYPE = Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        Words("本文の形式が違います", "Wrong content type"),
        Words(
            "本文は、圧縮しない application/json だけを受け付けます。",
            "Only application/json, not compressed, is accepted.",
        ),
        Words("Content-Type を直して、送り直してください。", "Correct the Content-Type."),
        _NOTHING,
    )
    BODY_TOO_LARGE = Kind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Words("本文が大きすぎます", "Body too large"),
        Words("読み終える前に受付をやめました。", "Reading stopped before its end."),
        Words("本文を小さくして、送り直してください。", "Send a smaller body."),
        _NOTHING,
    )
    INVALID_INPUT = _bad(
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
        _NOTHING,
    )
    IDEMPOTENCY_KEY_MALFORMED = Kind(
        HTTPStatus.BAD_REQUEST,
        Words("Idempotency-Key の形式が違います", "Idempotency-Key is malformed"),
        Words(
            "鍵は、空白を含まない ASCII 8～200文字です。",
            "A key is 8 to 200 visible ASCII characters.",
        ),
        Words("乱数の UUID などを使ってください。", "Use e.g. a random UUID."),
        _NOTHING,
    )
    IDEMPOTENCY_KEY_REUSED = _bad(
        Words("Idempotency-Key が別の内容に使われています", "Idempotency-Key was used otherwise"),
        Words(
            "この鍵では、すでに別の内容を受け付けています。",
            "Something else has been accepted under this key.",
        ),
        Words("別の要求には、新しい鍵を使ってください。", "Use a new key for a new request."),
    )

    # what is asked for
    UNKNOWN_CASE = _unknown(
        Words("案件が見つかりません", "Unknown case"),
        Words("この番号の案件はありません。", "There is no case of this number."),
    )
    UNKNOWN_INCIDENT = _unknown(
        Words("対応待ちが見つかりません", "Unknown incident"),
        Words("この案件に、その対応待ちはありません。", "This case has no such incident."),
    )
    UNKNOWN_DECISION = _unknown(
        Words("判断が見つかりません", "Unknown decision"),
        Words("この案件に、その判断はありません。", "This case has no such decision."),
    )
    UNKNOWN_RESIDENT = _unknown(
        Words("住民が見つかりません", "Unknown resident"),
        Words("この識別子の住民はいません。", "There is no resident of this id."),
    )
    UNKNOWN_HOUSEHOLD = _unknown(
        Words("世帯が見つかりません", "Unknown household"),
        Words("この識別子の世帯はありません。", "There is no household of this id."),
    )

    # births
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

    # moves
    WRONG_PERSON = _conflict(
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
    CARD_NOT_VERIFIED = _conflict(
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
    SPECIAL_MOVE_IN_EXPIRED = _conflict(
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
    NO_VISIT_AWAITED = _conflict(
        Words("来庁を待つ案件ではありません", "No visit is waited for"),
        Words(
            "来庁を待つのは、特例転入の案件と、転居予約による転居の案件だけです。",
            "Only a 特例転入, and a 転居 that was announced, wait for a visit.",
        ),
        Words("案件番号を確かめてください。", "Check the case number."),
    )
    ALREADY_REPORTED = _conflict(
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
        _NOTHING,
    )
    NUMBERS_DIFFER = Kind(
        HTTPStatus.CONFLICT,
        Words("住民票コードと個人番号が別の人のものです", "Code and number are two people's"),
        Words(
            "当自治体の記録では、二つの番号は別の人のものです。",
            "In this register the two belong to different people.",
        ),
        Words("転出証明書を見直し、転出地に確かめてください。", "Ask the 転出地."),
        _NOTHING,
    )

    # the inbox
    NOT_GENUINE = Kind(
        HTTPStatus.UNAUTHORIZED,
        Words("署名が正しくありません", "The signature is wrong"),
        Words(
            "Signature が、このシステムと共有する鍵によるものではありません。",
            "The Signature was not made with the secret this system shares with us.",
        ),
        Words("鍵の設定を運用担当に確かめてください。", "Ask operations about the secret."),
        _NOTHING,
    )
    WRONG_RECEIVER = _bad(
        Words("宛先の自治体が違います", "Addressed to another municipality"),
        Words(
            "本文の市町村コードが Municipality ヘッダーと違います。",
            "The receiver named in the body is not that of the header.",
        ),
        Words("正しい自治体に送ってください。", "Send it to the municipality it is for."),
    )
    UNKNOWN_MESSAGE = _unknown(
        Words("受信した電文が見つかりません", "Unknown message"),
        Words("この識別子の電文は届いていません。", "No message of this id has arrived."),
    )
    MESSAGE_PLACED = _conflict(
        Words("この電文はもう判断を待っていません", "The message waits for nobody"),
        Words("すでに案件に結び付いたか、処理済みです。", "It has joined a case, or is settled."),
        Words("受信箱を読み直してください。", "Read the inbox again."),
    )
    MESSAGE_ERASED = _conflict(
        Words("電文の内容は消去されています", "The contents were erased"),
        Words("保存期間を過ぎて消去しました。", "They were erased after their time."),
        Words("送った相手に問い合わせてください。", "Ask whoever sent it."),
    )

    # moves away
    NOT_RESIDENT = _not_now(
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
    OTHER_HOUSEHOLD = _not_now(
        Words("世帯が違います", "Another household"),
        Words(
            "名指しされた人が household_id の世帯にいません。転出届は世帯ごとに行います"
            "（住民基本台帳法24条、26条）。",
            "Somebody named is not of this household; a 転出届 is one household's (法24条, 26条).",
        ),
        Words("世帯ごとに分けて届け出てください。", "File one 転出届 for each household."),
    )
    ALREADY_LEAVING = _not_now(
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
    SAME_MUNICIPALITY = _not_now(
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
    HEAD_TO_BE_NAMED = _not_now(
        Words("残る世帯の世帯主が決まっていません", "Who heads the household that stays?"),
        Words(
            "世帯主が転出し、二人以上が残ります。世帯主の変更の届出が要ります"
            "（住民基本台帳法25条）。",
            "The head leaves and two or more stay: who heads them must be reported (法25条).",
        ),
        Words(
            "新しい世帯主を new_head に、変わる続柄を relationships に書いてください。決まらない"
            "ときは head_left_open を true とし、世帯主変更依頼通知書を送ります。",
            "Send `new_head` and `relationships`; or `head_left_open`, and ask them in writing.",
        ),
    )
    HEAD_NOT_STAYING = _bad(
        Words("新しい世帯主又は続柄の人が違います", "Not among those who stay"),
        Words(
            "new_head と relationships には、世帯主が転出するときに残る人だけを書けます"
            "（住民基本台帳法25条）。",
            "`new_head` and `relationships` name people who stay when the head leaves (法25条).",
        ),
        Words("残る人を確かめてください。", "Check who stays."),
    )
    NOT_A_MOVE_OUT = _conflict(
        Words("転出受理の案件ではありません", "Not a 転出受理"),
        Words("ここで訂正できるのは転出の届出だけです。", "Only a 転出届 is amended here."),
        Words(
            "対応待ちがあれば decisions で訂正してください。",
            "Amend at an incident, through `decisions`.",
        ),
    )
    ALREADY_DEPARTED = _conflict(
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
    MOVED_IN_ELSEWHERE = _conflict(
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

    # changes of people who live here
    HOUSEHOLD_GONE = _not_now(
        Words("世帯がありません", "No such household"),
        Words("名指しされた世帯は、ここにはありません。", "A household named is not of this town."),
        Words("検索して世帯を確かめてください。", "Search for the household again."),
    )
    HEAD_GONE = _not_now(
        Words("入る世帯に世帯主がいません", "The household joined has no head"),
        Words(
            "世帯主のいない世帯には入れません。続柄が決まらないためです（住民基本台帳法7条4号）。",
            "Nobody joins a household without a head: there is nobody to be related to (法7条).",
        ),
        Words("先に世帯主の変更を届け出てください。", "Report a new head for it first."),
    )
    SAME_HOUSEHOLD = _bad(
        Words("同じ世帯です", "The same household"),
        Words("今いる世帯に入ることはできません。", "They are in that household already."),
        Words("入る世帯を確かめてください。", "Check which household they join."),
    )
    RELATIONSHIP_MISSING = _bad(
        Words("続柄がありません", "A 続柄 is missing"),
        Words(
            "世帯主が替わる人の、新しい世帯主との続柄が要ります（住民基本台帳法7条4号）。",
            "Whoever has another head from now on needs their 続柄 to that head (法7条).",
        ),
        Words("relationships に全員の続柄を書いてください。", "Name everybody in `relationships`."),
    )
    NOT_AMONG_MOVERS = _bad(
        Words("異動する人ではありません", "Not among those named"),
        Words(
            "head と relationships には、residents の人だけを書けます。",
            "`head` and `relationships` name people of `residents` only.",
        ),
        Words("異動する人を確かめてください。", "Check who is named."),
    )
    NOTHING_CHANGES = _bad(
        Words("何も変わりません", "Nothing would change"),
        Words(
            "届出のとおりにしても、今の記載と同じです。",
            "What is reported is what the register says already.",
        ),
        Words("届出の内容を確かめてください。", "Check what is reported."),
    )
    BEFORE_ADDRESS = _bad(
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

    OTHER_ADDRESS = _not_now(
        Words("住所が違います", "Another address"),
        Words(
            "世帯変更では住所は変わりません。入る世帯の住所が違います（住民基本台帳法25条）。",
            "A 世帯変更 leaves the address as it is; the household joined has another (法25条).",
        ),
        Words("住所が変わるなら、転居届によります。", "If the address changes, report a 転居."),
    )
    WHOLE_HOUSEHOLD = _not_now(
        Words("世帯の全員です", "The whole household"),
        Words(
            "世帯の全員が抜けるのは世帯合併です。世帯分離と世帯変更では誰かが残ります。",
            "When everybody leaves it is a 世帯合併; otherwise somebody stays.",
        ),
        Words("種類か人を確かめてください。", "Check the kind, or who is named."),
    )
    PART_OF_HOUSEHOLD = _not_now(
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

    # 異動の取消し
    STILL_OPEN = _not_now(
        Words("案件はまだ終わっていません", "The case is still open"),
        Words("取り消せるのは終わった案件です。", "Only a finished case is cancelled."),
        Words(
            "進行中の案件は、decisions の取下げ（withdraw）によってください。",
            "Withdraw an open case, through `decisions`.",
        ),
    )
    NOT_CANCELLABLE = _not_now(
        Words("取り消せない案件です", "This case cannot be cancelled"),
        Words(
            "番号又は住民票コードの変更、取消しそのもの、取り下げた案件は取り消せません"
            "（一度使った番号は誰にも使われません）。",
            "Changes of number or code, cancellations, and withdrawn cases stay as they are.",
        ),
        Words("職権修正又は新しい届出によってください。", "Use 職権修正, or a new 届出."),
    )
    NOTHING_TO_CANCEL = _not_now(
        Words("取り消すものがありません", "Nothing to cancel"),
        Words(
            "その案件が記載した行は残っていないか、名指しした人について何も記載していません。",
            "No row of that case counts any more, or none is about those named.",
        ),
        Words("住民の履歴を確かめてください。", "Look at the history."),
    )
    TWO_HEADS = _not_now(
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

    # approval
    NO_REPORT = _unknown(
        Words("届出がありません", "There is no 届出"),
        Words("この案件は届出によるものではありません。", "This case was not made of a 届出."),
    )
    NO_APPROVAL_WAITED_FOR = _conflict(
        Words("決裁を待っていません", "No approval is waited for"),
        Words(
            "この案件は決裁を要しないか、すでに決裁されています。",
            "This case needs no approval, or has been approved.",
        ),
        Words("案件を読み直してください。", "Read the case again."),
    )
    REPORT_CORRECTED = _conflict(
        Words("届出が訂正されています", "The 届出 has been corrected"),
        Words(
            "審査した版は最新ではありません。今の版は version です。",
            "What was read is not the newest; `version` is.",
        ),
        Words("届出を読み直して、決め直してください。", "Read the 届出 again, and decide on that."),
    )
    OWN_REPORT = _conflict(
        Words("自分が受け付けた届出は決裁できません", "Nobody approves their own 届出"),
        Words(
            "届出を受け付けた人、訂正した人は、その届出を決裁できません。",
            "Whoever accepted or corrected a 届出 may not approve it.",
        ),
        Words("ほかの職員に依頼してください。", "Ask somebody else."),
    )

    # decisions
    CASE_CLOSED = _conflict(
        Words("案件は終わっています", "The case is closed"),
        Words("終わった案件は変えられません。", "A closed case cannot be changed."),
        Words("異動取消又は職権修正によってください。", "Use 異動取消 or 職権修正 instead."),
    )
    STALE_INCIDENT = _conflict(
        Words("その対応待ちは終わっています", "The incident is closed"),
        Words(
            "その対応待ちは、もう判断を待っていません。今の対応待ちは open_incidents です。",
            "It no longer waits for a decision; `open_incidents` do.",
        ),
    )
    ALREADY_DECIDED = _conflict(
        Words("すでに判断されています", "Already decided"),
        Words(
            "この対応待ちには、decision_id の判断を実行しています。",
            "The decision in `decision_id` answers this incident and is being carried out.",
        ),
        Words("その判断の結果を待ってください。", "Wait for the outcome of that decision."),
    )
    VERB_NOT_ALLOWED = _conflict(
        Words("ここではその判断はできません", "Not among the decisions allowed here"),
        Words(
            "この対応待ちで選べる判断は verbs のとおりです。",
            "This incident may be answered by one of `verbs`.",
        ),
    )
    ALREADY_WITHDRAWING = _conflict(
        Words("取下げが進んでいます", "Already being withdrawn"),
        Words("この案件は取下げの途中です。", "This case is being withdrawn."),
        Words("取下げが終わるのを待ってください。", "Wait until the withdrawal has ended."),
    )
    OUTCOME_UNKNOWN = _conflict(
        Words("送った電文の結果がまだ分かりません", "The outcome of a telegram is unknown"),
        Words(
            "相手に届いたか分からない電文があるため、訂正できません。",
            "A telegram may or may not have arrived, so nothing can be amended.",
        ),
        Words(
            "retry を選んで結果を確かめてから、訂正してください。",
            "Decide `retry`, which asks the other system, and amend then.",
        ),
    )
    LATER_CASE_STANDS = _conflict(
        Words("後の異動があるため取下げできません", "A later case stands on this one"),
        Words(
            "case_numbers の案件が、この案件の記載を前提にしています。",
            "The cases in `case_numbers` have changed what this one wrote.",
        ),
        Words(
            "後の案件から順に異動取消をするか、職権修正によってください。",
            "Cancel in reverse order, the latest case first, or use 職権修正.",
        ),
    )
    NUMBER_CHANGED = _conflict(
        Words("個人番号はすでに変わっています", "The number has been changed"),
        Words(
            "J-LIS に番号の変更を求めた後は取り下げられません。前の番号は誰のものでもありません"
            "（番号法8条2項）。",
            "J-LIS has been asked for another number; the former one is nobody's any more.",
        ),
        Words(
            "案件を先へ進めてください。結果が分からない電文は retry で確かめます。",
            "Let the case go on; `retry` finds out about a telegram of unknown outcome.",
        ),
    )
    NUMBER_BOUND = _conflict(
        Words("その個人番号は別の人のものです", "The number belongs to somebody else"),
        Words(
            "入力した個人番号は、別の住民に登録されています。",
            "The number entered is another resident's.",
        ),
        Words("番号を確かめてください。", "Check the number."),
    )
    INCIDENT_REQUIRED = _bad(
        Words("対応待ちの指定がありません", "Which incident?"),
        Words(
            "取下げのほかは、どの対応待ちへの判断か incident_id が要ります。",
            "Anything but a withdrawal must name the `incident_id` it answers.",
        ),
    )
    MISSING_REASON = _bad(
        Words("理由がありません", "The reason is missing"),
        Words("判断には必ず理由が要ります。", "A decision needs a `reason`."),
    )
    MISSING_EVIDENCE = _bad(
        Words("根拠がありません", "The evidence is missing"),
        Words(
            "手作業で済ませたことを示す文書番号などが要ります。",
            "What was done by hand needs `evidence`, e.g. the number of a document.",
        ),
    )
    MISSING_AMENDMENT = _bad(
        Words("訂正の内容がありません", "The amendment is missing"),
        Words("何をどう訂正するか amendment が要ります。", "Say what to correct in `amendment`."),
    )
    NUMBER_REQUIRED = _bad(
        Words("個人番号がありません", "The number is missing"),
        Words(
            "この処理を手作業で済ませるには、得られた個人番号が要ります。",
            "This step done by hand needs the `number` it would have brought.",
        ),
    )
    NUMBER_NOT_WANTED = _bad(
        Words("個人番号は要りません", "No number is wanted here"),
        Words(
            "この判断では個人番号を受け取りません。番号は捨てました。",
            "This decision takes no `number`; it was thrown away.",
        ),
    )
    WRONG_NUMBER = _bad(
        Words("個人番号が正しくありません", "The number is wrong"),
        Words("個人番号の桁数又は検査数字が合いません。", "Its form or check digit is wrong."),
    )
    SECOND_PERSON_REQUIRED = _bad(
        Words("二人目の確認がありません", "A second person is needed"),
        Words(
            "この自治体では、手作業の完了を二人で確認します。",
            "This municipality asks for a `second_person` when a step is done by hand.",
        ),
    )
    SECOND_PERSON_IS_AUTHOR = _bad(
        Words("二人目が本人です", "The second person is the first"),
        Words("二人目は、判断した本人以外の職員です。", "The second person is somebody else."),
    )
    SECOND_PERSON_UNKNOWN = _bad(
        Words("二人目の職員が分かりません", "The second person is unknown"),
        Words(
            "二人目は、この自治体で判断できる職員の識別子です。",
            "Name someone who may decide in this municipality.",
        ),
    )

    # stock
    TOP_UP_OPEN = _conflict(
        Words("補充はすでに進んでいます", "A top-up is already open"),
        Words(
            "住民票コード補充は自治体ごとに一件です。case_numbers の案件が進んでいます。",
            "There is one top-up per municipality; see `case_numbers`.",
        ),
        Words("その案件が終わるのを待ってください。", "Wait until that case has ended."),
    )

    ALREADY_UNDER_WAY = _conflict(
        Words("すでに進んでいます", "Already under way"),
        Words(
            "同じ目的の案件が case_numbers にあります。同時に一件だけ進みます。",
            "A case for the same is open; see `case_numbers`.",
        ),
        Words("その案件が終わるのを待ってください。", "Wait until that case has ended."),
    )
    NO_RESIDENT_CODE = _not_now(
        Words("住民票コードがありません", "No resident code"),
        Words(
            "この人には住民票コード又は個人番号がまだありません。",
            "This person has no resident code or no individual number yet.",
        ),
        Words("付番の案件が済んでから行ってください。", "Do it once they have been numbered."),
    )

    UNKNOWN_DIFFERENCE = _unknown(
        Words("この差異はありません", "No such difference"),
        Words("この識別子の差異はありません。", "There is no difference with this id."),
    )
    DIFFERENCE_NOT_OPEN = _not_now(
        Words("この差異は判断待ちではありません", "Difference not open"),
        Words(
            "修正中か、手作業で直したか、なくなっています。修正中なら case_numbers の案件です。",
            "It is being repaired (see `case_numbers`), was put right by hand, or is gone.",
        ),
        Words("差異を読み直してください。", "Read the difference again."),
    )
    NO_REPAIR = _not_now(
        Words("機械で直せない差異です", "No repair by machine"),
        Words(
            "この種類の差異に、提案できる修正はありません。",
            "There is no repair to propose for this kind of difference.",
        ),
        Words(
            "advice に従って外で直し、by_hand としてください。", "Follow `advice`, then `by_hand`."
        ),
    )

    # ourselves
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

    @property
    def code(self) -> str:
        """The stable code."""
        return self.name

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status that goes with it."""
        return self.value.status
