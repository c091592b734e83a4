"""``python -m bench``: births a second against the floor of the engine, on one running stack.

Both are measured on the same server in the same minute, a b a b …, so that whatever slows the
machine slows both.  The ratio births : floor is the figure to watch; 1 would mean that everything
a birth does beyond eight empty activities is free.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp

from bench import floor, meters, report, town
from bench.births import Births, by_http, by_register, watching
from bench.load import Tally, drive, timed
from local.stack import PROCESSES, LocalStack
from local.supervisor import Child, Program, StackFailed
from relay.engine import Engine
from runtime import temporal
from runtime.exit import leave
from runtime.settings import EngineSettings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

_ALONE, _TOGETHER = 1, 30
_SHARE_ALONE = 8
"""One at a time takes long; so many times fewer are done that way."""
_WARM_UP = 30
_SAMPLE = 5


class Options(NamedTuple):
    """What the command line asks for."""

    births: int
    rounds: int
    json: Path
    through: str
    directory: Path | None

    @property
    def alone(self) -> int:
        """Births a round at concurrency 1."""
        return max(self.births // _SHARE_ALONE, 3)

    @property
    def households(self) -> int:
        """How many births there will be in all."""
        return _WARM_UP + self.rounds * (self.births + self.alone)


class Series(NamedTuple):
    """One kind of work at one concurrency: how often a round, how it is done once, its tally."""

    name: str
    times: int
    one: Callable[[], Awaitable[tuple[float, str]]]
    tally: Tally


async def measure(options: Options, directory: Path) -> dict[str, Any]:
    """Start everything, measure, stop everything; the result as it stands in the JSON."""
    processes = [name for name in PROCESSES if name != "api" or options.through == "api"]
    async with AsyncExitStack() as open_:
        stack = await open_.enter_async_context(
            LocalStack(
                directory,
                processes=processes,
                database_settings=meters.DATABASE_SETTINGS,
                usual_ports=False,
                say=_say,
            )
        )
        worker = await _floor_worker(stack, directory, open_)
        place = await open_.enter_async_context(town.opened(stack, options.households))
        watch = await open_.enter_async_context(watching(stack))
        session = await open_.enter_async_context(aiohttp.ClientSession())
        by_api = options.through == "api"
        door = by_http(session, stack, place) if by_api else by_register(place)
        client = await temporal.connect(
            EngineSettings(temporal_address=stack.temporal_address), identity="bench", lazy=False
        )
        asked = timed(floor.asking(client, Engine(client, floor.QUEUE), town.TOWN))
        births = Births(door, watch)
        series = _series(options, births.one, asked)
        counts = await meters.prepare(stack)
        open_.push_async_callback(counts.close)
        gauge = meters.Meters(stack, counts, processes, {"floor worker": worker})
        await _warm_up(births.one, asked)
        await counts.execute("ANALYZE")  # a register in use has statistics; a fresh one has none
        await _rounds(options.rounds, series, gauge)
        return report.result(
            {one.name: one.tally for one in series},
            {
                "births": await meters.histories(client, series[2].tally.ids[-_SAMPLE:]),
                "floor": await meters.histories(client, series[3].tally.ids[-_SAMPLE:]),
            },
            options._asdict(),
        )


def _series(
    options: Options,
    birth: Callable[[], Awaitable[tuple[float, str]]],
    empty: Callable[[], Awaitable[tuple[float, str]]],
) -> list[Series]:
    return [
        Series(f"{name}_{concurrency}", count, one, Tally(concurrency))
        for concurrency, count in ((_ALONE, options.alone), (_TOGETHER, options.births))
        for name, one in (("births", birth), ("floor", empty))
    ]


async def _warm_up(*works: Callable[[], Awaitable[tuple[float, str]]]) -> None:
    for work in works:
        await drive(Tally(_TOGETHER), _WARM_UP, work)


async def _rounds(rounds: int, series: Sequence[Series], gauge: meters.Meters) -> None:
    for place in range(1, rounds + 1):
        for one in series:
            before = await gauge.read()
            await drive(one.tally, one.times, one.one)
            one.tally.used.append((await gauge.read()).since(before))
            _say(f"  round {place}/{rounds}  {one.name:<10} {one.tally.rates[-1]:6.2f} /s")


async def _floor_worker(stack: LocalStack, directory: Path, open_: AsyncExitStack) -> int:
    environment = stack.environment("worker") | {"JUKI_METRICS_PORT": "0"}
    program = Program("floor", [sys.executable, "-m", "bench.floor"], environment=environment)
    child = Child(replace(program, seconds_to_stop=5), directory / "log", _say)
    await child.start()
    open_.push_async_callback(child.kill)
    if child.pid is None:
        raise StackFailed("the worker of the floor did not start")
    return child.pid


def _options(arguments: Sequence[str]) -> Options:
    usual = Path(__file__).with_name("results") / "latest.json"
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--births", type=int, default=60, help="births a round at concurrency 30 (default 60)")
    add("--rounds", type=int, default=2, help="rounds of births and floor (default 2)")
    add("--json", type=Path, default=usual, help="where the result goes as well")
    add("--through", choices=("api", "register"), default="api", help="where births are handed in")
    add("--directory", type=Path, help="keep the stack's data and logs there")
    return Options(**vars(parser.parse_args(arguments)))


async def _run(options: Options) -> dict[str, Any]:
    if options.directory is not None:
        return await measure(options, options.directory)
    with tempfile.TemporaryDirectory(prefix="jukiflow-bench-") as fresh:
        return await measure(options, Path(fresh))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; 1 when the stack does not stand."""
    options = _options(arguments)
    try:
        result = asyncio.run(_run(options))
    except StackFailed as failed:
        _say(str(failed))
        return 1
    report.write(result, options.json)
    print(report.table(result))
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
