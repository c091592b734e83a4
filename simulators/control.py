"""Control doors: arm faults, load people, move the clock, read the ledgers, act as others do.

Others are the citizen at マイナポータル and the issuer of 電子証明書.

For tests, the demo and reconciliation by hand; never part of a protocol, and the product does not
know them.  With a token set, every door wants it in the header Control-Token.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel, Field

from simulators.citizens_doors import add_citizens
from simulators.faults import Fault
from simulators.hours import OpeningHours
from simulators.inspection import ledger_of, wipe
from simulators.jpki import SerialTaken
from simulators.jpki_doors import add_certificates
from simulators.population import CodeTaken, Population, load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulators.composition import Systems
    from simulators.outside import Outside


class Scenario(BaseModel):
    """Faults that follow each other; one alone is a scenario too."""

    faults: list[Fault] = Field(min_length=1)


class Armed(BaseModel):
    """A scenario that still waits, and how often its first fault was met or passed by."""

    id: UUID
    met: int
    faults: list[Fault]


class ClockOffset(BaseModel):
    """How far the business clock out there is ahead of the real one."""

    offset_seconds: float


class HoursOf(BaseModel):
    """Opening hours of a system, for one municipality or all; without ``hours`` always open."""

    system: str
    municipality: str | None = None
    hours: OpeningHours | None = None


class DelayOf(BaseModel):
    """Seconds before a system sends a kind of notice: AT-02, AT-03, SYMBOL, CS-05, CS-07, OS-01 …

    ``municipality`` is the receiver.
    """

    system: str
    kind: str
    municipality: str | None = None
    seconds: float = Field(ge=0)


def control_router(outside: Outside, systems: Systems) -> APIRouter:
    """The doors for one set of systems."""
    router = APIRouter(prefix="/_control", dependencies=[Depends(guard(outside))])
    _add_weather(router, outside)
    _add_contents(router, outside, systems)
    add_citizens(router, systems)
    add_certificates(router, systems)
    return router


def guard(outside: Outside) -> Callable[[str], Awaitable[None]]:
    """Who may knock at a control door."""

    async def wants_token(control_token: Annotated[str, Header()] = "") -> None:
        wanted = outside.settings.control_token
        if wanted and not secrets.compare_digest(control_token.encode(), wanted.encode()):
            raise HTTPException(403)

    return wants_token


def _add_weather(router: APIRouter, outside: Outside) -> None:
    @router.post("/faults")
    async def arm(scenario: Scenario) -> UUID:
        """Arm faults; the first that matches an exchange is met, in the order given."""
        return outside.faults.arm(scenario.faults)

    @router.get("/faults")
    async def armed(municipality: str | None = None) -> list[Armed]:
        """What still waits, everywhere or for one municipality."""
        waiting = outside.faults.armed(municipality)
        return [Armed(id=each.id, met=each.met, faults=each.faults) for each in waiting]

    @router.delete("/faults", status_code=204)
    async def clear(municipality: str | None = None) -> None:
        """Disarm everything, or what waits for one municipality."""
        outside.faults.clear(municipality)

    @router.get("/clock")
    async def clock() -> ClockOffset:
        """How far the clock was moved."""
        return ClockOffset(offset_seconds=outside.hours.offset.total_seconds())

    @router.put("/clock", status_code=204)
    async def move_clock(clock: ClockOffset) -> None:
        """Move the clock that opening hours are read by."""
        outside.hours.offset = timedelta(seconds=clock.offset_seconds)

    @router.put("/hours", status_code=204)
    async def set_hours(hours: HoursOf) -> None:
        """Set or lift opening hours."""
        outside.hours.set(hours.system, hours.municipality, hours.hours)

    @router.put("/delays", status_code=204)
    async def set_delay(delay: DelayOf) -> None:
        """Change how long a notice takes from now on."""
        outside.delays.set(delay.system, delay.kind, delay.municipality, delay.seconds)


def _add_contents(router: APIRouter, outside: Outside, systems: Systems) -> None:
    @router.post("/people", status_code=204)
    async def load_people(population: Population) -> None:
        """Make residents known everywhere, as if they had always lived there; safe to repeat."""
        try:
            await load(systems, population)
        except CodeTaken:
            raise HTTPException(409, "CODE_TAKEN") from None
        except SerialTaken:
            raise HTTPException(409, "SERIAL_TAKEN") from None

    @router.put("/postal-codes", status_code=204)
    async def load_postal_codes(prefixes: dict[str, str]) -> None:
        """Add 郵便番号 and what an address there must begin with."""
        await systems.jlis.pool.executemany(
            "INSERT INTO postal_codes (postal_code, prefix) VALUES ($1, $2)"
            " ON CONFLICT (postal_code) DO UPDATE SET prefix = excluded.prefix",
            list(prefixes.items()),
        )
        await systems.jlis.read_postal_codes()

    @router.get("/{system}/ledger")
    async def ledger(system: str, municipality: str) -> dict[str, object]:
        """Everything a system holds of one municipality, and counts of it."""
        if system not in systems.by_name:
            raise HTTPException(404)
        return await ledger_of(systems.by_name[system], municipality)

    @router.post("/reset", status_code=204)
    async def reset(municipality: str | None = None) -> None:
        """Forget one municipality, or everything, with its faults and hours; not the clock."""
        outside.faults.clear(municipality)
        outside.hours.forget(municipality)
        await wipe(systems.all, municipality)
