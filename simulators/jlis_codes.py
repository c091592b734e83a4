"""住民票コード that are known, retired, or given up for another (住民基本台帳法30条の3, 規則9条).

A change moves the person to the new code: holder, 個人番号, history, certificates, 符号 and the
sequences of 更新順番号, which go on.  The former code is retired for ever, unless a counter-entry
takes that very change back; then the other one is.  Letters already sent keep the code they named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from simulators.ledger import check
from simulators.numbers import is_code

if TYPE_CHECKING:
    import asyncpg

    from simulators import jlis_wire as wire
    from simulators.ledger import Connection, Message

_MOVED = ("entries", "symbols", "jpki_certificates", "former_numbers")


async def check_code(connection: Connection, code: str) -> None:
    """Refuse a code that is wrong, nobody's or retired."""
    check(is_code(code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
    row = await connection.fetchrow("SELECT retired_at FROM people WHERE code = $1", code)
    _check_known(row)


async def person(connection: Connection, code: str) -> asyncpg.Record:
    """The person of a code, held until the transaction ends; refuses as ``check_code``."""
    check(is_code(code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
    row = await connection.fetchrow("SELECT * FROM people WHERE code = $1 FOR UPDATE", code)
    return _check_known(row)


async def change(connection: Connection, message: Message, notice: wire.IdentityNotice) -> None:
    """Move the person of 旧住民票コード to the code of the notice."""
    former, new = notice.former_code or "", notice.code
    for code in former, new:
        check(is_code(code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
    rows = await connection.fetch(
        "SELECT * FROM people WHERE code = ANY($1) ORDER BY code FOR UPDATE", [former, new]
    )
    held = {row["code"]: row for row in rows}
    moved = _check_known(held.get(former))
    target = held.get(new)
    check(target is not None, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
    usable = _is_usable(cast("asyncpg.Record", target), message, notice)
    check(former != new and usable, "CODE_TAKEN", "使用できない住民票コードです。")
    await _move(connection, message, moved, new)


def _is_usable(row: asyncpg.Record, message: Message, notice: wire.IdentityNotice) -> bool:
    """A code allotted here that nobody has had; or the former one, whose change is taken back."""
    if row["retired_at"] is not None:
        return row["retired_by"] in notice.cancels
    unused = row["number"] is None and row["holder"] is None and not row["orders"]
    return unused and row["allotted_to"] == message.municipality


async def _move(connection: Connection, message: Message, row: asyncpg.Record, new: str) -> None:
    await connection.execute(
        "UPDATE people SET number = NULL, holder = NULL, live = false, orders = '{}',"
        " contents = NULL, replaced_by = $2, retired_by = $3, retired_at = clock_timestamp()"
        " WHERE code = $1",
        row["code"],
        new,
        message.id,
    )
    await connection.execute(
        "UPDATE people SET number = $2, holder = $3, live = $4, orders = $5, contents = $6,"
        " replaced_by = NULL, retired_by = NULL, retired_at = NULL WHERE code = $1",
        new,
        *(row[item] for item in ("number", "holder", "live", "orders", "contents")),
    )
    for table in _MOVED:
        await connection.execute(
            f"UPDATE {table} SET code = $2 WHERE code = $1",  # noqa: S608 - ours
            row["code"],
            new,
        )


def _check_known(row: asyncpg.Record | None) -> asyncpg.Record:
    check(row is not None, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
    known = cast("asyncpg.Record", row)
    check(known["retired_at"] is None, "CODE_RETIRED", "変更により使用されない住民票コードです。")
    return known
