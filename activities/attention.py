"""Watching for something another system does in its own time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from temporalio import activity

from domain.cases import Progress, WaitKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.desk import Desk, Work
    from domain.cases import StepRef


BETWEEN_PAGES = 0.0
"""Seconds; any timer of the engine takes one at least, and a page is an activity of its own."""


class Attention(NamedTuple):
    """How a step watches something another system does in its own time.

    It looks ``often`` for ``at_first``, because most peers are quick; then it comes back after
    ``later``, doubled each time up to ``at_most``.
    """

    often: timedelta = timedelta(milliseconds=100)
    at_first: timedelta = timedelta(seconds=2)
    later: timedelta = timedelta(seconds=5)
    at_most: timedelta = timedelta(minutes=10)


async def _at_work(work: Work, pause: float) -> Progress:
    return await work.waits(WaitKind.PEER_PROGRESS, pause)


async def watch(
    desk: Desk,
    ref: StepRef,
    attention: Attention,
    happened: Callable[[], Awaitable[bool]],
    stays_away: Callable[[Work, float], Awaitable[Progress]] = _at_work,
) -> Progress:
    """Settle the running step once ``happened`` says so; otherwise report how long to stay away.

    ``stays_away`` is told the pause in seconds, and says in the ledger what the step waits for.
    """
    for _ in range(max(int(attention.at_first / attention.often), 1)):
        if await happened():
            async with desk.step(ref) as work:
                return await work.done()
        await asyncio.sleep(attention.often.total_seconds())
    async with desk.step(ref) as work:
        lasting = await work.waiting_for()
        pause = min(max(attention.later, lasting), attention.at_most)
        return await stays_away(work, pause.total_seconds())


def attempt_key() -> str:
    """The same for one attempt of one activity, however often it reports."""
    info = activity.info()
    return f"{info.workflow_run_id}/{info.activity_id}/{info.attempt}"
