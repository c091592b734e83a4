"""One run: everything started, measured in turn, and stopped."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp

from bench import floor, meters, plan, report, town, waiting
from bench.births import Births, by_http, by_register
from bench.load import Tally, drive, timed
from bench.moves import Counters, Moves, Watches
from bench.watch import ENDED, EXPECTED, watching
from local.scenario.caller import Caller
from local.stack import PROCESSES, LocalStack
from local.supervisor import Child, Program, StackFailed
from relay.engine import Engine
from runtime import temporal
from runtime.settings import EngineSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import asyncpg
    from temporalio.client import Client

    from bench.plan import Options, Series, Work
    from bench.town import Town

_SAMPLE = 5


class _Office(NamedTuple):
    """What is measured, and by what."""

    town: Town
    moves: Moves
    works: Mapping[str, Work]
    client: Client
    counts: asyncpg.Connection[asyncpg.Record]
    gauge: meters.Meters


async def measure(options: Options, directory: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Start everything, measure, stop everything; the result as it stands in the JSON."""
    settings = meters.DATABASE_SETTINGS
    async with (
        LocalStack(directory, database_settings=settings, usual_ports=False, say=say) as stack,
        AsyncExitStack() as open_,
    ):
        office = await _opened(options, stack, open_, say)
        for kind in options.kinds:
            await drive(Tally(plan.TOGETHER), plan.WARM_UP, office.works[kind])
        await office.counts.execute("ANALYZE")  # as a register in use, which has statistics
        series = plan.series(options, office.works)
        await _rounds(options.rounds, series, office.gauge, say)
        tallies = {one.name: one.tally for one in series}
        found = {kind: await _histories(office, kind, tallies) for kind in options.kinds}
        waited = await _waited(options, stack, office, say) if options.waiting else None
        return report.result(tallies, found, options._asdict(), waited)


async def _opened(
    options: Options, stack: LocalStack, open_: AsyncExitStack, say: Callable[[str], None]
) -> _Office:
    """Everything that is needed besides the stack itself."""
    worker = await _floor_worker(stack, open_, say)
    session = await open_.enter_async_context(aiohttp.ClientSession())
    say(f"  {sum(options.numbers)} people are taken in …")
    place = await open_.enter_async_context(town.opened(stack, session, options.numbers))
    watches = Watches(
        await open_.enter_async_context(watching(stack, ENDED, town.TOWN, town.THERE)),
        await open_.enter_async_context(watching(stack, EXPECTED, town.THERE)),
    )
    counters = Counters(*(_caller(session, stack, code) for code in (town.TOWN, town.THERE)))
    moves = Moves(place, counters, watches)
    client = await temporal.connect(
        EngineSettings(temporal_address=stack.temporal_address), identity="bench", lazy=False
    )
    by_api = options.through == "api"
    door = by_http(session, stack, place) if by_api else by_register(place)
    asked = floor.asking(client, Engine(client, floor.QUEUE), town.TOWN)
    births = Births(door, watches.ended)
    works = {"births": births.one, "floor": timed(asked), "moves": moves.one}
    counts = await meters.prepare(stack)
    open_.push_async_callback(counts.close)
    gauge = meters.Meters(stack, counts, PROCESSES, {"floor worker": worker})
    return _Office(place, moves, works, client, counts, gauge)


def _caller(session: aiohttp.ClientSession, stack: LocalStack, code: str) -> Caller:
    return Caller(session, stack.url("api"), {"counter": stack.tokens[f"{code}/counter"]})


async def _floor_worker(
    stack: LocalStack, open_: AsyncExitStack, say: Callable[[str], None]
) -> int:
    environment = stack.environment("worker") | {"JUKI_METRICS_PORT": "0"}
    program = Program("floor", [sys.executable, "-m", "bench.floor"], environment=environment)
    child = Child(replace(program, seconds_to_stop=5), stack.directory / "log", say)
    await child.start()
    open_.push_async_callback(child.kill)
    if child.pid is None:
        raise StackFailed("the worker of the floor did not start")
    return child.pid


async def _rounds(
    rounds: int, series: Sequence[Series], gauge: meters.Meters, say: Callable[[str], None]
) -> None:
    for place in range(1, rounds + 1):
        for one in series:
            before = await gauge.read()
            await drive(one.tally, one.times, one.one)
            one.tally.used.append((await gauge.read()).since(before))
            say(f"  round {place}/{rounds}  {one.name:<14} {one.tally.rates[-1]:6.2f} /s")


async def _histories(office: _Office, kind: str, tallies: Mapping[str, Tally]) -> meters.History:
    """Of the last few of a series; of a move, both sides together."""
    ids = tallies[f"{kind}_{plan.TOGETHER}"].ids[-_SAMPLE:]
    found = await meters.histories(office.client, ids)
    if kind != "moves":
        return found
    other = await meters.histories(office.client, office.moves.coming[-_SAMPLE:])
    return meters.History(found.events + other.events, found.size + other.size)


async def _waited(
    options: Options, stack: LocalStack, office: _Office, say: Callable[[str], None]
) -> report.Waited:
    """Put cases at their wait, and do births and floor once more beside them."""
    before = await office.gauge.at_rest()
    say(f"  {options.waiting} cases are put at their wait …")
    done = await waiting.put(
        office.town,
        office.counts,
        stack.temporal_database,
        lambda waits, count: say(f"  {waits}/{count} wait"),
    )
    at_rest = await office.gauge.at_rest()
    series = plan.beside_waiting(options, office.works)
    await _rounds(options.rounds, series, office.gauge, say)
    history = await meters.histories(office.client, done.ids[-_SAMPLE:])
    tallies = {one.name: one.tally for one in series}
    return report.Waited(done, history, (before, at_rest), tallies)
