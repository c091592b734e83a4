"""What a waiting case tells people: what it waits for, what happens then, what staff may do."""

from __future__ import annotations

from typing import NamedTuple

from domain.cases import WaitKind


class Said(NamedTuple):
    """The same sentence twice, for staff and for whoever builds a client."""

    ja: str
    en: str


class WaitWords(NamedTuple):
    """One kind of wait in words; ``short`` is how tables name it."""

    short: str
    waits: Said
    then: Said
    may: Said


_NOTHING_TO_DO = Said("何もしなくてよい。取下げはできる。", "Nothing; withdrawing is possible.")

WORDS: dict[WaitKind, WaitWords] = {
    WaitKind.LANE: WaitWords(
        "同じ住民の先の電文",
        Said("先の異動の電文を待っています。", "An earlier telegram must go first."),
        Said("先の電文が届けば、続けて送る。", "Once it has arrived, this one leaves."),
        Said(
            "先の案件を進める。取下げはできる。",
            "See to the case in front; withdrawing is possible.",
        ),
    ),
    WaitKind.CODE_STOCK: WaitWords(
        "住民票コードの在庫",
        Said("住民票コードの補充を待っています。", "No 住民票コード in stock."),
        Said("補充が済めば、無作為に一つ割り当てる。", "One is drawn as soon as there is stock."),
        Said("補充の案件を見る。取下げはできる。", "See to the top-up; withdrawing is possible."),
    ),
    WaitKind.OPENING: WaitWords(
        "開局",
        Said("住基ネットの開局を待っています。", "住基ネット is closed."),
        Said("開局すれば送る。", "It is sent when 住基ネット opens."),
        _NOTHING_TO_DO,
    ),
    WaitKind.GATE: WaitWords(
        "送信の再開",
        Said("相手システムへの送信を止めています。", "Nothing leaves for the other system now."),
        Said(
            "再開すれば、法定期限が近い案件から順に、自動で送る。",
            "Once it is let through, cases go on by themselves, the nearest deadline first.",
        ),
        Said(
            "相手システムの頁で、いつ誰がなぜ止めたかを見る。取下げはできる。",
            "See the peers' page for who held it and why; withdrawing is possible.",
        ),
    ),
    WaitKind.PEER_PROGRESS: WaitWords(
        "相手の処理",
        Said("相手の処理を待っています。", "The other system is at work."),
        Said("相手が終えれば先へ進む。", "The case goes on once it has finished."),
        _NOTHING_TO_DO,
    ),
    WaitKind.LINKAGE_CODE: WaitWords(
        "機関別符号",
        Said(
            "住基ネットは受け付けました。中間サーバーに機関別符号がまだありません。",
            "住基ネット has taken the request; 中間サーバー has no 符号 yet.",
        ),
        Said(
            "届けば先へ進む。期限までに届かなければ、新しい処理通番で求め直す（符号は一つのまま）。",
            "Goes on once it is there; past its time it is asked for anew, under a new 処理通番.",
        ),
        Said(
            "処理通番を示して中間サーバーの担当に確かめる。取下げはできる。",
            "Ask the operators of 中間サーバー about the 処理通番; withdrawing is possible.",
        ),
    ),
    WaitKind.NEXT_PAGE: WaitWords(
        "次の頁",
        Said("一頁ずつ照合しています。", "Comparing page by page."),
        Said("続けて次の頁を照合する。", "The next page follows at once."),
        _NOTHING_TO_DO,
    ),
    WaitKind.DEPARTURE_DAY: WaitWords(
        "転出予定日又は転入通知",
        Said(
            "転出予定日又は転入通知を待っています。",
            "The day of the 転出, or the 転入通知, whichever comes first.",
        ),
        Said(
            "予定日の0時、又は先に届いた転入通知の転入日をもって除票とし、転出を住基ネットへ知らせる。",
            "From 00:00 of that day, or the day of an earlier 転入, the person is 除票.",
        ),
        Said(
            "予定日又は転出先の変更（amendments）、転出取消（withdraw）。",
            "Amend day or destination, or withdraw (転出取消).",
        ),
    ),
    WaitKind.MOVE_IN_NOTICE: WaitWords(
        "転入通知",
        Said("転入地からの転入通知を待っています。", "The 転入通知 of the municipality moved to."),
        Said(
            "届けば転出先を確定する。期限を過ぎると未着照会の一覧に載り、待ち続ける。",
            "It confirms the destination; past its time the case is listed, and waits on.",
        ),
        Said(
            "未着照会書を送る。転入通知が届くまでは転出取消（withdraw）もできる。",
            "Send an inquiry; until it has come, withdrawing (転出取消) is possible.",
        ),
    ),
    WaitKind.CERTIFICATE: WaitWords(
        "転出証明書情報",
        Said("転出証明書情報を待っています。", "The 転出証明書情報."),
        Said("届くか、転出地が持っていれば先へ進む。", "The case goes on once it is here."),
        Said(
            "紙の転出証明書で受け付け直すなら、取り下げる。",
            "Withdraw the case to accept a paper 転出証明書 instead.",
        ),
    ),
    WaitKind.APPROVAL: WaitWords(
        "決裁",
        Said("審査・決裁を待っています（仮登録）。", "The approval of a second person."),
        Said(
            "決裁されれば本登録する。それまでは証明書にも他業務にも電文にも現れない。",
            "Once approved it is entered; until then nobody outside the case sees it.",
        ),
        Said(
            "受け付けた人以外の職員が決裁する（approvals）。差し戻されたら、取り下げて受け付け直す。",
            "Somebody else than the author approves; returned, withdraw it and accept it anew.",
        ),
    ),
    WaitKind.VISIT: WaitWords(
        "来庁",
        Said("来庁を待っています。", "The visit."),
        Said(
            "期限までに来庁がなければ、届いた情報を消去して期限切れとする。",
            "Without one by then, what was received is erased and the case expires.",
        ),
        Said("来庁したら来庁を記録する（visit）。", "Record the visit when they come."),
    ),
    WaitKind.NEXT_ITEM: WaitWords(
        "次の件",
        Said(
            "一件ずつ、決められた速さで判断しています。", "One item after another, at a set pace."
        ),
        Said("続けて次の件を判断する。", "The next item follows."),
        Said("一時停止、中止（一括処理の頁）。", "Pause or stop it, on the page of 一括処理."),
    ),
    WaitKind.RESUMPTION: WaitWords(
        "再開",
        Said("一括処理を一時停止しています。", "Paused by staff."),
        Said("再開すれば、次の件から続ける。", "Once resumed, it goes on with the next item."),
        Said("再開、中止（一括処理の頁）。", "Resume or stop it, on the page of 一括処理."),
    ),
    WaitKind.OUTCOMES: WaitWords(
        "判断の結果",
        Said("判断した件の結果を待っています。", "The outcomes of what was decided."),
        Said("全ての結果が出れば終わる。", "It ends once every outcome is known."),
        Said(
            "何もしなくてよい。再び失敗した件は、その案件の対応待ちを見る。",
            "Nothing; what failed again is an incident of its own case.",
        ),
    ),
}
