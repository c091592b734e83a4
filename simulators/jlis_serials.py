"""CS-14: whose 電子証明書 it is, and which ones somebody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.ledger import check
from simulators.numbers import is_code

if TYPE_CHECKING:
    from simulators import jlis_wire as wire
    from simulators.ledger import Connection


async def answer(connection: Connection, query: wire.SerialQuery) -> dict[str, object]:
    """By serial number or by code, whichever was asked."""
    if query.serial is not None:
        return await _owner(connection, query.serial)
    return await _serials(connection, query.code or "")


async def _owner(connection: Connection, serial: str) -> dict[str, object]:
    """The code of a certificate's owner; none for one that is valid no longer."""
    row = await connection.fetchrow("SELECT code FROM serials WHERE serial = $1", serial)
    check(row is not None, "UNKNOWN_SERIAL", "該当する電子証明書がありません。")
    return {"シリアル番号": serial, "住民票コード": row and row["code"]}


async def _serials(connection: Connection, code: str) -> dict[str, object]:
    """The newest 署名用 and 利用者証明用 of a person, where they have any."""
    check(is_code(code), "CODE_WRONG", "住民票コードの検査数字が正しくありません。")
    known = await connection.fetchval("SELECT EXISTS (SELECT FROM people WHERE code = $1)", code)
    check(known, "UNKNOWN_CODE", "割り当てられていない住民票コードです。")
    rows = await connection.fetch("SELECT purpose, serial FROM serials WHERE code = $1", code)
    held = {row["purpose"]: row["serial"] for row in rows}
    return {
        "住民票コード": code,
        "署名用シリアル番号": held.get("signature"),
        "利用者証明用シリアル番号": held.get("authentication"),
    }
