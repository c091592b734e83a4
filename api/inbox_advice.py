"""What staff are told about a message nobody waits for: what it means, and a way to settle it."""

from __future__ import annotations

from api.problem_types import Words

_NOTHING = Words("", "")
_DEFAULT = Words(
    "送った相手に確かめ、済んだら処理済みとしてください。",
    "Ask whoever sent it, and settle it once that is done.",
)

_ADVICE: dict[str, Words] = {
    "WITHDRAWN_HERE": Words(
        "転出を取り消した人について、他の市区町村から転入通知が届きました。二つの市区町村で現存に"
        "なっています。転入地に照会してください。転入していれば、転入日を転出予定日とする転出届を"
        "職権で受け付け（/v1/move-outs、カードなし）、この電文をもう一度受け取ります（take_again）。"
        "転入していなければ、転入地に転入の取消しを求め、その通知が届いてから処理済みとします。",
        "A 転入通知 about somebody whose 転出 was withdrawn: they count as resident in two places."
        " Ask the other municipality. If they live there, accept a 転出届 ex officio with the day"
        " of the 転入 (no card), then `take_again`; if not, have it cancelled there, and settle.",
    ),
    "STILL_RESIDENT": Words(
        "転出届のない現存の住民について、転入通知が届きました。転入地に照会してください。転入して"
        "いれば、転入日を転出予定日とする転出届を職権で受け付け（/v1/move-outs、カードなし）、この"
        "電文をもう一度受け取ります（take_again）。転入していなければ、転入地に取消しを求めます。",
        "A 転入通知 about a resident who reported no 転出. Ask the other municipality. If they live"
        " there, accept a 転出届 ex officio with the day of the 転入, then `take_again`.",
    ),
    "MOVE_IN_CANCELLED": Words(
        "ここに住む人の転入が、転入地で取り消されました。先に届いた転入通知とともに処理済みとして"
        "ください。",
        "The 転入 of somebody who lives here was cancelled over there. Settle it with the 転入通知"
        " that came before.",
    ),
    "UNKNOWN_PERSON": Words(
        "台帳にない人についての転入通知です。住民票コードを転入地に確かめてください。",
        "A 転入通知 about nobody of this register. Ask the other municipality about the code.",
    ),
    "CERTIFICATE_USED": Words(
        "転入の記載に使った転出証明書情報が取り消されました（転出取消）。本人は二つの市区町村で現存"
        "になり得ます。転出地と本人に確かめてください。ここに住んでいれば、転入通知に基づいて転出地"
        "が消除します。住んでいなければ、転入の案件を取り下げます。",
        "The 転出証明書情報 was taken back after the 転入 had been entered. Ask the person and the"
        " 転出地: if they live here, the 転出地 strikes them by our 転入通知; if not, withdraw.",
    ),
    "NOT_SPECIAL": Words(
        "特例によらない転出の証明書情報です。紙の転出証明書による転入届を待ってください。",
        "Not a special 転出. Wait for a 転入届 with the paper 転出証明書.",
    ),
    "NOT_RESIDENT": Words(
        "転出届又は転居予約をした人は、ここの現存する住民ではありません。証明書の住民票コードと、住所地を"
        "本人に確かめてください。他の人と分かれば、その人に結び付けます（match）。転入がまだなら、転入届を"
        "先に受け付けます。",
        "Whoever filed a 転出届 or a 転居予約 is no resident here. Ask them where they live; if it"
        " is somebody else's, `match` it; if they have yet to move in, accept that first.",
    ),
    "MOVED_IN_ELSEWHERE": Words(
        "転入通知が届いた後に、本人が転出届を取り消しました。取り消せません。本人に知らせてください。",
        "The citizen took the 転出届 back after the 転入通知 had come. Tell them it stands.",
    ),
    "PERSON_NOT_MATCHED": Words(
        "申請に書かれた人が世帯の誰とも一致しません。本人に確かめ、窓口の届出で受け付けてください。",
        "Somebody named is nobody of the household. Ask, and accept the 届出 at the counter.",
    ),
}


def advice(flaw: str) -> Words:
    """What to do about a message with this flaw; nothing where there is none."""
    return _ADVICE.get(flaw, _DEFAULT) if flaw else _NOTHING
