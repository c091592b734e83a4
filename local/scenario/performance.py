"""The performance: every scene played in order, and what came of each."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from local.scenario.caller import Missed
from local.scenario.scenes import ACTS
from local.scenario.stage import set_up
from local.supervisor import StackFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from local.scenario.scene import Scene
    from local.scenario.stage import Stage
    from local.stack import LocalStack

_SECONDS_FOR_A_SCENE = 120


class Outcome(NamedTuple):
    """What was seen in a scene, whether it is what was expected, and after how many seconds."""

    scene: Scene
    seen: str
    right: bool
    seconds: float


class Performance(NamedTuple):
    """What came of every scene, and whoever was born, moved or changed in the four systems."""

    outcomes: list[Outcome]
    comparison: list[tuple[str, ...]]

    @property
    def right(self) -> int:
        """How many scenes came out as expected."""
        return sum(outcome.right for outcome in self.outcomes)


async def perform(
    stack: LocalStack,
    begins: Callable[[Sequence[Scene]], None] = lambda _: None,
    ended: Callable[[Outcome], None] = lambda _: None,
) -> Performance:
    """Play everything on a fresh stack; a scene that goes wrong does not end the performance."""
    outcomes: list[Outcome] = []

    async def play(stage: Stage, scene: Scene) -> None:
        outcome = await _play(stage, scene)
        outcomes.append(outcome)
        ended(outcome)

    async with set_up(stack) as stage:
        for act in ACTS:
            begins(act)
            await asyncio.gather(*(play(stage, scene) for scene in act))
        in_order = sorted(outcomes, key=lambda outcome: outcome.scene.number)
        return Performance(in_order, stage.comparison)


async def _play(stage: Stage, scene: Scene) -> Outcome:
    began = monotonic()
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_SCENE):
            seen, right = await scene.play(stage), True
    except (Missed, StackFailed) as missed:
        seen, right = str(missed), False
    except Exception as failure:  # noqa: BLE001 - the next scene is played all the same
        seen, right = f"{type(failure).__name__}: {failure}", False
    return Outcome(scene, seen, right, monotonic() - began)
