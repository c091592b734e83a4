"""運用の受け口: where a town hall's operations are told what a 住基システム announces by webhook.

It asks for the signature, HMAC-SHA256 over Message-Id, Municipality and the exact bytes, knows a
message by its id, and writes each new one on a line of its own to standard output, as a pager
would show it.  Not imitated: whatever a real one does next.
"""

from __future__ import annotations

import hashlib
import hmac
import sys
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

_NEW, _KNOWN, _NOT_GENUINE = 201, 200, 401


def operations_router(secret: str) -> APIRouter:
    """The receiver, at ``/operations``."""
    router = APIRouter()
    known: set[str] = set()

    @router.post("/operations")
    async def take(
        request: Request,
        message_id: Annotated[str, Header()],
        municipality: Annotated[str, Header()],
        signature: Annotated[str, Header()],
    ) -> Response:
        """201 the first time, 200 again, 401 for somebody else's."""
        body = await request.body()
        signed = f"{message_id}\n{municipality}\n".encode() + body
        ours = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(ours.encode(), signature.encode()):
            return Response(status_code=_NOT_GENUINE)
        if message_id in known:
            return Response(status_code=_KNOWN)
        known.add(message_id)
        sys.stdout.write(f"announced {body.decode()}\n")
        sys.stdout.flush()
        return Response(status_code=_NEW)

    return router
