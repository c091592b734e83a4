"""公的個人認証サービス (JPKI): 電子証明書 from issue to 失効 (住民基本台帳法30条の8).

A certificate is valid until the owner's fifth birthday after its issue, unless it is revoked:
renewed by another, replaced at a new issue, given up, or ended by what the municipality reports
(異動等失効情報).  A change of the 4情報 ends the 署名用, which contains them; death, 職権消除 and
国外転出 end both.  Nothing revoked is ever valid again.

Not imitated: cards and their expiry, PINs, keys and signatures, the list of revoked ones, ages,
国外転出者 who keep their card.  Expiry is no event of its own: the day is told beforehand.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import asyncpg

    from simulators.ledger import Connection

Purpose = Literal["signature", "authentication"]

SIGNATURE: frozenset[Purpose] = frozenset({"signature"})
BOTH: frozenset[Purpose] = frozenset({"signature", "authentication"})
_YEARS = 5
_SERIAL_DIGITS = 15
_IN_CERTIFICATE = ("漢字氏名", "旧氏", "通称", "住所", "方書", "生年月日", "性別")


class SerialTaken(Exception):
    """The serial number is another certificate's."""


class NotIssued(Exception):
    """There is no such owner, or no valid certificate with this serial number."""


class Wanted(NamedTuple):
    """A certificate to be issued; ``serial`` is drawn at random if not given."""

    code: str
    purpose: Purpose
    serial: str | None = None


async def issue(connection: Connection, wanted: Wanted, now: datetime) -> str:
    """Issue a certificate in the place of any valid one for the same purpose; its serial number.

    The same serial number for the same owner again changes nothing.  Raises ``NotIssued`` if there
    is no such owner, ``SerialTaken``.
    """
    person = await _owner(connection, wanted.code)
    before = await find(connection, wanted.serial or "", now)
    if before is not None:
        if (before["code"], before["purpose"]) != (wanted.code, wanted.purpose):
            raise SerialTaken
        return before["serial"]
    await lapse(connection, wanted.code, {wanted.purpose}, "再発行", now)
    return await _enter(connection, wanted, person["contents"], now)


async def renew(connection: Connection, serial: str, new: str | None, now: datetime) -> str:
    """Issue another in the place of a valid one, which it names; raises as ``issue``."""
    held = await _valid(connection, serial, now)
    person = await _owner(connection, held["code"])
    if new is not None and await find(connection, new, now) is not None:
        raise SerialTaken
    await _revoke(connection, serial, "更新", now)
    wanted = Wanted(held["code"], held["purpose"], new)
    return await _enter(connection, wanted, person["contents"], now, replaces=serial)


async def revoke(connection: Connection, serial: str, reason: str, now: datetime) -> None:
    """End a valid certificate; raises ``NotIssued``."""
    held = await _valid(connection, serial, now)
    await _owner(connection, held["code"])
    await _revoke(connection, serial, reason, now)
    await _tell(connection, serial, "失効", now)


async def lapse(
    connection: Connection,
    code: str,
    purposes: frozenset[Purpose] | set[Purpose],
    reason: str,
    now: datetime,
) -> None:
    """End whatever is valid of these purposes; the caller holds the owner."""
    for held in await of(connection, code, now):
        if held["state"] == "有効" and held["purpose"] in purposes:
            await _revoke(connection, held["serial"], reason, now)
            await _tell(connection, held["serial"], "失効", now)


def tells_otherwise(former: Mapping[str, Any] | None, present: Mapping[str, Any] | None) -> bool:
    """Whether something a 署名用 contains is not what it was, as far as that is known."""
    before, after = former or {}, present or {}
    return any(item in before and before[item] != after.get(item) for item in _IN_CERTIFICATE)


async def find(connection: Connection, serial: str, now: datetime) -> asyncpg.Record | None:
    """A certificate by its serial number, with its state as of now."""
    return await connection.fetchrow(f"{_SHOW} WHERE held.serial = $2", now.date(), serial)


async def of(connection: Connection, code: str, now: datetime) -> list[asyncpg.Record]:
    """Everything ever issued to a person, oldest first."""
    return await connection.fetch(
        f"{_SHOW} WHERE held.code = $2 ORDER BY held.issued_at, held.serial", now.date(), code
    )


async def since(
    connection: Connection, municipality: str, place: int, count: int, now: datetime
) -> list[asyncpg.Record]:
    """What came to pass after a place, for those the municipality held at the time."""
    return await connection.fetch(
        f"{_SHOW_EVENTS} WHERE municipality = $2 AND ordinal > $3 ORDER BY ordinal LIMIT $4",
        now.date(),
        municipality,
        place,
        count,
    )


def expiry(issued_on: date, born_on: date) -> date:
    """The fifth birthday after the day of issue; 28 February stands in for a missing 29th."""
    birthday = _birthday(born_on, issued_on.year)
    years = _YEARS - 1 if birthday > issued_on else _YEARS
    return _birthday(born_on, issued_on.year + years)


def _birthday(born_on: date, year: int) -> date:
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, born_on.month, born_on.day - 1)


async def _owner(connection: Connection, code: str) -> asyncpg.Record:
    """The person, held until the transaction ends, so that nothing else happens to them."""
    row = await connection.fetchrow(
        "SELECT contents FROM people WHERE code = $1 AND retired_at IS NULL FOR UPDATE", code
    )
    if row is None:
        raise NotIssued
    return row


async def _valid(connection: Connection, serial: str, now: datetime) -> asyncpg.Record:
    held = await find(connection, serial, now)
    if held is None or held["state"] != "有効":
        raise NotIssued
    return held


async def _enter(
    connection: Connection,
    wanted: Wanted,
    contents: Mapping[str, Any] | None,
    now: datetime,
    *,
    replaces: str | None = None,
) -> str:
    serial = wanted.serial or str(10**_SERIAL_DIGITS + secrets.randbelow(10**_SERIAL_DIGITS))
    await connection.execute(
        "INSERT INTO jpki_certificates (serial, purpose, code, issued_at, expires_on, replaces)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        serial,
        wanted.purpose,
        wanted.code,
        now,
        expiry(now.date(), _born_on(contents, now)),
        replaces,
    )
    await _tell(connection, serial, "更新" if replaces else "発行", now)
    return serial


def _born_on(contents: Mapping[str, Any] | None, now: datetime) -> date:
    """生年月日 as last reported; for those loaded without, as if today were the birthday."""
    told = (contents or {}).get("生年月日")
    return now.date() if told is None else date.fromisoformat(told["年月日"])


async def _revoke(connection: Connection, serial: str, reason: str, now: datetime) -> None:
    await connection.execute(
        "UPDATE jpki_certificates SET revoked_at = $2, reason = $3"
        " WHERE serial = $1 AND revoked_at IS NULL",
        serial,
        now,
        reason,
    )


async def _tell(connection: Connection, serial: str, event: str, now: datetime) -> None:
    await connection.execute(_TELL, serial, event, now)


_SHOW_ITEMS = """
    held.serial, purpose, held.code, issued_at, expires_on, held.replaces,
    (SELECT newer.serial FROM jpki_certificates AS newer WHERE newer.replaces = held.serial)
        AS replaced_by,
    CASE WHEN revoked_at IS NULL AND expires_on >= $1 THEN '有効' ELSE '失効' END AS state,
    coalesce(reason, CASE WHEN expires_on < $1 THEN '有効期間満了' END) AS reason,
    coalesce(revoked_at, CASE WHEN expires_on < $1
        THEN (expires_on + 1)::timestamp AT TIME ZONE 'Asia/Tokyo' END) AS revoked_at
"""
_SHOW = f"SELECT {_SHOW_ITEMS} FROM jpki_certificates AS held"  # noqa: S608 - ours
_SHOW_EVENTS = (
    f"SELECT ordinal, event, happened_at, {_SHOW_ITEMS}"  # noqa: S608 - ours
    " FROM jpki_events JOIN jpki_certificates AS held USING (serial)"
)
_TELL = """
WITH told AS (
    SELECT coalesce(holder, allotted_to) AS municipality
    FROM jpki_certificates JOIN people USING (code) WHERE serial = $1
), place AS (
    INSERT INTO jpki_ordinals AS known (municipality, last) SELECT municipality, 1 FROM told
    ON CONFLICT (municipality) DO UPDATE SET last = known.last + 1 RETURNING municipality, last
)
INSERT INTO jpki_events (municipality, ordinal, serial, event, happened_at)
SELECT municipality, last, $1, $2, $3 FROM place
"""
