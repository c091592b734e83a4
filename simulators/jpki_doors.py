"""Control doors for 電子証明書: issue, renew, revoke, and see what somebody has."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel, Field

from simulators import jpki

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import asyncpg

    from simulators.composition import Systems
    from simulators.ledger import Connection

Serial = Annotated[str, Field(pattern=r"^\d{1,49}$")]
_HERE = "/certificates"
_ONE = f"{_HERE}/{{serial}}"


class Issue(BaseModel):
    """A certificate for somebody; without a serial number, one is drawn."""

    code: str
    purpose: jpki.Purpose
    serial: Serial | None = None


class Renewal(BaseModel):
    """The serial number of the certificate that follows; without one, it is drawn."""

    serial: Serial | None = None


class Revocation(BaseModel):
    """失効事由 as people say it."""

    reason: str = "本人の申出"


class Certificate(BaseModel):
    """A certificate as it stands now; ``replaces`` and ``replaced_by`` are the chain of renewals.

    ``state`` is 有効 or 失効, and in the latter case ``reason`` and ``revoked_at`` say more.
    """

    serial: str
    purpose: jpki.Purpose
    code: str
    issued_at: datetime
    expires_on: date
    state: str
    reason: str | None
    revoked_at: datetime | None
    replaces: str | None
    replaced_by: str | None


def add_certificates(router: APIRouter, systems: Systems) -> None:
    """The doors of whoever issues certificates."""
    authority = Authority(systems)

    @router.put(_HERE)
    async def issue(wanted: Issue) -> Certificate:
        """Issue one; again under the same serial number changes nothing."""
        async with authority.acting() as connection:
            now = authority.now
            asked = jpki.Wanted(wanted.code, wanted.purpose, wanted.serial)
            return await authority.show(connection, await jpki.issue(connection, asked, now))

    @router.get(_HERE)
    async def of(code: str) -> list[Certificate]:
        """Everything ever issued to somebody, oldest first."""
        async with authority.acting() as connection:
            rows = await jpki.of(connection, code, authority.now)
            return [Certificate.model_validate(dict(row)) for row in rows]

    @router.post(f"{_ONE}/renewals")
    async def renew(serial: Annotated[str, Path()], renewal: Renewal) -> Certificate:
        """Issue the one that follows a valid one."""
        async with authority.acting() as connection:
            new = await jpki.renew(connection, serial, renewal.serial, authority.now)
            return await authority.show(connection, new)

    @router.post(f"{_ONE}/revocations")
    async def revoke(serial: Annotated[str, Path()], revocation: Revocation) -> Certificate:
        """End a valid one."""
        async with authority.acting() as connection:
            await jpki.revoke(connection, serial, revocation.reason, authority.now)
            return await authority.show(connection, serial)


class Authority:
    """JPKI as its own staff use it."""

    def __init__(self, systems: Systems) -> None:
        self._jlis = systems.jlis

    @property
    def now(self) -> datetime:
        """By the clock out there."""
        return self._jlis.outside.hours.now()

    @asynccontextmanager
    async def acting(self) -> AsyncGenerator[Connection]:
        """One transaction; 404 for what is not there or not valid, 409 for a serial number taken.

        Nothing is answered before it is committed.
        """
        try:
            async with self._jlis.pool.acquire() as connection, connection.transaction():
                yield connection
        except jpki.NotIssued:
            raise HTTPException(404, "NOT_ISSUED") from None
        except jpki.SerialTaken:
            raise HTTPException(409, "SERIAL_TAKEN") from None

    async def show(self, connection: Connection, serial: str) -> Certificate:
        """One certificate as it stands."""
        row = await jpki.find(connection, serial, self.now)
        return Certificate.model_validate(dict(cast("asyncpg.Record", row)))
