"""What is read off before and after a round: processor time, statements, commits, history."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

import asyncpg
import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from temporalio.client import Client

    from local.stack import LocalStack

DATABASE_SETTINGS = {"shared_preload_libraries": "pg_stat_statements"}

_OURS = ("juki_app", "juki_relay", "juki_sealer")
# An idle backend hands in its counts at most once a second.
_SECONDS_TO_SETTLE = 1.2
# What was done just now has its last echoes: seals, wake-ups, write-back.
_SECONDS_TO_CALM, _SECONDS_AT_REST = 5, 10


class Reading(NamedTuple):
    """All meters at one instant; ``cpu`` are seconds by process, user and system together."""

    cpu: Mapping[str, float]
    statements: int
    commits: int
    at: float
    """When processor times were read, by a clock that only runs; afterwards, seconds between."""

    def since(self, before: Reading) -> Reading:
        """What was used since an earlier reading."""
        return Reading(
            {name: spent - before.cpu.get(name, 0.0) for name, spent in self.cpu.items()},
            self.statements - before.statements,
            self.commits - before.commits,
            self.at - before.at,
        )


class Meters:
    """Reads the meters of one stack; ``more`` names processes that do not belong to it."""

    def __init__(
        self,
        stack: LocalStack,
        connection: asyncpg.Connection[asyncpg.Record],
        processes: Sequence[str],
        more: Mapping[str, int],
    ) -> None:
        self._stack = stack
        self._connection = connection
        self._processes = processes
        self._more = more

    async def read(self) -> Reading:
        """Let the database hand in its counts, and read."""
        at, cpu = time.perf_counter(), {name: _cpu(pid) for name, pid in self._pids().items()}
        # The stack's processes are our children, so of ourselves only we count.
        cpu["bench"] = time.process_time()
        await asyncio.sleep(_SECONDS_TO_SETTLE)
        statements = await self._connection.fetchval(
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s"
            " JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = ANY($1)",
            list(_OURS),
        )
        commits = await self._connection.fetchval(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
        return Reading(cpu, statements, commits, at)

    async def at_rest(self) -> float:
        """Milliseconds of processor time a second that everything takes while nothing happens."""
        await asyncio.sleep(_SECONDS_TO_CALM)
        before = await self.read()
        await asyncio.sleep(_SECONDS_AT_REST)
        used = (await self.read()).since(before)
        return sum(used.cpu[name] for name in self._processes) * 1000 / used.at

    def _pids(self) -> dict[str, int]:
        running = {name: self._stack.pid(name) for name in self._processes}
        return {**self._more, **{name: pid for name, pid in running.items() if pid is not None}}


async def prepare(stack: LocalStack) -> asyncpg.Connection[asyncpg.Record]:
    """A connection that may read every count."""
    connection = await asyncpg.connect(stack.database_url("postgres"))
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    return connection


class History(NamedTuple):
    """The length of a workflow's history, in the mean of several."""

    events: float
    size: float
    """Bytes."""


async def histories(client: Client, workflow_ids: Sequence[str]) -> History:
    """Ask the engine how long these histories became."""
    found = [await client.get_workflow_handle(name).describe() for name in workflow_ids]
    infos = [one.raw_description.workflow_execution_info for one in found]
    return History(
        sum(info.history_length for info in infos) / len(infos),
        sum(info.history_size_bytes for info in infos) / len(infos),
    )


def _cpu(pid: int) -> float:
    """Seconds of a process and everything it started; those gone since are in its own count."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_own(member) for member in family)


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
