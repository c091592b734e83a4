"""Trials: the same case told again and again, each time with something going wrong.

Neither steps nor undos are listed by hand: they are read from the ledger of a case in which nothing
failed, and of one that was taken back at the last moment at which the office lets it be.
"""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

from tests.workflows.stage import Stage
from tests.workflows.trial import CLOSING, Trial
from tests.workflows.tried import Tried, effects, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.frontier import Frontier
    from tests.workflows.kind import Kind
    from tests.workflows.sabotage import Saboteur
    from tests.workflows.telling import Telling

_AT_ONCE = 8


class Trials:
    """Begins trials, several at a time, and tells what a case does without trouble."""

    def __init__(self, frontier: Frontier, saboteur: Saboteur) -> None:
        self._frontier = frontier
        self._saboteur = saboteur
        self._tried: dict[str, Tried] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def tried(self, kind: Kind) -> Tried:
        """The case in which nothing fails, and the one taken back: played once for all tests."""
        if kind.name not in self._tried:
            stage = await Stage.opened(self._frontier)
            self._tried[kind.name] = await self._try(kind, stage)
            await stage.agrees()
        return self._tried[kind.name]

    async def tell(self, kind: Kind, tellings: Iterable[Telling]) -> dict[str, list[str]]:
        """Tell stories in two towns, all at once; what failed, by the name of the story.

        Afterwards everybody must tell the same story of all of them.
        """
        tried, stage = await self.tried(kind), await Stage.opened(self._frontier)
        played = {
            telling.story.__name__: [
                asyncio.create_task(self._play(tried, stage, telling, steps))
                for steps in telling.cases(tried)
            ]
            for telling in tellings
        }
        failures = {
            name: [failure for failure in await asyncio.gather(*tasks) if failure is not None]
            for name, tasks in played.items()
        }
        if not any(failures.values()):
            await stage.agrees()
        return failures

    async def _play(
        self, tried: Tried, stage: Stage, telling: Telling, steps: list[str]
    ) -> str | None:
        async with self._gate:
            trial = await self._begin(tried.kind, stage, tried)
            if tried.revocable or not telling.recalled:
                trial.goes_its_way()
            try:
                await telling.story(trial, steps)
                await trial.leaves()
            except (AssertionError, TimeoutError) as failure:
                where = traceback.extract_tb(failure.__traceback__)[-1].lineno
                return f"{trial.case.ref.case_number} at {'、'.join(steps)}: {failure!r} in {where}"
        return None

    async def _begin(self, kind: Kind, stage: Stage, tried: Tried | None = None) -> Trial:
        """Accept one case; what is planned for it in the same breath, it will meet."""
        begun = await kind.begin(stage)
        case = stage.here.case(begun.case, kind.procedure)
        return Trial(case, stage, self._saboteur, kind, begun.family, tried)

    async def _try(self, kind: Kind, stage: Stage) -> Tried:
        happy = await self._begin(kind, stage)
        closing = happy.hold(CLOSING)
        happy.goes_its_way()
        await closing.reached.wait()
        revocable = await happy.revocable()
        closing.released.set()
        await happy.completed()
        await happy.leaves()
        steps = await recorded(happy)
        taken_back = await self._begin(kind, stage)
        if revocable:
            taken_back.goes_its_way()
            await taken_back.withdraw_at_the_end()
        else:
            await kind.last_moment(taken_back)
            assert await taken_back.withdraws()
        await taken_back.withdrawn()
        lines = await taken_back.case.lines(kind.victim)
        return Tried(
            kind,
            list(steps),
            {step: version for step, version in steps.items() if version is not None},
            await effects(happy.case),
            revocable,
            [step for step in steps if step in lines],
            [
                line.undo
                for line in reversed(kind.lines)
                if line.undo and lines.get(line.step) == "undone"
            ],
        )
