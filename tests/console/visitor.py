"""Somebody at the console with a browser that knows no scripts: pages are read, forms filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

_FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Page(NamedTuple):
    """What a browser shows."""

    status: int
    headers: Mapping[str, str]
    url: str
    text: str

    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """The forms on it, each with what it brings by itself."""
        return [
            (unescape(action), {name: unescape(value) for name, value in _HIDDEN.findall(inside)})
            for action, inside in _FORM.findall(self.text)
        ]

    def links(self) -> list[str]:
        """Where it leads."""
        return [unescape(link) for link in re.findall(r'<a [^>]*?href="([^"]+)"', self.text)]

    def form(self, **hidden: str) -> tuple[str, dict[str, str]]:
        """The form that brings these."""
        return next(one for one in self.forms() if hidden.items() <= one[1].items())


@dataclass
class Visitor:
    """One browser."""

    session: aiohttp.ClientSession
    url: str
    subject: str

    async def opens(self, path: str, **params: str) -> Page:
        """Open a page, wherever it leads."""
        return await self.asks("GET", f"{self.url}/console/{path}", params=params)

    async def sends(self, form: tuple[str, dict[str, str]], **filled: str) -> Page:
        """Send a form of the page."""
        action, hidden = form
        return await self.asks("POST", f"{self.url}{action}", data=hidden | filled)

    async def signs_in(self) -> Page:
        """Through the provider's page and back."""
        choice = await self.opens("go")
        query = choice.url.partition("?")[2]
        place = choice.url.partition("?")[0]
        return await self.asks("POST", f"{place}?{query}", data={"subject": self.subject})

    async def asks(self, method: str, url: str, **request: Any) -> Page:
        """One exchange, with what it leads to."""
        async with self.session.request(method, url, **request) as answer:
            return Page(answer.status, answer.headers, str(answer.url), await answer.text())
