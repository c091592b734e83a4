"""The one place where the outside world misbehaves: every exchange comes through here.

Opening hours first, then the fault that is armed for this system, municipality and kind.  A
connection is cut by promising more bytes than are sent, which uvicorn answers by closing it (and an
error line in its log).
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from starlette.responses import Response
from starlette.routing import Router

from simulators.damage import damaged
from simulators.faults import Exchange, Fault, FaultKind, On
from simulators.ledger import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from simulators.outside import Outside
    from simulators.system import System

_KIND_ITEMS = ("電文種別", "kind")


class Doors:
    """The whole application: protocols behind faults, and everything else in ``beside``."""

    def __init__(self, outside: Outside, systems: list[System], beside: ASGIApp) -> None:
        self._app = Router([route for system in systems for route in system.protocol()])
        self._beside = beside
        self._outside = outside
        self._systems = {system.base.strip("/"): system for system in systems}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an exchange through, or not."""
        system = self._systems.get(scope.get("path", "").split("/")[1]) if _is_http(scope) else None
        if system is None:
            await self._beside(scope, receive, send)
            return
        municipality = _header(scope, b"municipality")
        opens_at = self._outside.hours.opens_at(system.name, municipality)
        if opens_at is not None:
            await self._closed(opens_at)(scope, receive, send)
            return
        body = _Kept(receive)
        fault = self._outside.faults.take(await self._exchange(system, municipality, scope, body))
        await self._meet(fault, scope, body, send)

    async def _exchange(
        self, system: System, municipality: str, scope: Scope, body: _Kept
    ) -> Exchange:
        on = On.SEND if scope["method"] == "PUT" else On.LOOK_UP
        kind, message_id = None, _last_id(scope["path"])
        if self._outside.faults.waits_for_kinds(system.name, municipality):
            if on is On.SEND:
                kind = _kind_in(await body.read())
            else:
                kind = await system.ledger.kind_of(message_id)
        return Exchange(
            system=system.name,
            municipality=municipality,
            on=on,
            message=kind,
            message_id=message_id,
        )

    async def _meet(self, fault: Fault | None, scope: Scope, body: _Kept, send: Send) -> None:
        if fault is None or fault.kind in {FaultKind.PASS, FaultKind.DUPLICATE}:
            await self._app(scope, body, send)
        elif fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
            await self._app(scope, body, send)
        elif fault.kind is FaultKind.REFUSE:
            scope["refusal"] = Refusal(fault.code, fault.reason)
            await self._app(scope, body, send)
        elif fault.kind is FaultKind.UNAVAILABLE:
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else None
            await Response("", fault.status or 503, headers)(scope, body, send)
        elif fault.kind is FaultKind.CLOSED:
            opens_at = self._outside.hours.now() + timedelta(seconds=fault.seconds)
            await self._closed(opens_at)(scope, body, send)
        elif fault.kind is FaultKind.LOSE_REQUEST:
            await _cut(send)
        else:
            await self._spoil(fault, scope, body, send)

    async def _spoil(self, fault: Fault, scope: Scope, body: _Kept, send: Send) -> None:
        """Let the effect happen, and keep or damage the answer."""
        answer = _Held()
        await self._app(scope, body, answer)
        if fault.kind is FaultKind.LOSE_REPLY and fault.status:
            await Response("", fault.status)(scope, body, send)
        elif fault.kind is FaultKind.LOSE_REPLY:
            await _cut(send)
        else:
            content, media_type = damaged(bytes(answer.body), fault.form)
            await Response(content, answer.status, media_type=media_type)(scope, body, send)

    def _closed(self, opens_at: datetime) -> Response:
        wait = max(0, int((opens_at - self._outside.hours.now()).total_seconds()))
        body = {"code": "CLOSED", "reason": "受付時間外です。", "opens_at": opens_at.isoformat()}
        text = json.dumps(body, ensure_ascii=False)
        headers = {"Retry-After": str(wait)}
        return Response(text, 503, headers, media_type="application/json")


class _Kept:
    """A request body that can be read before the application reads it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._body: bytes | None = None
        self._given = False

    async def read(self) -> bytes:
        parts = bytearray()
        more = True
        while more:
            message = await self._receive()
            parts += message.get("body", b"")
            more = message.get("more_body", False)
        self._body = bytes(parts)
        return self._body

    async def __call__(self) -> Message:
        if self._body is None or self._given:
            return await self._receive()
        self._given = True
        return {"type": "http.request", "body": self._body, "more_body": False}


class _Held:
    """An answer kept back."""

    def __init__(self) -> None:
        self.status = 500
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


async def _cut(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


def _is_http(scope: Scope) -> bool:
    return scope["type"] == "http"


def _header(scope: Scope, name: bytes) -> str:
    headers = cast("list[tuple[bytes, bytes]]", scope["headers"])
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def _kind_in(body: bytes) -> str | None:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    return next((message[item] for item in _KIND_ITEMS if item in message), None)


def _last_id(path: str) -> UUID:
    for part in reversed(path.split("/")):
        try:
            return UUID(part)
        except ValueError:
            continue
    return UUID(int=0)
