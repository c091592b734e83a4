"""Trials: the same case told again and again, each time with something going wrong.

Neither steps nor undos are listed by hand: they are read from the ledger of a case in which nothing
failed, and of one that was taken back at the last moment at which the office lets it be.
"""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.step import card_of
from domain.cases import Verb
from tests.workflows.stage import Stage
from tests.workflows.trial import CLOSING, Trial
from tests.workflows.tried import Tried, effects, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.frontier import Frontier
    from tests.house import Case
    from tests.workflows.kind import Kind
    from tests.workflows.sabotage import Saboteur
    from tests.workflows.telling import Telling

_AT_ONCE = 12


@dataclass
class Played:
    """One case of a story, and how it failed, if it did."""

    story: str
    steps: list[str]
    trial: Trial
    failure: str = ""

    @property
    def where(self) -> str:
        """Which case it is, and what it is about."""
        return f"{self.trial.case.ref.case_number} at {'、'.join(self.steps)}"


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
        tellings = list(tellings)
        played = await asyncio.gather(
            *(
                self._play(tried, stage, telling, steps)
                for telling in tellings
                for steps in telling.cases(tried)
            )
        )
        await _compare(stage, played)
        failures: dict[str, list[str]] = {telling.story.__name__: [] for telling in tellings}
        for one in played:
            failures[one.story] += [f"{one.where}: {one.failure}"] if one.failure else []
        if not any(failures.values()):
            await stage.agrees()
        return failures

    async def repaired(self, kind: Kind) -> Case:
        """A case refused at its second and at its last step, retried and completed.

        It has stood still: what it did is not all in one task, which a signal may bring to nothing.
        """
        steps = (await self.tried(kind)).steps
        stops = dict.fromkeys((steps[:2][-1], steps[-1]))
        trial = await self._refused(kind, *stops)
        for stop in stops:
            await trial.parks(stop)
            assert await trial.decides(Verb.RETRY)
        await trial.completed()
        await trial.leaves()
        return trial.case

    async def withdrawn(self, kind: Kind) -> Case:
        """A case refused at its last step, and at its last undo but one, and taken back.

        Where that is too late, one that was taken back when it still could be.
        """
        tried = await self.tried(kind)
        if not tried.revocable:
            return tried.taken_back
        step = tried.steps[-1]
        undo = [one for one in tried.undos if card_of(one).undoes != step][-2:-1]
        trial = await self._refused(kind, step, *undo)
        await trial.parks(step)
        assert await trial.withdraws()
        await trial.turns_back()
        for one in undo:
            await trial.parks(one)
            assert await trial.decides(Verb.RETRY)
        await trial.withdrawn()
        await trial.leaves()
        return trial.case

    async def _refused(self, kind: Kind, *steps: str) -> Trial:
        tried = await self.tried(kind)
        trial = await self._begin(kind, await Stage.opened(self._frontier), tried)
        trial.refuse(*steps)
        trial.goes_its_way()
        return trial

    async def _play(self, tried: Tried, stage: Stage, telling: Telling, steps: list[str]) -> Played:
        async with self._gate:
            trial = await self._begin(tried.kind, stage, tried)
            played = Played(telling.story.__name__, steps, trial)
            if tried.revocable or not telling.recalled:
                trial.goes_its_way()
            try:
                await telling.story(trial, steps)
                await trial.leaves()
            except (AssertionError, TimeoutError) as failure:
                where = traceback.extract_tb(failure.__traceback__)[-1].lineno
                played.failure = f"{failure!r} in {where}"
        return played

    async def _begin(self, kind: Kind, stage: Stage, tried: Tried | None = None) -> Trial:
        """Accept one case; what is planned for it in the same breath, it will meet."""
        begun = await kind.begin(stage)
        case = stage.here.case(begun.case, kind.procedure)
        return Trial(case, stage, self._saboteur, kind, begun.family, tried)

    async def _try(self, kind: Kind, stage: Stage) -> Tried:
        happy = await self._begin(kind, stage)
        closing = happy.hold(CLOSING)
        happy.goes_its_way()
        await happy.reaches(closing)
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
            (await effects(happy.town, [happy.case]))[happy.case.ref.case_id],
            revocable,
            [step for step in steps if step in lines],
            [
                line.undo
                for line in reversed(kind.lines)
                if line.undo and lines.get(line.step) == "undone"
            ],
            taken_back.case,
        )


async def _compare(stage: Stage, played: Iterable[Played]) -> None:
    """Require that each case that ended happily had every effect exactly once."""
    happy = [one for one in played if one.trial.is_happy and not one.failure]
    found = await effects(stage.here, [one.trial.case for one in happy])
    for one in happy:
        taken, known = found[one.trial.case.ref.case_id], one.trial.known.effects
        if taken != known:
            one.failure = f"{dict(taken)}, and not {dict(known)}"
