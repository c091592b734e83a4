"""The town's own webhook, which is told of new kinds of incident and once a day of everything.

It is signed as others sign what they push to us: Message-Id, Municipality and Signature, an
HMAC-SHA256 over both and the exact bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aiohttp

from clients.inbox import Push, signature_of
from domain.errors import Unavailable

if TYPE_CHECKING:
    from domain.announcements import Announcement

SECONDS = 10.0


class Webhook:
    """Posts an announcement to ``url``; any 2xx is an acknowledgement."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str) -> None:
        self._session = session
        self._url = url
        self._secret = secret

    async def send(self, one: Announcement) -> None:
        """Raises Unavailable CONNECT, TIMEOUT, BROKEN_OFF or HTTP_nnn; redirects are not followed.

        A receiver may get the same id again, and then has it already.
        """
        push = Push(str(one.announcement_id), one.municipality, body_of(one))
        try:
            async with self._session.post(
                self._url,
                data=push.body,
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "Message-Id": push.message_id,
                    "Municipality": push.municipality,
                    "Signature": signature_of(push, self._secret),
                },
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                allow_redirects=False,
            ) as response:
                if response.status not in range(200, 300):
                    raise Unavailable(f"HTTP_{response.status}")
        except aiohttp.ClientConnectorError:
            raise Unavailable("CONNECT", left=False) from None
        except TimeoutError:
            raise Unavailable("TIMEOUT") from None
        except (aiohttp.ClientError, OSError):
            raise Unavailable("BROKEN_OFF") from None


def body_of(one: Announcement) -> bytes:
    """The JSON that is sent."""
    frame = {
        "id": str(one.announcement_id),
        "municipality": one.municipality,
        "made_at": one.made_at.isoformat(),
    }
    told = frame | one.news.model_dump(mode="json")
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
