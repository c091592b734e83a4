"""CS-12, CS-13: where J-LIS mails the number, and the 符号 it has made."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from simulators import jlis_codes
from simulators.deliveries import Notice
from simulators.ledger import check
from simulators.numbers import symbol_for

if TYPE_CHECKING:
    import asyncpg

    from simulators import jlis_wire as wire
    from simulators.deliveries import Deliveries
    from simulators.ledger import Connection, Message


async def mail(
    connection: Connection, message: Message, mailing: wire.MailingAddress
) -> dict[str, object]:
    """CS-12: note where the 個人番号通知書 of a live person goes."""
    await jlis_codes.check_code(connection, mailing.code)
    row = await connection.fetchrow(
        "SELECT code, live FROM people WHERE number = $1", mailing.number
    )
    known = row is not None and row["code"] == mailing.code
    check(known, "UNKNOWN_NUMBER", "該当する個人番号がありません。")
    live = row is not None and row["live"]
    check(live, "NOT_LIVE", "住民として登録されていません。")
    await connection.execute(
        "INSERT INTO mailings (message_id, municipality, code, contents) VALUES ($1, $2, $3, $4)",
        message.id,
        message.municipality,
        mailing.code,
        mailing.person(),
    )
    return {"送付先管理番号": mailing.mailing_number}


class Linkage:
    """情報提供NWS as J-LIS reaches it."""

    def __init__(self, deliveries: Deliveries, key: bytes) -> None:
        self._deliveries = deliveries
        self._key = key

    async def ask(
        self, connection: Connection, message: Message, request: wire.LinkageRequest
    ) -> dict[str, object]:
        """CS-13: have 情報提供NWS make the 符号, once per person, and send it to 中間サーバー."""
        row = await connection.fetchrow(
            "SELECT code, live FROM people WHERE number = $1", request.number
        )
        check(row is not None, "UNKNOWN_NUMBER", "該当する個人番号がありません。")
        person = cast("asyncpg.Record", row)
        check(person["live"], "NOT_LIVE", "住民として登録されていません。")
        linked = await connection.fetchrow(
            _LINK,
            message.municipality,
            request.request_number,
            person["code"],
            message.id,
            symbol_for(person["code"], message.municipality, self._key),
        )
        link = cast("asyncpg.Record", linked)
        check(link["is_new"], "REQUEST_NUMBER_REUSED", "使用済みの処理通番です。")
        contents: dict[str, object] = {"symbol": link["symbol"]}
        notice = Notice(
            message.id, message.municipality, request.request_number, "SYMBOL", contents
        )
        await self._deliveries.owe(connection, notice)
        return {"処理通番": request.request_number}


_LINK = """
WITH asked AS (
    INSERT INTO linkage_requests (municipality, request_number, code, message_id)
    VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true
), kept AS (
    INSERT INTO symbols (municipality, code, symbol) VALUES ($1, $3, $5)
    ON CONFLICT (municipality, code) DO UPDATE SET symbol = symbols.symbol RETURNING symbol
)
SELECT EXISTS (SELECT FROM asked) AS is_new, symbol FROM kept
"""
