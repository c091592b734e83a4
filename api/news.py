"""The news of one case, as server-sent events (WHATWG HTML 9.2)."""

from __future__ import annotations

import asyncio
import json
from time import monotonic
from typing import TYPE_CHECKING, Any

from api import case_desk, cursors
from api.case_story import waiting_for
from domain.cases import CaseState
from register import case_news, case_views

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.counter import Counter
    from register.case_news import News
    from register.transactions import Tx

_PAUSE = 0.5
_HEARTBEAT = 15.0


async def check(counter: Counter, case_number: str) -> None:
    """Raise `Problem` UNKNOWN_CASE while an answer can still say so."""
    async with counter.open() as tx:
        await case_desk.found(tx, case_number)


async def stream(counter: Counter, case_number: str, after: tuple[int, int]) -> AsyncIterator[str]:
    """Everything that happened behind the cursor, then whatever happens, until the case is closed.

    Looks every half second; a comment now and then keeps the line from falling asleep.
    """
    shown: dict[str, Any] = {}
    quiet_since = monotonic()
    while True:
        async with counter.open() as tx:
            news, standing = await _look(tx, case_number, after)
        for one in news:
            after = one.place
            yield _event(one.kind, one.told(), cursors.of_row(*after))
        if standing != shown:
            yield _event("standing", standing)
        elif not news and standing["state"] != CaseState.OPEN:
            return
        elif monotonic() - quiet_since > _HEARTBEAT:
            yield ": …\n\n"
            quiet_since = monotonic()
        shown = standing
        await asyncio.sleep(_PAUSE)


async def _look(
    tx: Tx, case_number: str, after: tuple[int, int]
) -> tuple[list[News], dict[str, Any]]:
    file = await case_desk.found(tx, case_number)
    parts = await case_views.parts(tx, file.case_id)
    standing = {
        "case_number": file.case_number,
        "state": file.state,
        "direction": file.direction,
        "waiting_for": [
            waiting.model_dump(mode="json", include={"kind", "step", "subject", "code", "since"})
            for waiting in waiting_for(file, parts)
        ],
    }
    return await case_news.behind(tx, file.case_id, after), standing


def _event(kind: str, told: dict[str, Any], event_id: str = "") -> str:
    place = f"id: {event_id}\n" if event_id else ""
    return f"{place}event: {kind}\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"
