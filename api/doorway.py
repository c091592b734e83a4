"""What every request passes on its way in and out: counted, and its answer kept private."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.measures import Measures

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
}

# Pages of the console: their own styles and script, and nothing of anybody else's.
_CONSOLE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
}


class Doorway:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = monotonic()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_headers(scope["path"]))
                measures: Measures = scope["state"]["measures"]
                measures.answered(_route(scope), message["status"], monotonic() - began)
            await send(message)

        await self._app(scope, receive, answer)


def _headers(path: str) -> dict[str, str]:
    return _HEADERS | _CONSOLE if path.startswith("/console") else _HEADERS


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return f"{scope['method']} {route.path}" if route is not None else "unknown"
