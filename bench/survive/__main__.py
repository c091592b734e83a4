"""``python -m bench.survive``: births and moves while everything is killed at random.

Worker, relay, API, simulators, PostgreSQL (a session, or the whole server), Temporal, and now and
then all of them at once get a SIGKILL, and the systems outside misbehave.  Afterwards every case
must have come to its end, once; everybody must live in exactly one town; registers and systems
must agree; and `jukiflow verify` must find nothing.  Exits 1 on any difference.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.survive import report
from bench.survive.blows import Blows
from bench.survive.ground import prepared
from bench.survive.report import Outcome
from bench.survive.staff import Staff
from bench.survive.stories import Stories, chosen
from bench.survive.verdict import until_all_over, verdict
from bench.survive.weather import Weather
from local.stack import LocalStack
from local.supervisor import StackFailed
from runtime.exit import leave

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence

    from bench.survive.ground import Ground
    from bench.survive.stories import Kind

_SETTINGS = {"JUKI_PATIENCE_SCALE": "0.1", "JUKI_STEP_TIMEOUT": "10"}
"""Attempts follow each other sooner than in an office, and the dead are missed sooner."""
_TOLD_EVERY = 10.0
_MOST = 0.9


class Options(NamedTuple):
    """What the command line asks for."""

    cases: int
    seed: int
    pause: float
    at_once: int
    patience: float
    directory: Path | None


async def survive(options: Options, directory: Path) -> Outcome:
    """Play it on a stack of its own; what came of it."""
    rng = Random(options.seed)
    kinds = [*chosen(rng, options.cases)]
    async with (
        LocalStack(directory, settings=_SETTINGS, usual_ports=False, say=_say) as stack,
        prepared(stack, len(kinds)) as ground,
    ):
        _say(f"{len(kinds)} families, {options.cases} cases, seed {options.seed}")
        began = monotonic()
        stories = Stories(ground, rng)
        staff = Staff(tuple(town.caller for town in ground.towns), ground.serials)
        blows, weather = _misfortune(ground, options)
        async with beside(staff.work(), _tell(stories, blows, options)):
            living = asyncio.create_task(_live(stories, kinds, options))
            await _suffer(blows, weather, stories, options, living)
            await living
            await until_all_over(stack, options.patience)
        found = await verdict(ground, stories)
        took = monotonic() - began
        return Outcome(options.seed, took, blows.dealt, weather.armed, staff.decided, found)


def _misfortune(ground: Ground, options: Options) -> tuple[Blows, Weather]:
    """Each by a chance of its own, so that one does not depend on how long the other took."""
    towns = tuple(town.outside for town in ground.towns)
    blows = Blows(ground.stack, Random(options.seed + 1), options.pause)
    return blows, Weather(towns, Random(options.seed + 2), options.pause / 2)


async def _suffer(
    blows: Blows, weather: Weather, stories: Stories, options: Options, living: asyncio.Task[None]
) -> None:
    """Let things happen until most cases are over: the last must not be hindered for ever."""
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(blows.fall(enough))
        group.create_task(weather.change(enough))
        while stories.over < options.cases * _MOST and not living.done():  # noqa: ASYNC110 - two ends
            await asyncio.sleep(1)
        enough.set()


async def _live(stories: Stories, kinds: Sequence[Kind], options: Options) -> None:
    """Tell every story, so many at a time; give up when no case ends any more."""
    left = zip(kinds, stories.ground.families, strict=True)

    async def lane() -> None:
        for kind, family in left:
            await stories.tell(kind, family)

    try:
        async with beside(_no_longer_than(stories, options)):
            await asyncio.gather(*(lane() for _ in range(options.at_once)))
    except* TimeoutError:
        _say("No case has ended for a while; what is open will be named.")


async def _no_longer_than(stories: Stories, options: Options) -> None:
    """Raise ``TimeoutError`` when no case has ended for as long as anybody is patient."""
    while True:
        over = stories.over
        await asyncio.sleep(options.patience)
        if stories.over == over:
            raise TimeoutError


async def _tell(stories: Stories, blows: Blows, options: Options) -> None:
    """Say now and then how far it is."""
    while True:
        await asyncio.sleep(_TOLD_EVERY)
        _say(f"  {stories.over}/{options.cases} cases, {blows.dealt.total()} kills")


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Something goes on for as long as the block lasts; where it fails, the block fails."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench.survive", description=__doc__)
    add = parser.add_argument
    add("--cases", type=int, default=300, help="cases to hand in (default 300)")
    add("--seed", type=int, default=1, help="chooses stories, kills and faults (default 1)")
    add("--pause", type=float, default=1.0, help="mean seconds between two kills (default 1)")
    add("--at-once", type=int, default=24, help="families something happens to at a time")
    add("--patience", type=float, default=600.0, help="seconds without an end to give up")
    add("--directory", type=Path, help="keep the stack's data and logs there")
    return Options(**vars(parser.parse_args(arguments)))


async def _run(options: Options) -> Outcome:
    if options.directory is not None:
        return await survive(options, options.directory)
    with tempfile.TemporaryDirectory(prefix="jukiflow-survive-") as fresh:
        return await survive(options, Path(fresh))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Play, print; 1 when anything differs or the stack does not stand."""
    options = _options(arguments)
    # Our own connections are broken as often as anybody's; that is the point, and no news.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    outcome = None
    try:
        outcome = asyncio.run(_run(options))
    except* StackFailed as failed:
        for told in _leaves(failed):
            _say(str(told))
    if outcome is None:
        return 1
    report.show(outcome)
    return 1 if outcome.found.differences else 0


def _leaves(group: BaseExceptionGroup[StackFailed]) -> Iterator[StackFailed]:
    for one in group.exceptions:
        if isinstance(one, BaseExceptionGroup):
            yield from _leaves(one)
        else:
            yield one


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
