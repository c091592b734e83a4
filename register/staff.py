"""職員: who works in a municipality, and which browsers are signed in as whom.

What the identity provider said at the last sign-in is kept, so that a second person can be looked
up, and a session is over at the instant it is ended, whatever a cookie says.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import timedelta

    from register.transactions import Row, Tx


class Member(NamedTuple):
    """One of the staff: the provider's name for them, the one people call them, their role."""

    subject: str
    name: str
    role: str
    procedures: tuple[str, ...] | None = None
    """The only ones they have to do with, where the provider says so."""


class Session(NamedTuple):
    """A signed-in browser; its forms carry ``csrf``."""

    member: Member
    csrf: str


async def begin(tx: Tx, municipality: str, member: Member, lasts: timedelta) -> str:
    """Sign somebody in; the secret their browser keeps, of which only the hash stays here."""
    await tx.execute(
        "INSERT INTO staff_member (municipality, subject, name, role, procedures)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (municipality, subject)"
        " DO UPDATE SET name = $3, role = $4, procedures = $5, seen_at = clock_timestamp()",
        municipality,
        *member,
    )
    secret = secrets.token_urlsafe(32)
    await tx.execute(
        "INSERT INTO console_session (municipality, session_hash, subject, csrf, expires_at)"
        " VALUES ($1, $2, $3, $4, clock_timestamp() + $5::interval)",
        municipality,
        _hash(secret),
        member.subject,
        secrets.token_urlsafe(32),
        lasts,
    )
    return secret


async def session(tx: Tx, municipality: str, secret: str, idle: timedelta) -> Session | None:
    """Whose browser this is, unless its session is over, out of date, or was left idle."""
    row = await tx.fetchrow(
        "UPDATE console_session s SET used_at = clock_timestamp() FROM staff_member m"
        " WHERE s.municipality = $1 AND s.session_hash = $2 AND NOT s.over"
        " AND s.expires_at > clock_timestamp() AND s.used_at > clock_timestamp() - $3::interval"
        " AND m.municipality = s.municipality AND m.subject = s.subject"
        " RETURNING m.subject, m.name, m.role, m.procedures, s.csrf",
        municipality,
        _hash(secret),
        idle,
    )
    if row is None:
        return None
    return Session(_member(row), row["csrf"])


async def end(tx: Tx, municipality: str, secret: str) -> None:
    """Sign a browser out."""
    await tx.execute(
        "UPDATE console_session SET over = true WHERE municipality = $1 AND session_hash = $2",
        municipality,
        _hash(secret),
    )


async def member(tx: Tx, municipality: str, subject: str) -> Member | None:
    """One of the staff, if they have ever signed in."""
    row = await tx.fetchrow(
        "SELECT subject, name, role, procedures FROM staff_member"
        " WHERE municipality = $1 AND subject = $2",
        municipality,
        subject,
    )
    return _member(row) if row else None


def _member(row: Row) -> Member:
    only = row["procedures"]
    return Member(row["subject"], row["name"], row["role"], None if only is None else tuple(only))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
