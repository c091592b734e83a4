"""The ways a notice leaves a system here: to 中間サーバー, or to a municipality's own inbox."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Protocol

import aiohttp

if TYPE_CHECKING:
    import asyncpg

    from simulators.outside import Outside

_NO_ANSWER = 0


class Way(Protocol):
    """How notices of a kind travel."""

    def is_open(self, municipality: str) -> bool:
        """Whether anything may leave for there now."""
        ...

    async def send(self, notice: asyncpg.Record) -> int:
        """Send once; the status answered, 0 for none."""
        ...


class ToIntermediateServer:
    """Between systems of the outside world; a newer ``version`` stands against an older."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    def is_open(self, municipality: str) -> bool:
        """At any hour: what is closed is closed for municipalities."""
        return True

    async def send(self, notice: asyncpg.Record) -> int:
        """Put it under its id."""
        body = {
            "message_id": str(notice["message_id"]),
            "municipality": notice["municipality"],
            "kind": notice["kind"],
            "subject": notice["subject"],
            "version": notice["id"],
            "contents": notice["contents"],
        }
        url = f"{self._outside.url}/intermediate-server/messages/{notice['message_id']}"
        headers = {"Municipality": notice["municipality"]}
        return await _exchange(self._outside.session, "PUT", url, headers, _json(body))


class ToInbox:
    """To the municipality's inbox, signed with the secret it shares with this system.

    The same message always has the same bytes.  Any 2xx takes it off our hands.
    """

    def __init__(self, outside: Outside, sender: str, secret: str) -> None:
        self._outside = outside
        self._sender = sender
        self._secret = secret.encode()

    def is_open(self, municipality: str) -> bool:
        """Only while the sender's own doors are open for that municipality."""
        return self._outside.hours.opens_at(self._sender, municipality) is None

    async def send(self, notice: asyncpg.Record) -> int:
        """Post it; without an inbox to send to, nothing leaves."""
        base = self._outside.settings.inbox_url.rstrip("/")
        if not base:
            return _NO_ANSWER
        message_id, receiver = str(notice["message_id"]), notice["municipality"]
        body = _json(notice["contents"])
        signed = f"{message_id}\n{receiver}\n".encode() + body
        headers = {
            "Municipality": receiver,
            "Message-Id": message_id,
            "Signature": hmac.new(self._secret, signed, hashlib.sha256).hexdigest(),
        }
        url = f"{base}/v1/inbox/{self._sender}"
        return await _exchange(self._outside.session, "POST", url, headers, body)


async def _exchange(
    session: aiohttp.ClientSession, method: str, url: str, headers: dict[str, str], body: bytes
) -> int:
    typed = headers | {"Content-Type": "application/json"}
    try:
        async with session.request(method, url, data=body, headers=typed) as response:
            await response.read()
            return response.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return _NO_ANSWER


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
