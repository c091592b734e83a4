"""OpenID Connect: whose token this is, and how a browser is sent to sign in.

Signature, issuer, audience, algorithm and expiry are checked by joserfc.  Keys are read from the
issuer when they are first needed, and again when a token names one that is not known – but not more
often than every few seconds, so that made-up key ids cost the issuer nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlencode

import aiohttp
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from api.access import Caller, NotOurs
from domain.errors import Unavailable
from domain.numbers import MunicipalityCode, WrongNumber
from runtime.settings import TokenRole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from runtime.settings import ApiSettings

_SECONDS = 10.0


class Attempt(NamedTuple):
    """What a browser keeps while its user signs in elsewhere."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Attempt:
        """One that cannot be guessed."""
        return cls(*(secrets.token_urlsafe(32) for _ in cls._fields))

    @property
    def challenge(self) -> str:
        """The verifier as the issuer is told of it (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class SignedIn(NamedTuple):
    """Somebody who has proved at the issuer who they are."""

    caller: Caller
    name: str


@asynccontextmanager
async def known_by(settings: ApiSettings) -> AsyncGenerator[Issuer | None]:
    """The issuer these settings name, while the process runs; ``None`` when they name none."""
    if not settings.oidc_issuer:
        yield None
        return
    issuer = Issuer(settings)
    try:
        yield issuer
    finally:
        await issuer.close()


@dataclass
class Issuer:
    """The one issuer of an installation."""

    settings: ApiSettings
    _session: aiohttp.ClientSession | None = None
    _found: dict[str, Any] = field(default_factory=dict[str, Any])
    _keys: KeySet | None = None
    _read_at: float = float("-inf")
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def caller(self, token: str) -> Caller:
        """Whom an access token stands for; raises `NotOurs`, or `Unavailable` if nobody can say."""
        claims = await self._claims(token, self.settings.oidc_audience)
        return self._caller(claims)

    async def way_in(self, attempt: Attempt) -> str:
        """Where a browser goes to sign in."""
        found = await self._configuration()
        asked = {
            "response_type": "code",
            "client_id": self.settings.console_client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{found['authorization_endpoint']}?{urlencode(asked)}"

    async def signed_in(self, code: str, attempt: Attempt) -> SignedIn:
        """Who has come back with this code; raises `NotOurs` or `Unavailable`."""
        found = await self._configuration()
        told = await self._post(found["token_endpoint"], self._redeeming(code, attempt))
        claims = await self._claims(told.get("id_token", ""), self.settings.console_client_id)
        if not secrets.compare_digest(str(claims.get("nonce", "")), attempt.nonce):
            raise NotOurs
        caller = self._caller(claims)
        return SignedIn(caller, str(claims.get("name") or caller.client))

    @property
    def redirect_uri(self) -> str:
        """Where the issuer sends a browser back to."""
        return f"{self.settings.console_url.rstrip('/')}/console/signed-in"

    def _redeeming(self, code: str, attempt: Attempt) -> dict[str, str]:
        secret = self.settings.console_client_secret
        known = {"client_secret": secret.get_secret_value()} if secret else {}
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.settings.console_client_id,
            "code_verifier": attempt.verifier,
            **known,
        }

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        try:
            role = TokenRole(claims.get(self.settings.oidc_role_claim, ""))
            town = MunicipalityCode(str(claims.get(self.settings.oidc_municipality_claim, "")))
        except (ValueError, WrongNumber):
            raise NotOurs from None
        return Caller(str(claims["sub"]), role, str(town), self._procedures(claims))

    def _procedures(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        """To which procedures a token is narrowed; raises `NotOurs` where that cannot be read."""
        said = claims.get(self.settings.oidc_procedures_claim)
        if said is None:
            return None
        if not isinstance(said, list):
            raise NotOurs
        return frozenset(str(one) for one in cast("list[object]", said))

    async def _claims(self, token: str, audience: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.settings.oidc_issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            claims = (await self._decoded(token)).claims
            rules.validate(claims)
        except (JoseError, ValueError, TypeError):
            raise NotOurs from None
        return claims

    async def _decoded(self, token: str) -> jwt.Token:
        algorithms = list(self.settings.oidc_algorithms)
        try:
            return jwt.decode(token, await self._known_keys(), algorithms=algorithms)
        except InvalidKeyIdError:
            return jwt.decode(token, await self._fresh_keys(), algorithms=algorithms)

    async def _known_keys(self) -> KeySet:
        return self._keys if self._keys is not None else await self._fresh_keys()

    async def _fresh_keys(self) -> KeySet:
        pause = self.settings.oidc_keys_again.total_seconds()
        async with self._reading:
            if self._keys is None or monotonic() - self._read_at >= pause:
                found = await self._configuration()
                self._keys = KeySet.import_key_set(await self._get(found["jwks_uri"]))
                self._read_at = monotonic()
            return self._keys

    async def _configuration(self) -> dict[str, Any]:
        if not self._found:
            place = f"{self.settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._get(place)
            if found.get("issuer") != self.settings.oidc_issuer:
                raise Unavailable("ISSUER_IS_ANOTHER")
            self._found = found
        return self._found

    async def _get(self, url: str) -> Any:
        try:
            async with self._http().get(url) as answer:
                answer.raise_for_status()
                return await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise Unavailable("ISSUER_AWAY") from None

    async def _post(self, url: str, said: dict[str, str]) -> dict[str, Any]:
        try:
            async with self._http().post(url, data=said) as answer:
                if 400 <= answer.status < 500:  # noqa: PLR2004 - a code that is not, or no more, good
                    raise NotOurs
                answer.raise_for_status()
                return await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise Unavailable("ISSUER_AWAY") from None

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    async def close(self) -> None:
        """Let go of the connection to the issuer."""
        if self._session is not None:
            await self._session.close()
