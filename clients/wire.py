"""HTTP to a peer, and the one place where its status codes become our errors.

    refused, DNS                                  Unavailable CONNECT, nothing left us
    time-out                                      Unavailable TIMEOUT
    connection cut                                Unavailable BROKEN_OFF
    5xx, 408, 429                                 Unavailable HTTP_nnn; Retry-After, at most 1 h
    503 that says CLOSED                          Unavailable CLOSED
    2xx that is not one JSON object, or > 1 MB    Unavailable MALFORMED
    422                                           Refused, its code
    409 KEY_REUSED                                ContractBroken KEY_REUSED
    401, 403, a certificate we do not trust       ContractBroken DENIED
    any other status, redirects included          ContractBroken HTTP_nnn

Unless nothing left us, every Unavailable means: the effect may stand.  No error carries a body, a
header or an address, because errors are logged.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, cast

import aiohttp

from domain.errors import ContractBroken, Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from domain.telegrams import Peer

_MEDIA_TYPE: Final = "application/json; charset=utf-8"
LARGEST_ANSWER: Final = 1_000_000
LONGEST_PAUSE: Final = timedelta(hours=1)
CONNECT_SECONDS: Final = 5.0
_LATER: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_DENIED: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_CODE = re.compile(r"[A-Z0-9_]{1,40}")


class Reply(NamedTuple):
    """A whole answer: at most ``LARGEST_ANSWER`` bytes of it, plus one when there was more."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """One peer's base address over a shared session; ``timeout`` is seconds for a whole exchange.

    Every Unavailable that comes from here names the ``peer``.

    aiohttp itself repeats a PUT or GET once when a kept-alive connection turns out to be dead
    before any byte of an answer; that is harmless here, since every peer is idempotent by id.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        timeout: float,
        peer: Peer | None = None,
    ) -> None:
        self._session = session
        self._peer = peer
        self._base_url = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(
            total=timeout, sock_connect=min(timeout, CONNECT_SECONDS)
        )

    async def put(self, path: str, municipality: str, body: bytes) -> bytes:
        """Send bytes; the answer's, known to be one JSON object.  Raises as the table says."""
        with self._naming_the_peer():
            return accepted(await self._exchange("PUT", path, municipality, body))

    async def get(self, path: str, municipality: str) -> bytes | None:
        """Ask; ``None`` when the peer says UNKNOWN_MESSAGE.  Raises as the table says."""
        with self._naming_the_peer():
            reply = await self._exchange("GET", path, municipality, None)
            if reply.status == HTTPStatus.NOT_FOUND and _code_in(reply) == "UNKNOWN_MESSAGE":
                return None
            return accepted(reply)

    @contextmanager
    def _naming_the_peer(self) -> Generator[None]:
        try:
            yield
        except Unavailable as away:
            away.peer = self._peer
            raise

    async def _exchange(
        self, method: str, path: str, municipality: str, body: bytes | None
    ) -> Reply:
        headers = {"Municipality": municipality, "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = _MEDIA_TYPE
        try:
            async with self._session.request(
                method,
                self._base_url + path,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return Reply(response.status, response.headers, await _read(response))
        except aiohttp.ClientConnectorCertificateError:
            raise ContractBroken("DENIED") from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Unavailable("CONNECT", left=False) from None
        except TimeoutError:
            raise Unavailable("TIMEOUT") from None
        except (aiohttp.ClientError, OSError):
            raise Unavailable("BROKEN_OFF") from None


def accepted(reply: Reply) -> bytes:
    """The body of a 2xx answer; raises what any other answer means (the table above)."""
    if reply.status not in range(200, 300):
        _raise_for(reply)
    json_object(reply.body)
    return reply.body


def json_object(body: bytes) -> dict[str, object]:
    """One JSON object, strictly: no doubled keys, no NaN.  Raises Unavailable MALFORMED."""
    if len(body) > LARGEST_ANSWER:
        raise Unavailable("MALFORMED")
    try:
        value = json.loads(body, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unavailable("MALFORMED") from None
    if not isinstance(value, dict):
        raise Unavailable("MALFORMED")
    return cast("dict[str, object]", value)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts = bytearray()
    while len(parts) <= LARGEST_ANSWER:
        part = await response.content.read(LARGEST_ANSWER + 1 - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)


def _raise_for(reply: Reply) -> NoReturn:
    status = reply.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
        closed = status == HTTPStatus.SERVICE_UNAVAILABLE and _code_in(reply) == "CLOSED"
        raise Unavailable("CLOSED" if closed else f"HTTP_{status}", after=_pause(reply.headers))
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise Refused(_code_in(reply) or "UNSPECIFIED")
    if status == HTTPStatus.CONFLICT and _code_in(reply) == "KEY_REUSED":
        raise ContractBroken("KEY_REUSED")
    raise ContractBroken("DENIED" if status in _DENIED else f"HTTP_{status}")


def _code_in(reply: Reply) -> str | None:
    """The stable code of an error's body; whatever else stands there is not repeated."""
    try:
        code = json_object(reply.body).get("code")
    except Unavailable:
        return None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After in seconds or as an HTTP date, between nothing and an hour."""
    text = headers.get("Retry-After", "")
    try:
        if re.fullmatch(r"\d{1,9}", text, re.ASCII):
            pause = timedelta(seconds=int(text))
        else:
            pause = parsedate_to_datetime(text) - datetime.now(UTC)
    except (TypeError, ValueError):
        return None
    return min(max(pause, timedelta()), LONGEST_PAUSE)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError
