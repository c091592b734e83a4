"""CS-14: whose 電子証明書 it is, which ones somebody has, and what has become of them since."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from simulators import jlis_codes, jpki
from simulators import jlis_wire as wire
from simulators.ledger import check

if TYPE_CHECKING:
    from datetime import datetime

    import asyncpg

    from simulators.ledger import Connection

_PURPOSES = {"signature": "署名用", "authentication": "利用者証明用"}


class Asked(NamedTuple):
    """By whom, and when."""

    municipality: str
    now: datetime


async def answer(
    connection: Connection, query: wire.SerialQuery | wire.CertificateChanges, asked: Asked
) -> dict[str, object]:
    """By serial number, by code, or what happened after a place, whichever was asked."""
    if isinstance(query, wire.CertificateChanges):
        return await _changes(connection, query, asked)
    if query.serial is not None:
        return await _owner(connection, query.serial, asked.now)
    return await _serials(connection, query.code or "", asked.now)


async def _owner(connection: Connection, serial: str, now: datetime) -> dict[str, object]:
    """The code of a certificate's owner; none for one that is valid no longer."""
    row = await jpki.find(connection, serial, now)
    check(row is not None, "UNKNOWN_SERIAL", "該当する電子証明書がありません。")
    held = cast("asyncpg.Record", row)
    valid = held["state"] == "有効"
    return {**_shown(held), "住民票コード": held["code"] if valid else None}


async def _serials(connection: Connection, code: str, now: datetime) -> dict[str, object]:
    """The valid 署名用 and 利用者証明用 of a person, where they have any."""
    await jlis_codes.check_code(connection, code)
    valid = [row for row in await jpki.of(connection, code, now) if row["state"] == "有効"]
    held = {row["purpose"]: row["serial"] for row in valid}
    return {
        "電子証明書": [{**_shown(row), "住民票コード": code} for row in valid],
        "住民票コード": code,
        "署名用シリアル番号": held.get("signature"),
        "利用者証明用シリアル番号": held.get("authentication"),
    }


async def _changes(
    connection: Connection, query: wire.CertificateChanges, asked: Asked
) -> dict[str, object]:
    """What was issued, renewed and revoked, oldest first, and the place to ask from next time."""
    place = int(query.after or 0)
    found = await jpki.since(connection, asked.municipality, place, query.count + 1, asked.now)
    events = found[: query.count]
    return {
        "変更": [_event(row) for row in events],
        "続き": len(found) > query.count,
        "変更位置": str(events[-1]["ordinal"]) if events else query.after,
    }


def _event(row: asyncpg.Record) -> dict[str, object]:
    return {
        "事象": row["event"],
        "発生日時": row["happened_at"].isoformat(),
        **_shown(row),
        "住民票コード": row["code"],
    }


def _shown(row: asyncpg.Record) -> dict[str, object]:
    ended = cast("datetime | None", row["revoked_at"])
    return {
        "シリアル番号": row["serial"],
        "用途": _PURPOSES[row["purpose"]],
        "発行日時": row["issued_at"].isoformat(),
        "有効期限": row["expires_on"].isoformat(),
        "状態": row["state"],
        "失効事由": row["reason"],
        "失効日時": ended.isoformat() if ended else None,
        "旧シリアル番号": row["replaces"],
        "新シリアル番号": row["replaced_by"],
    }
