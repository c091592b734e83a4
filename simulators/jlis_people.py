"""CS-01, CS-02, CS-04: whose code it is, which number was made from it, and where they live."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from simulators.ledger import check
from simulators.numbers import fresh_code, is_code, is_number, numbers_for

if TYPE_CHECKING:
    from collections.abc import Mapping

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


async def number(connection: Connection, code: str, key: bytes) -> dict[str, object]:
    """CS-02: the number of a code, made when first asked for, and the same for ever."""
    check(is_code(code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
    made = await connection.fetchval(
        "UPDATE people SET number = coalesce(number, ("
        "   SELECT candidate FROM unnest($2::text[]) WITH ORDINALITY AS made (candidate, place)"
        "   WHERE NOT EXISTS (SELECT FROM people WHERE number = candidate)"
        "   ORDER BY place LIMIT 1)) WHERE code = $1 RETURNING number",
        code,
        numbers_for(code, key),
    )
    check(made is not None, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
    return {"住民票コード": code, "個人番号": made}


async def apply(
    connection: Connection,
    message: Message,
    notice: wire.IdentityNotice,
    postal_codes: Mapping[str, str],
) -> dict[str, object]:
    """CS-04: one more entry of a person's history, in order."""
    _check_contents(notice, postal_codes)
    person = await connection.fetchrow(
        "SELECT number, holder, live, orders, contents FROM people WHERE code = $1 FOR UPDATE",
        notice.code,
    )
    check(person is not None, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
    row = cast("asyncpg.Record", person)
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
    return {"更新順番号": notice.update_number}


class Present(NamedTuple):
    """Who holds a person, whether they count as 現存, and their 4情報: one state in the nation."""

    holder: str | None
    live: bool
    contents: dict[str, Any] | None


_APPLY = """
WITH entry AS (
    INSERT INTO entries (message_id, municipality, code, update_number, change, reason,
                         effective_on, notified_on, cancels, contents, applied, before)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
)
UPDATE people SET
    orders = orders || jsonb_build_object($2::text, $4::integer),
    holder = CASE WHEN $11 THEN $13 ELSE holder END,
    live = CASE WHEN $11 THEN $14 ELSE live END,
    contents = CASE WHEN $11 THEN $15 ELSE contents END
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


def _is_applied(notice: wire.IdentityNotice, municipality: str, before: Present) -> bool:
    """Whether a notice changes the present state; 消除 by a former holder is noted only.

    転入 takes a person over from where they still count as 現存: their 転出 may come later.
    """
    here = before.holder == municipality
    if notice.change == "記載":
        check(not (here and before.live), "ALREADY_LIVE", "既に住民として登録されています。")
        moves_in = notice.reason.startswith("転入") and not notice.cancels
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
        " AND municipality = $4 AND countered_by IS NULL RETURNING ordinal, before",
        message.id,
        notice.cancels,
        notice.code,
        message.municipality,
    )
    whole = len(marked) == len(set(notice.cancels))
    check(whole, "NOTHING_TO_CANCEL", "取り消す対象の電文がありません。")
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
    )
