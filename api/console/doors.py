"""The way in and out: to the identity provider, back from it, and signing out."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.access import NotOurs
from api.console.pages import page
from api.console.seats import AnySeat, OwnForm, cookie_name, over_tls
from api.identity import Attempt
from domain.acting import Acting
from domain.errors import Unavailable
from register import audit, municipalities, staff
from register.staff import Member

if TYPE_CHECKING:
    from api.counter import Office
    from api.identity import SignedIn
    from runtime.settings import ApiSettings

router = APIRouter()
_ATTEMPT = "juki-attempt"
_TEN_MINUTES = 600
Then = Annotated[str, Query(max_length=300)]
"""Where one wanted to go, below the console."""


@router.get("/sign-in")
async def sign_in(request: Request, then: Then = "") -> HTMLResponse:
    """A page that says where one is, with the way to the identity provider."""
    return page("sign_in", then=_inside(then), known=request.state.office.issuer is not None)


@router.get("/go")
async def go(request: Request, then: Then = "") -> RedirectResponse:
    """Send the browser to the identity provider, with what it must bring back."""
    settings: ApiSettings = request.app.state.settings
    office: Office = request.state.office
    if office.issuer is None:
        raise Unavailable("ISSUER_AWAY")
    attempt = Attempt.fresh()
    answer = RedirectResponse(await office.issuer.way_in(attempt), status_code=303)
    kept = json.dumps([*attempt, _inside(then)])
    answer.set_cookie(
        _ATTEMPT,
        kept.encode().hex(),
        max_age=_TEN_MINUTES,
        httponly=True,
        samesite="lax",
        secure=over_tls(settings),
        path="/console",
    )
    return answer


@router.get("/signed-in")
async def signed_in(
    request: Request,
    code: Annotated[str, Query(max_length=2000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
) -> RedirectResponse:
    """Back from the identity provider: whoever proved who they are gets a session."""
    office: Office = request.state.office
    attempt, then = _attempt(request)
    if office.issuer is None or not secrets.compare_digest(state.encode(), attempt.state.encode()):
        raise NotOurs
    who = await office.issuer.signed_in(code, attempt)
    settings: ApiSettings = request.app.state.settings
    secret = await _session(office, who, settings)
    answer = RedirectResponse(f"/console/{then}", status_code=303)
    answer.delete_cookie(_ATTEMPT, path="/console")
    answer.set_cookie(
        cookie_name(settings),
        f"{who.caller.municipality}.{secret}",
        httponly=True,
        samesite="lax",
        secure=over_tls(settings),
        path="/",
        max_age=int(settings.console_session.total_seconds()),
    )
    return answer


@router.post("/sign-out", dependencies=[OwnForm])
async def sign_out(request: Request, seat: AnySeat) -> RedirectResponse:
    """End the session, here and for whoever has copied its cookie."""
    settings: ApiSettings = request.app.state.settings
    name = cookie_name(settings)
    _, _, secret = request.cookies[name].partition(".")
    async with seat.counter.open() as tx:
        await staff.end(tx, seat.municipality, secret)
        await audit.record(tx, seat.counter.acting, "sign_out")
    answer = RedirectResponse("/console/sign-in", status_code=303)
    answer.delete_cookie(name, path="/")
    return answer


async def _session(office: Office, who: SignedIn, settings: ApiSettings) -> str:
    acting = Acting(
        municipality=who.caller.municipality, actor=who.caller.client, purpose="console sign-in"
    )
    only = None if who.caller.procedures is None else tuple(sorted(who.caller.procedures))
    member = Member(who.caller.client, who.name, who.caller.role, only)
    async with office.transactions.open(acting) as tx:
        await municipalities.load(tx)
        secret = await staff.begin(tx, who.caller.municipality, member, settings.console_session)
        await audit.record(tx, acting, "sign_in", detail={"role": who.caller.role})
    return secret


def _attempt(request: Request) -> tuple[Attempt, str]:
    """What this browser was sent off with; raises `NotOurs` when it was not sent from here."""
    try:
        *attempt, then = json.loads(bytes.fromhex(request.cookies.get(_ATTEMPT, "")))
        return Attempt(*attempt), _inside(then)
    except (ValueError, TypeError):
        raise NotOurs from None


def _inside(then: str) -> str:
    """A path below the console, and nothing that could lead elsewhere."""
    return then if then.replace("/", "").replace("-", "").isalnum() and "//" not in then else ""
