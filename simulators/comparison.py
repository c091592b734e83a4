"""整合性確認 (AT-17): what 統合宛名 tells, and what 中間サーバー tells it.

Only 統合宛名 knows which 団番 stands for which 宛名番号, so it is the one to ask 中間サーバー.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import asyncpg

    from simulators.ledger import Connection
    from simulators.outside import Outside


class ServerSilent(Exception):
    """中間サーバー did not answer; so neither do we."""


class ComparisonMessage(BaseModel):
    """AT-17: the 宛名 behind ``after`` up to and with ``up_to``, at most ``limit``.

    ``request_numbers`` are the 処理通番, by 宛名番号, under which 符号 were asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    request_id: UUID
    kind: Literal["AT-17"]
    municipality: str = Field(pattern=r"^\d{6}$")
    after: str
    up_to: str | None
    limit: int = Field(ge=1, le=500)
    request_numbers: dict[str, list[str]]


async def page(
    connection: Connection, outside: Outside, request: ComparisonMessage
) -> dict[str, object]:
    """The 宛名 in the span, each with what 中間サーバー holds of its 団番."""
    rows = await connection.fetch(
        _ADDRESSEES, request.municipality, request.after, request.up_to, request.limit + 1
    )
    listed = rows[: request.limit]
    numbers = [
        {
            "unified_number": row["unified_number"],
            "request_numbers": request.request_numbers.get(row["addressee_number"], []),
        }
        for row in listed
    ]
    there = await _ask_server(outside, request, numbers)
    return {
        "people": [_told(row, there[row["unified_number"]]) for row in listed],
        "more": len(rows) > request.limit,
    }


_ADDRESSEES = """
SELECT a.addressee_number, a.unified_number, a.closed, a.contents, n.my_number,
    EXISTS (SELECT FROM deliveries d WHERE d.municipality = a.municipality
        AND d.subject = a.unified_number AND d.delivered_at IS NULL) AS pending
FROM addressees a JOIN numbers n USING (municipality, unified_number)
WHERE a.municipality = $1 AND a.addressee_number COLLATE "C" > $2
AND ($3::text IS NULL OR a.addressee_number COLLATE "C" <= $3)
ORDER BY a.addressee_number COLLATE "C" LIMIT $4
"""


def _told(row: asyncpg.Record, there: Mapping[str, Any]) -> dict[str, object]:
    return {
        "addressee_number": row["addressee_number"],
        "closed": row["closed"],
        "my_number": row["my_number"],
        "contents": row["contents"],
        "pending": row["pending"],
        "open_at_server": there["open"],
        "copy": there["copy"],
        "linked": there["linked"],
    }


async def _ask_server(
    outside: Outside, request: ComparisonMessage, numbers: Sequence[Mapping[str, object]]
) -> dict[str, Mapping[str, Any]]:
    """Ask 中間サーバー over its own protocol, under the id of the request that made us ask."""
    url = f"{outside.url}/intermediate-server/messages/{request.request_id}"
    body = {
        "message_id": str(request.request_id),
        "municipality": request.municipality,
        "kind": "AT-17",
        "subject": "",
        "version": 0,
        "contents": {"numbers": numbers},
    }
    headers = {"Municipality": request.municipality, "Content-Type": "application/json"}
    try:
        async with outside.session.put(url, data=json.dumps(body), headers=headers) as response:
            response.raise_for_status()
            told = await response.json()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise ServerSilent from None
    return {one["unified_number"]: one for one in told["numbers"]}


async def held_by_server(
    connection: Connection, municipality: str, contents: Mapping[str, Any]
) -> dict[str, object]:
    """What 中間サーバー holds of each 団番: open or not, its copy, and whether a 符号 is there."""
    asked = {one["unified_number"]: one["request_numbers"] for one in contents["numbers"]}
    rows = await connection.fetch(_AT_SERVER, municipality, [*asked])
    held = {row["unified_number"]: row for row in rows}
    linked = await _linked(connection, municipality, asked)
    return {
        "numbers": [
            {
                "unified_number": number,
                "open": bool(held[number]["open"]),
                "copy": held[number]["facts"],
                "linked": number in linked,
            }
            for number in asked
        ]
    }


_AT_SERVER = """
SELECT asked.unified_number, NOT n.closed AS open, CASE WHEN NOT c.deleted THEN c.facts END AS facts
FROM unnest($2::text[]) AS asked (unified_number)
LEFT JOIN numbers n ON n.municipality = $1 AND n.unified_number = asked.unified_number
LEFT JOIN copies c ON c.municipality = $1 AND c.unified_number = asked.unified_number
"""


async def _linked(
    connection: Connection, municipality: str, asked: Mapping[str, Sequence[str]]
) -> set[str]:
    """Whose 符号 has arrived: under a 処理通番 named now, or in this system from the start."""
    of = {request: number for number, theirs in asked.items() for request in theirs}
    of |= {f"LOADED-{number}": number for number in asked}
    rows = await connection.fetch(
        "SELECT request_number FROM linkages WHERE municipality = $1 AND request_number = ANY($2)",
        municipality,
        [*of],
    )
    return {of[row["request_number"]] for row in rows}
