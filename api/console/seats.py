"""Who sits at the console: the session behind the cookie, and the token behind each form."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import Depends, Form, Request
from starlette.datastructures import FormData

from api.access import Caller, demand
from api.counter import Counter
from api.rights import Act
from domain.acting import Acting
from domain.cases import Procedure
from register import staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.counter import Office
    from register.staff import Session
    from runtime.settings import ApiSettings, TokenRole


class SignInFirst(Exception):
    """Nobody is signed in, or not any more."""


class NotFromHere(Exception):
    """A form that this console did not make for this session."""


class Seat(NamedTuple):
    """Somebody signed in, at one page."""

    counter: Counter
    session: Session
    engine: str = ""
    """Where the engine's own pages are, read-only for staff; blank where nobody may see them."""

    @property
    def name(self) -> str:
        """What people call them."""
        return self.session.member.name

    @property
    def subject(self) -> str:
        """What their identity provider calls them."""
        return self.counter.caller.client

    @property
    def role(self) -> TokenRole:
        """The role they work in."""
        return self.counter.caller.role

    @property
    def municipality(self) -> str:
        """The municipality they work for."""
        return self.counter.caller.municipality

    def may(self, act: str, *procedures: str) -> bool:
        """Whether they may do an `Act`, by its name, with a case of one of these procedures."""
        return self.counter.caller.may(Act[act], *procedures)


def cookie_name(settings: ApiSettings) -> str:
    """Bound to this host alone, wherever the console is reached over TLS."""
    return "__Host-juki" if over_tls(settings) else "juki"


def over_tls(settings: ApiSettings) -> bool:
    """Whether browsers reach the console over TLS."""
    return settings.console_url.startswith("https:")


async def _seat(request: Request) -> Seat:
    settings: ApiSettings = request.app.state.settings
    office: Office = request.state.office
    municipality, _, secret = request.cookies.get(cookie_name(settings), "").partition(".")
    if not (municipality and secret):
        raise SignInFirst
    looking = Acting(municipality=municipality, actor="console", purpose="who is signed in")
    async with office.transactions.open(looking) as tx:
        session = await staff.session(tx, municipality, secret, settings.console_idle)
    if session is None:
        raise SignInFirst
    caller = Caller.of(session.member, municipality)
    purpose = f"{request.method} {request.scope['route'].path}"
    counter = Counter(office, caller, f"console {purpose}")
    return Seat(counter, session, settings.console_temporal_ui.rstrip("/"))


AnySeat = Annotated[Seat, Depends(_seat)]


def _seat_for(act: Act, *procedures: str) -> Callable[..., Seat]:
    def seat(seat: AnySeat) -> Seat:
        demand(seat.counter.caller, act, *procedures)
        return seat

    return seat


SeatForCases = Annotated[Seat, Depends(_seat_for(Act.SEE_CASES))]
SeatForHolding = Annotated[Seat, Depends(_seat_for(Act.HOLD_PEERS))]
SeatForBulk = Annotated[Seat, Depends(_seat_for(Act.SEE_BULK))]
SeatForDrafting = Annotated[Seat, Depends(_seat_for(Act.REPORT, Procedure.BULK))]
SeatForReports = Annotated[Seat, Depends(_seat_for(Act.REPORT))]
SeatForStock = Annotated[Seat, Depends(_seat_for(Act.SEE_STOCK))]
SeatForPeople = Annotated[Seat, Depends(_seat_for(Act.SEE_PEOPLE))]


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]
"""Everything a form brought, whichever fields it has."""


def _own_form(seat: AnySeat, csrf: Annotated[str, Form()] = "") -> None:
    if not secrets.compare_digest(csrf.encode(), seat.session.csrf.encode()):
        raise NotFromHere


OwnForm = Depends(_own_form)
"""Refuses a form that was not made for this session."""
