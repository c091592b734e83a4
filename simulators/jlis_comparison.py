"""CS-17 整合性確認: whom J-LIS holds for a municipality, a page at a time in the order of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import asyncpg

    from simulators import jlis_wire as wire
    from simulators.ledger import Connection, Message


async def page(
    connection: Connection, message: Message, request: wire.ComparisonRequest, now: datetime
) -> dict[str, object]:
    """Everybody it holds in the span, live or not, with the serial numbers valid at this moment."""
    rows = await connection.fetch(
        "SELECT code, number, live, coalesce((orders ->> $1)::integer, 0) AS update_number,"
        " coalesce(contents, '{}') AS contents FROM people"
        " WHERE holder = $1 AND code > $2 AND ($3::text IS NULL OR code <= $3)"
        " ORDER BY code LIMIT $4",
        message.municipality,
        request.after,
        request.up_to,
        request.limit + 1,
    )
    listed = rows[: request.limit]
    serials = await _serials(connection, [row["code"] for row in listed], now)
    return {
        "本人確認情報一覧": [_told(row, serials.get(row["code"], {})) for row in listed],
        "続き": len(rows) > request.limit,
    }


async def _serials(
    connection: Connection, codes: list[str], now: datetime
) -> dict[str, dict[str, str]]:
    rows = await connection.fetch(
        "SELECT code, purpose, serial FROM jpki_certificates"
        " WHERE code = ANY($1) AND revoked_at IS NULL AND expires_on >= $2",
        codes,
        now.date(),
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["code"], {})[row["purpose"]] = row["serial"]
    return found


def _told(row: asyncpg.Record, serials: dict[str, str]) -> dict[str, object]:
    return {
        "住民票コード": row["code"],
        "個人番号": row["number"],
        "現存": row["live"],
        "更新順番号": row["update_number"],
        "内容": row["contents"],
        "署名用シリアル番号": serials.get("signature"),
        "利用者証明用シリアル番号": serials.get("authentication"),
    }
