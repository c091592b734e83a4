"""Tokens of the identity provider: believed for what they say, and not one bit further."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from domain.numbers import MunicipalityCode
from local.ports import LOCALHOST, any_free
from simulators.identity import AUDIENCE
from tests.api.counter import an_api
from tests.console.conftest import SECRET, desk, land, premises, town

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.api.counter import Answer
    from tests.console.conftest import Premises
    from tests.towns import Town

__all__ = ["desk", "land", "premises", "town"]


def _claims(premises: Premises, town: Town, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "iss": premises.provider.issuer,
        "aud": AUDIENCE,
        "sub": "somebody",
        "exp": now + 60,
        "municipality": str(town.code),
        "role": "chief",
    }
    # Instants among the changes are told as seconds from now.
    said = {
        name: now + value if isinstance(value, int) else value for name, value in changed.items()
    }
    return {name: value for name, value in (usual | said).items() if value is not None}


async def _asks(premises: Premises, token: str) -> Answer:
    return await premises.api.stranger(token).get("/v1/cases")


def _signed(premises: Premises, claims: dict[str, Any]) -> str:
    key = premises.provider._key()
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


async def test_a_token_of_the_provider_is_believed(premises: Premises, town: Town) -> None:
    """Its role and municipality are those of the caller."""
    assert (await _asks(premises, _signed(premises, _claims(premises, town)))).status == 200


async def test_a_token_may_be_narrowed_to_some_procedures(premises: Premises, town: Town) -> None:
    """What it does not name is not allowed; seeing cases is.  Red: leave the claim unread."""
    token = _signed(premises, _claims(premises, town, juki_procedures=["死亡"]))
    somebody = premises.api.stranger(token)
    assert (await somebody.get("/v1/cases")).status == 200
    assert (await somebody.post("/v1/births", {})).code == "ROLE_NOT_ALLOWED"
    assert (await somebody.post("/v1/deaths", {})).code == "INVALID_INPUT"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://another.example"},
        {"aud": "another-resource"},
        {"exp": -3600},
        {"exp": None},
        {"sub": None},
        {"role": "mayor"},
        {"role": None},
        {"municipality": "131017"},
        {"municipality": None},
        {"nbf": 3600},
        {"juki_procedures": "死亡"},
    ],
    ids=lambda changed: "-".join(f"{name}-{value}"[:20] for name, value in changed.items()),
)
async def test_a_token_that_says_something_else_is_not(
    premises: Premises, town: Town, changed: dict[str, Any]
) -> None:
    """Issuer, audience, time, role and municipality, one by one."""
    answer = await _asks(premises, _signed(premises, _claims(premises, town, **changed)))
    assert (answer.status, answer.code) == (401, "NOT_IDENTIFIED")


async def test_a_token_signed_otherwise_is_not_believed(premises: Premises, town: Town) -> None:
    """By a stranger's key, by a shared secret, by nobody, or with a letter changed."""
    claims, key = _claims(premises, town), premises.provider._key()
    stranger = RSAKey.generate_key(2048)
    shared = OctKey.generate_key()
    good = _signed(premises, claims)
    head, body, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for token in (
        jwt.encode({"alg": "RS256", "kid": key.kid}, claims, stranger),
        jwt.encode({"alg": "HS256", "kid": key.kid}, claims, shared),
        f"{unsigned}.{body}.",
        f"{head}.{body}.",
        f"{head}.{body[:-2]}.{signature}",
    ):
        assert (await _asks(premises, token)).status == 401


async def test_keys_may_be_changed_while_the_office_works(premises: Premises, town: Town) -> None:
    """A token of the new key is understood, and one of the key before still is."""
    before = _signed(premises, _claims(premises, town))
    premises.provider.change_keys()
    after = _signed(premises, _claims(premises, town))
    for token in (before, after):
        assert (await _asks(premises, token)).status == 200


async def test_a_system_of_the_town_hall_gets_a_token_of_its_own(
    premises: Premises, town: Town
) -> None:
    """Client credentials: it may what its role may, and no more."""
    said = {
        "grant_type": "client_credentials",
        "client_id": f"{town.code}-client",
        "client_secret": SECRET,
    }
    async with premises.api.session.post(f"{premises.provider.issuer}/token", data=said) as told:
        token = (await told.json())["access_token"]
    client = premises.api.stranger(token)
    assert (await client.get("/v1/cases")).status == 200
    assert (await client.post("/v1/code-pool/top-ups")).code == "ROLE_NOT_ALLOWED"


async def test_without_the_provider_nobody_is_turned_away_as_a_stranger(
    database_urls: Mapping[str, str], keyring_path: Path, town: Town
) -> None:
    """The token may be good: 503, in words that name who is away, and not 401.

    Red: say of whoever is away that it is the register.
    """
    nobody = f"http://{LOCALHOST}:{any_free()}/identity"
    url = database_urls["juki_app"]
    async with an_api(url, keyring_path, [MunicipalityCode(town.code)], oidc_issuer=nobody) as api:
        answer = await api.stranger("a.b.c").get("/v1/cases")
    assert (answer.status, answer.code) == (503, "ISSUER_UNAVAILABLE")
