"""CS-02, CS-03: the 個人番号 of a code, and another in its place (番号法7条1項, 2項; 8条)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators import jlis_codes
from simulators import jlis_wire as wire
from simulators.ledger import check
from simulators.numbers import is_number, numbers_for

if TYPE_CHECKING:
    from simulators.ledger import Connection, Message


async def answer(
    connection: Connection,
    message: Message,
    request: wire.NumberRequest | wire.NumberChange,
    key: bytes,
) -> dict[str, object]:
    """Make a number, or make another."""
    if isinstance(request, wire.NumberChange):
        return await _change(connection, message, request, key)
    return await _make(connection, request.code, key)


async def _make(connection: Connection, code: str, key: bytes) -> dict[str, object]:
    """CS-02: made when first asked for, and the same until it is changed."""
    person = await jlis_codes.person(connection, code)
    made = person["number"]
    if made is None:
        made = await _fresh(connection, numbers_for(code, key))
        await _bind(connection, code, made)
    return {"住民票コード": code, "個人番号": made}


async def _change(
    connection: Connection, message: Message, request: wire.NumberChange, key: bytes
) -> dict[str, object]:
    """CS-03: a new number for a resident of the sender; the former one is nobody's for ever."""
    check(is_number(request.number), "NUMBER_WRONG", "個人番号の検査数字が正しくありません。")
    person = await jlis_codes.person(connection, request.code)
    check(person["number"] == request.number, "NUMBER_MISMATCH", "個人番号が一致しません。")
    here = person["holder"] == message.municipality
    check(here, "NOT_HOLDER", "この市町村の住民ではありません。")
    check(person["live"], "NOT_LIVE", "住民として登録されていません。")
    changes = await connection.fetchval(
        "SELECT count(*) FROM former_numbers WHERE code = $1", request.code
    )
    made = await _fresh(connection, numbers_for(request.code, key, changes + 1))
    await connection.execute(
        "INSERT INTO former_numbers"
        " (number, code, municipality, replaced_by, message_id, retired_at)"
        " VALUES ($1, $2, $3, $4, $5, clock_timestamp())",
        request.number,
        request.code,
        message.municipality,
        made,
        message.id,
    )
    await _bind(connection, request.code, made)
    return {"住民票コード": request.code, "旧個人番号": request.number, "個人番号": made}


async def _fresh(connection: Connection, candidates: list[str]) -> str:
    """The first that is, and was, nobody's."""
    return await connection.fetchval(
        "SELECT candidate FROM unnest($1::text[]) WITH ORDINALITY AS made (candidate, place)"
        " WHERE NOT EXISTS (SELECT FROM people WHERE number = candidate)"
        " AND NOT EXISTS (SELECT FROM former_numbers WHERE number = candidate)"
        " ORDER BY place LIMIT 1",
        candidates,
    )


async def _bind(connection: Connection, code: str, number: str) -> None:
    await connection.execute("UPDATE people SET number = $2 WHERE code = $1", code, number)
