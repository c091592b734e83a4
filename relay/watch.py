"""The watchdog: holds every open case against the engine, and lists whoever is stuck but green.

What is found once is only suspected, because register and engine are not read at one instant; what
is found in two rounds running is on the list.  A task that fails tells so by itself.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import structlog

from domain.cases import workflow_id
from domain.stuck import Stuck
from register import outbox, watching
from register.watching import Finding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from domain.cases import CaseRef
    from register.outbox import Due
    from register.transactions import Pool
    from register.watching import Grace, Suspect
    from relay.sight import Failing, Listed, Sight

T = TypeVar("T")

_log = structlog.stdlib.get_logger()
CLOSELY = 200
"""Cases the engine is asked about one by one in a round; of the others its list is believed."""
_AT_ONCE = 20
# A first failure may be a worker that was killed; the second in a row is no accident.
_FAILS = 2


class _Seen(NamedTuple):
    """What a round looks at."""

    open: dict[str, Due]
    """By workflow id."""
    suspects: list[Suspect]
    listed: Listed
    works: bool
    now: datetime


class Watch:
    """Looks at everybody every ``interval`` seconds."""

    def __init__(self, pool: Pool, sight: Sight, grace: Grace, *, interval: float = 60.0) -> None:
        self._pool = pool
        self._sight = sight
        self._grace = grace
        self._interval = interval
        self._suspected: dict[UUID, datetime] = {}
        """Whoever was found by the last round, and since when they are."""

    async def run(self) -> None:
        """Look until cancelled; an engine or register that is away makes the last look older."""
        while True:
            try:
                await self.look()
            except Exception as failure:  # noqa: BLE001 - whatever it was, look again later
                _log.warning("not_watched", error=type(failure).__name__)
            await asyncio.sleep(self._interval)

    async def look(self) -> list[Finding]:
        """One round; whoever is on the list afterwards for what it found."""
        seen = await self._seen()
        found = await self._found(seen)
        before, self._suspected = self._suspected, {one.case_id: one.since for one in found}
        sure = [one for one in found if one.kind is Stuck.TASK_FAILING or one.case_id in before]
        await watching.note(self._pool, self._suspected, sure)
        return sure

    async def _seen(self) -> _Seen:
        """The register first: a case that ends meanwhile is missed once, and not twice."""
        due = await outbox.open_cases(self._pool)
        suspects = await watching.suspects(self._pool, self._grace)
        now = await watching.now(self._pool)
        listed = await self._sight.listed()
        works = not suspects or await self._sight.has_worker(now)
        by_id = {workflow_id(one.procedure, one.case.case_number): one for one in due}
        return _Seen(by_id, suspects, listed, works, now)

    async def _found(self, seen: _Seen) -> list[Finding]:
        """The nearest reason of every case: what explains most is looked for first."""
        reasons = (self._not_running, self._failing, self._slow, self._left_running)
        found: dict[UUID, Finding] = {}
        for reason in reasons:
            for one in await reason(seen):
                found.setdefault(one.case_id, one)
        return list(found.values())

    async def _not_running(self, seen: _Seen) -> list[Finding]:
        """The engine is asked itself about each that is not on its list, unless they are many."""
        absent = [name for name in seen.open if name not in seen.listed.running]
        if len(absent) > CLOSELY:
            return [self._since_first_seen(seen, name) for name in absent]
        runs = await _each(absent, self._sight.run_of)
        return [
            self._since_first_seen(seen, name, run.ended_at)
            for name, run in runs.items()
            if not run.running
        ]

    def _since_first_seen(
        self, seen: _Seen, name: str, ended_at: datetime | None = None
    ) -> Finding:
        case = seen.open[name].case
        since = ended_at or self._suspected.get(case.case_id, seen.now)
        return Finding(case.municipality, case.case_id, Stuck.NO_RUN, since)

    async def _failing(self, seen: _Seen) -> list[Finding]:
        """Whose task fails, as the engine's list has it, or as a look at who is slow shows.

        After a bad deploy there may be thousands: how it fails is asked of the first of them.
        """
        slow = [_name(one) for one in seen.suspects if seen.works]
        names = [name for name in [*seen.listed.failing, *slow] if name in seen.open]
        told = await _each(list(dict.fromkeys(names))[:CLOSELY], self._failure_of)
        found = [self._fails(seen, name, how) for name, how in told.items() if how]
        unasked = [name for name in seen.listed.failing if name in seen.open and name not in told]
        return found + [self._fails(seen, name, None) for name in unasked]

    async def _failure_of(self, name: str) -> tuple[int, Failing] | None:
        """How often a task has failed, and how; ``None`` if it does not."""
        run = await self._sight.run_of(name)
        failing = await self._sight.failure_of(name) if run.attempt >= _FAILS else None
        return (run.attempt - 1, failing) if failing else None

    def _fails(self, seen: _Seen, name: str, how: tuple[int, Failing] | None) -> Finding:
        case = seen.open[name].case
        if how is None:
            since = self._suspected.get(case.case_id, seen.now)
            return Finding(case.municipality, case.case_id, Stuck.TASK_FAILING, since)
        times, failing = how
        whose = (case.municipality, case.case_id, Stuck.TASK_FAILING)
        return Finding(*whose, failing.since, times, failing.build, failing.cause)

    async def _slow(self, seen: _Seen) -> list[Finding]:
        """Who has not done what the register says; without a worker nobody can."""
        return [
            Finding(
                one.case.municipality,
                one.case.case_id,
                one.kind if seen.works else Stuck.NO_WORKER,
                one.since,
            )
            for one in seen.suspects
        ]

    async def _left_running(self, seen: _Seen) -> list[Finding]:
        """Runs of cases that have ended, if the engine itself says that they run."""
        others = seen.listed.running - seen.open.keys()
        ended = {
            workflow_id(procedure, case.case_number): case
            for case, procedure in await self._ended(others)
        }
        runs = await _each([name for name in ended if name in others][:CLOSELY], self._sight.run_of)
        return [
            Finding(case.municipality, case.case_id, Stuck.RUN_WITHOUT_CASE, since)
            for case in (ended[name] for name, run in runs.items() if run.running)
            for since in [self._suspected.get(case.case_id, seen.now)]
        ]

    async def _ended(self, names: set[str]) -> list[tuple[CaseRef, str]]:
        numbers = {name.partition("-")[2] for name in names}
        return await watching.closed(self._pool, numbers) if numbers else []


def _name(suspect: Suspect) -> str:
    return workflow_id(suspect.procedure, suspect.case.case_number)


async def _each(names: Iterable[str], ask: Callable[[str], Awaitable[T]]) -> dict[str, T]:
    """Ask the engine about several cases at once."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> tuple[str, T]:
        async with gate:
            return name, await ask(name)

    return dict(await asyncio.gather(*(one(name) for name in names)))
