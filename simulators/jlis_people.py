"""CS-01, CS-04: whose code it is, and where they live."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from simulators import jlis_codes, jpki
from simulators.ledger import check
from simulators.numbers import fresh_code, is_code, is_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import asyncpg

    from simulators import jlis_wire as wire
    from simulators.ledger import Connection, Message


async def allot(connection: Connection, message: Message, count: int) -> dict[str, object]:
    """CS-01: codes nobody has ever had, drawn at random."""
    codes: list[str] = []
    while len(codes) < count:
        rows = await connection.fetch(
            "INSERT INTO people (code, allotted_to) SELECT unnest($1::text[]), $2"
            " ON CONFLICT (code) DO NOTHING RETURNING code",
            sorted({fresh_code() for _ in range(count - len(codes))}),
            message.municipality,
        )
        codes += [row["code"] for row in rows]
    secrets.SystemRandom().shuffle(codes)
    return {"空きコード": codes}


async def apply(
    connection: Connection,
    message: Message,
    notice: wire.IdentityNotice,
    postal_codes: Mapping[str, str],
    now: datetime,
) -> dict[str, object]:
    """CS-04: one more entry of a person's history, in order, and what it does to certificates."""
    _check_contents(notice, postal_codes)
    _check_reason(notice)
    if notice.former_code is not None:
        await jlis_codes.change(connection, message, notice)
    row = await jlis_codes.person(connection, notice.code)
    check(row["number"] == notice.number, "NUMBER_MISMATCH", "個人番号が一致しません。")
    last = row["orders"].get(message.municipality, 0)
    check(notice.update_number == last + 1, "ORDER", "更新順番号の順序が正しくありません。")
    before = Present(row["holder"], row["live"], row["contents"])
    applied = _is_applied(notice, message.municipality, before)
    given_back = await _counter(connection, message, notice)
    after = Present(message.municipality, notice.change != "消除", notice.person())
    if notice.change == "消除" and given_back:
        after = given_back
    entry = _entry_row(message, notice)
    await connection.execute(_APPLY, *entry, applied, before._asdict(), *after)
    if applied:
        ended = _ended(notice, before, after)
        await jpki.lapse(connection, notice.code, ended, notice.reason, now)
    return {"更新順番号": notice.update_number}


class Present(NamedTuple):
    """Who holds a person, whether they count as 現存, and their 4情報: one state in the nation."""

    holder: str | None
    live: bool
    contents: dict[str, Any] | None


_APPLY = """
WITH entry AS (
    INSERT INTO entries (message_id, municipality, code, update_number, change, reason,
                         effective_on, notified_on, cancels, contents, former_code,
                         applied, before)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
)
UPDATE people SET
    orders = orders || jsonb_build_object($2::text, $4::integer),
    holder = CASE WHEN $12 THEN $14 ELSE holder END,
    live = CASE WHEN $12 THEN $15 ELSE live END,
    contents = CASE WHEN $12 THEN $16 ELSE contents END
WHERE code = $3
"""


def _check_contents(notice: wire.IdentityNotice, postal_codes: Mapping[str, str]) -> None:
    check(is_code(notice.code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
    number_fits = notice.number is None or is_number(notice.number)
    check(number_fits, "NUMBER_WRONG", "個人番号の検査数字が正しくありません。")
    known = all(text.is_known() for text in notice.texts)
    check(known, "BAD_CHARACTER", "住基ネット統一文字にない文字があります。")
    prefix = postal_codes.get(notice.postal_code, "")
    fits = notice.address.text.startswith(prefix)
    check(fits, "ADDRESS_MISMATCH", "郵便番号と住所が一致しません。")


def _check_reason(notice: wire.IdentityNotice) -> None:
    known = notice.reason in _REASONS and notice.detail in {"", _ABROAD, _UNREPORTED}
    check(known, "UNKNOWN_REASON", "異動事由が正しくありません。")
    named = notice.former_code is not None
    fits = notice.change == "修正" and notice.reason in _CODE_CHANGES
    check(fits or not named, "FORMER_CODE_UNEXPECTED", "旧住民票コードは記載できません。")
    asked = notice.reason == _CODE_REQUEST
    check(named or not asked, "FORMER_CODE_MISSING", "旧住民票コードがありません。")


def _ended(notice: wire.IdentityNotice, before: Present, after: Present) -> frozenset[jpki.Purpose]:
    """異動等失効情報: which certificates end by this entry.

    Who is given back to a former holder was not struck: only what it changed of them counts.
    """
    if notice.reason == "軽微な修正":
        return frozenset()
    if notice.change == "消除" and after.holder == before.holder:
        ends_both = notice.reason in _END_BOTH or notice.detail == _ABROAD
        return jpki.BOTH if ends_both else jpki.SIGNATURE
    moved = notice.reason == "転居" or jpki.tells_otherwise(before.contents, after.contents)
    return jpki.SIGNATURE if moved else frozenset()


def _is_applied(notice: wire.IdentityNotice, municipality: str, before: Present) -> bool:
    """Whether a notice changes the present state; 消除 by a former holder is noted only.

    転入, and 職権記載等 of a 未届転入, take a person over from where they still count as 現存;
    their 転出 may come later.
    """
    here = before.holder == municipality
    if notice.change == "記載":
        check(not (here and before.live), "ALREADY_LIVE", "既に住民として登録されています。")
        told = notice.reason == "転入等" or notice.detail == _UNREPORTED
        moves_in = told and not notice.cancels
        free = moves_in or not before.live
        check(free, "LIVE_ELSEWHERE", "他の市町村で住民として登録されています。")
        return True
    if notice.change == "消除" and before.holder is not None and not here:
        return False
    check(here and before.live, "NOT_LIVE", "住民として登録されていません。")
    return True


async def _counter(
    connection: Connection, message: Message, notice: wire.IdentityNotice
) -> Present | None:
    """Mark the entries a counter-entry takes back, each once; what a 転入 among them had taken."""
    if not notice.cancels:
        return None
    marked = await connection.fetch(
        "UPDATE entries SET countered_by = $1 WHERE message_id = ANY($2) AND code = $3"
        " AND municipality = $4 AND countered_by IS NULL RETURNING ordinal, before, former_code",
        message.id,
        notice.cancels,
        notice.code,
        message.municipality,
    )
    whole = len(marked) == len(set(notice.cancels))
    check(whole, "NOTHING_TO_CANCEL", "取り消す対象の電文がありません。")
    code_changed = any(entry["former_code"] for entry in marked)
    named = notice.former_code is not None
    check(named or not code_changed, "FORMER_CODE_MISSING", "旧住民票コードがありません。")
    first = min(marked, key=lambda entry: entry["ordinal"])
    former = Present(**first["before"]) if first["before"] else None
    if former is None or former.holder in {None, message.municipality}:
        return None
    return former._replace(live=former.live and not await _left(connection, notice, former, first))


async def _left(
    connection: Connection, notice: wire.IdentityNotice, former: Present, taken: asyncpg.Record
) -> bool:
    """Whether the former holder has noted a 転出 since the person was taken over."""
    return await connection.fetchval(
        "SELECT EXISTS (SELECT FROM entries WHERE code = $1 AND municipality = $2"
        " AND ordinal > $3 AND change = '消除' AND countered_by IS NULL)",
        notice.code,
        former.holder,
        taken["ordinal"],
    )


def _entry_row(message: Message, notice: wire.IdentityNotice) -> tuple[object, ...]:
    return (
        message.id,
        message.municipality,
        notice.code,
        notice.update_number,
        notice.change,
        notice.reason,
        notice.effective_on.day,
        notice.notified_on,
        notice.cancels,
        notice.person(),
        notice.former_code,
    )


_CODE_REQUEST = "住民票コードの変更請求"
_CODE_CHANGES = {_CODE_REQUEST, "住民票コードの職権記載等"}
_ABROAD = "国外転出"
_UNREPORTED = "未届転入"
_END_BOTH = {"死亡", "職権消除等"}
# 規則11条, and for numbers 住民記録システム標準仕様書 1.2.2.
_REASONS = {
    "転入等",
    "出生",
    "職権記載等",
    "転出",
    "転居",
    "職権修正等",
    "軽微な修正",
    "個人番号の変更請求",
    "個人番号の職権修正",
    "個人番号の職権記載",
    *_CODE_CHANGES,
    *_END_BOTH,
}
