"""The identity provider of the town halls, imitated: OpenID Connect with demonstration staff.

Authorization code with PKCE (S256) for browsers, client credentials for systems, discovery, signed
tokens (RS256), and keys that may be changed at a control door.  Imitated are those parts of OpenID
Connect Core 1.0 and RFC 7636 that a client meets; there is no password, because nobody here is
real: whoever is chosen on the page is signed in.  Codes live for a minute and are good once.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

_ALGORITHM = "RS256"
_A_MINUTE = 60
_AN_HOUR = 3600
AUDIENCE = "jukiflow"
"""The resource whose access tokens are issued here."""
ROLES = {
    "counter": "窓口",
    "examiner": "審査",
    "chief": "責任者",
    "operations": "運用",
}
_SURNAMES = ("北村", "南野", "東山", "西川")


class AuthorizeQuery(BaseModel):
    """What a client sends a browser with."""

    response_type: Literal["code"]
    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    scope: str = "openid"
    code_challenge: str = Field(min_length=43, max_length=128)
    code_challenge_method: Literal["S256"]


class TokenForm(BaseModel):
    """What a client asks for tokens with."""

    grant_type: Literal["authorization_code", "client_credentials"]
    client_id: str
    client_secret: str = ""
    code: str = ""
    redirect_uri: str = ""
    code_verifier: str = ""


class Person(NamedTuple):
    """One of the demonstration staff, or a system of a town hall."""

    subject: str
    name: str
    municipality: str
    role: str

    @property
    def claims(self) -> dict[str, str]:
        """What tokens say of them."""
        return {
            "sub": self.subject,
            "name": self.name,
            "municipality": self.municipality,
            "role": self.role,
        }


class Asked(NamedTuple):
    """What a browser was sent here with, until its code is redeemed."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    person: Person
    until: float


class IdentityProvider:
    """One issuer: its people, its keys, and the codes not redeemed yet."""

    def __init__(self, issuer: str, municipalities: Iterable[str], secret: str = "") -> None:
        self.issuer = issuer
        self.secret = secret
        """What a system of a town hall shows for tokens of its own."""
        self.people = {one.subject: one for one in _staff(municipalities)}
        self._codes: dict[str, Asked] = {}
        self._keys: list[RSAKey] = []

    def change_keys(self) -> None:
        """Sign with a new key from now on; the one before is still published."""
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": _ALGORITHM}, auto_kid=True)
        self._keys = [key, *self._keys[:1]]

    def published(self) -> dict[str, Any]:
        """The keys tokens may be checked with."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def _key(self) -> RSAKey:
        if not self._keys:
            self.change_keys()
        return self._keys[0]

    def code_for(self, asked: Asked) -> str:
        """A code for somebody who has been chosen."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = asked
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> Asked | None:
        """What a code stands for; whatever comes of it, the code is used up."""
        asked = self._codes.pop(code, None)
        if asked is None or asked.until < time.time():
            return None
        good = (client_id, redirect_uri) == (asked.client_id, asked.redirect_uri)
        return asked if good and _challenge(verifier) == asked.challenge else None

    def sign(self, claims: dict[str, Any], audience: str) -> str:
        """A token that says these claims, for an hour."""
        now = int(time.time())
        told = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + _AN_HOUR}
        key = self._key()
        return jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, told | claims, key)


def identity_router(provider: IdentityProvider) -> APIRouter:
    """The provider's own doors, below ``/identity``."""
    router = APIRouter(prefix="/identity")

    @router.get("/.well-known/openid-configuration")
    async def configuration() -> dict[str, Any]:
        """Where everything is."""
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [_ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
        }

    @router.get("/keys")
    async def keys() -> dict[str, Any]:
        """The public keys."""
        return provider.published()

    @router.get("/authorize")
    async def authorize(asked: Annotated[AuthorizeQuery, Query()]) -> HTMLResponse:
        """Let the browser choose who it is."""
        return HTMLResponse(_choice(provider, asked))

    @router.post("/authorize")
    async def chosen(
        asked: Annotated[AuthorizeQuery, Query()], subject: Annotated[str, Form()]
    ) -> RedirectResponse:
        """Send the browser back with a code."""
        said = Asked(
            asked.client_id,
            asked.redirect_uri,
            asked.code_challenge,
            asked.nonce,
            provider.people[subject],
            time.time() + _A_MINUTE,
        )
        back = urlencode({"code": provider.code_for(said), "state": asked.state})
        return RedirectResponse(f"{asked.redirect_uri}?{back}", status_code=303)

    @router.post("/token")
    async def token(said: Annotated[TokenForm, Form()]) -> JSONResponse:
        """Tokens for a code, or for a system that knows its own secret."""
        return _tokens(provider, said)

    return router


def identity_doors(
    provider: IdentityProvider, guard: Callable[[str], Awaitable[None]]
) -> APIRouter:
    """The control door of the provider."""
    router = APIRouter(prefix="/_control/identity", dependencies=[Depends(guard)])

    @router.post("/keys", status_code=204)
    async def change_keys() -> None:
        """Sign with a new key from now on."""
        provider.change_keys()

    return router


def _tokens(provider: IdentityProvider, said: TokenForm) -> JSONResponse:
    if said.grant_type == "client_credentials":
        return _for_a_system(provider, said)
    asked = provider.redeem(said.code, said.client_id, said.redirect_uri, said.code_verifier)
    if asked is None:
        return JSONResponse({"error": "invalid_grant"}, status_code=400)
    claims = asked.person.claims
    return JSONResponse(
        {
            "token_type": "Bearer",
            "expires_in": _AN_HOUR,
            "id_token": provider.sign(claims | {"nonce": asked.nonce}, said.client_id),
            "access_token": provider.sign(claims, AUDIENCE),
        }
    )


def _for_a_system(provider: IdentityProvider, said: TokenForm) -> JSONResponse:
    known = provider.people.get(said.client_id)
    right = provider.secret and secrets.compare_digest(
        said.client_secret.encode(), provider.secret.encode()
    )
    if known is None or not right:
        return JSONResponse({"error": "invalid_client"}, status_code=401)
    token = provider.sign(known.claims, AUDIENCE)
    return JSONResponse({"token_type": "Bearer", "expires_in": _AN_HOUR, "access_token": token})


def _staff(municipalities: Iterable[str]) -> list[Person]:
    """Two of each role in each town, and a system of another office."""
    people: list[Person] = []
    for municipality in municipalities:
        for role, title in ROLES.items():
            people += [
                Person(f"{municipality}-{role}-{number}", f"{surname}　{title}", municipality, role)
                for number, surname in enumerate(_SURNAMES[:2], start=1)
            ]
        system = f"{municipality}-client"
        people.append(Person(system, "児童手当システム", municipality, "client"))
    return people


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _choice(provider: IdentityProvider, asked: AuthorizeQuery) -> str:
    """A page with a button for everybody; the query stays in the form's address."""
    query = escape(urlencode(asked.model_dump()))
    buttons = "".join(
        f'<li><button name="subject" value="{escape(one.subject)}">'
        f"{escape(one.municipality)} {escape(one.name)}</button></li>"
        for one in provider.people.values()
        if one.role in ROLES
    )
    return (
        '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>認証（模擬）</title>'
        "</head><body><main><h1>認証基盤（模擬）</h1><p>誰として入るかを選んでください。</p>"
        f'<form method="post" action="authorize?{query}"><ul>{buttons}</ul></form>'
        "</main></body></html>"
    )
