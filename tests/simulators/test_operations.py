"""運用の受け口: takes what is genuine, once, whoever speaks its protocol."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from uuid import uuid4

import aiohttp

if TYPE_CHECKING:
    from domain.numbers import MunicipalityCode
    from tests.simulators.world import World

BODY = '{"code":"ADDRESS_MISMATCH","step":"本人確認情報を送信する"}'.encode()


async def test_an_announcement_is_taken_once_and_only_if_it_is_genuine(
    world: World, municipality: MunicipalityCode
) -> None:
    """The same id again is acknowledged and is nothing new; another's signature is none."""
    name = str(uuid4())
    signed = f"{name}\n{municipality}\n".encode() + BODY
    signature = hmac.new(b"", signed, hashlib.sha256).hexdigest()

    said = [
        await _post(world, name, municipality, given)
        for given in (signature[::-1], signature, signature)
    ]

    assert said == [401, 201, 200]


async def _post(world: World, name: str, municipality: str, signature: str) -> int:
    headers = {"Message-Id": name, "Municipality": municipality, "Signature": signature}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.url}/operations", data=BODY, headers=headers) as answer,
    ):
        return answer.status
