"""The office as one thing: everything started in order, everything stopped in reverse.

    async with LocalStack(directory) as stack:
        await stack.kill("worker")
        await stack.start("worker")

A test or a benchmark may ask for less: ``LocalStack(directory, processes=("postgres",))``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from local import DIRECTORY
from local import ports as port_book
from local.ports import LOCALHOST, Ports
from local.postgres import REGISTER, Postgres
from local.private import Passwords, write_private
from local.seat import Seat
from local.supervisor import Child, Program, StackFailed, run
from local.temporal import forget, temporal
from local.tokens import local_tokens
from local.wiring import PUSHING, Wiring
from runtime.keyring import make_keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

# Each floor stands on the one before; what stands on one floor starts side by side.
FLOORS = (("postgres", "temporal"), ("simulators",), ("api", "relay", "worker"))
PROCESSES = tuple(process for floor in FLOORS for process in floor)

_OURS = {"api", "relay", "worker"}
_SIGNS_OF_LIFE = {
    "simulators": "/healthz",
    "api": "/readyz",
    "relay": "/metrics",
    "worker": "/metrics",
}


class LocalStack:
    """A stack in ``directory``; its data outlive it.

    ``settings`` go to every process on top of its own variables, ``database_settings`` to
    PostgreSQL.  ``usual_ports=False`` takes any
    free ports, so that many stacks can start at one moment.
    """

    def __init__(  # noqa: PLR0913 - options, each by name and each with a usual value
        self,
        directory: Path = DIRECTORY,
        *,
        processes: Sequence[str] = PROCESSES,
        settings: Mapping[str, str] | None = None,
        database_settings: Mapping[str, str] | None = None,
        namespaces: Sequence[str] = ("default",),
        usual_ports: bool = True,
        say: Callable[[str], None] = print,
    ) -> None:
        self.directory = directory
        self._wanted = processes
        self._settings = dict(settings or {})
        self._database_settings = dict(database_settings or {})
        self._namespaces = namespaces
        self._usual_ports = usual_ports
        self._say = say
        self._seat = Seat(directory)
        self._children: dict[str, Child] = {}

    async def __aenter__(self) -> Self:
        """Start everything asked for; raises ``StackFailed`` with a sentence for people."""
        await self._seat.take()
        try:
            await self._open()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything, the last started first."""
        await self._close()

    @property
    def tokens(self) -> Mapping[str, str]:
        """Bearer tokens by ``"131016/counter"``."""
        return {
            f"{grant.municipality}/{grant.role}": token
            for token, grant in self._wiring.tokens.items()
        }

    @property
    def temporal_address(self) -> str:
        """Host and port of the engine."""
        return f"{LOCALHOST}:{self._ports['temporal']}"

    @property
    def temporal_database(self) -> Path:
        """The file that holds everything the engine knows."""
        return self.directory / "temporal" / "temporal.db"

    @property
    def keyring(self) -> Path:
        """The keyring's file."""
        return self.directory / "keyring.json"

    def database_url(self, role: str, database: str = REGISTER) -> str:
        """The address ``role`` connects by."""
        return self._postgres.url(role, database)

    def url(self, process: str) -> str:
        """Where ``process`` (or ``temporal-ui``) listens."""
        return self._wiring.url(process)

    def environment(self, process: str) -> dict[str, str]:
        """The variables ``process`` runs with, settings of this stack included."""
        return {**self._wiring.environment(process), **self._settings}

    def pid(self, process: str) -> int | None:
        """The process id, if it runs."""
        return self._children[process].pid

    async def start(self, process: str) -> None:
        """Start a process; fine if it runs already."""
        if process in self._children and self._children[process].pid:
            return
        child = Child(await self._program(process), self._logs, self._say, self._seat.descriptor)
        self._children[process] = child
        await child.start()

    async def stop(self, process: str) -> None:
        """Stop one process; it stays down until ``start``."""
        await self._children[process].stop()

    async def kill(self, process: str) -> None:
        """SIGKILL one process; it stays down until ``start``."""
        await self._children[process].kill()

    def forget_temporal(self) -> None:
        """Delete the database of the engine, which must be stopped."""
        forget(self.temporal_database)

    async def command(self, *arguments: str) -> None:
        """Run ``jukiflow …`` as an operator of this stack; raises ``StackFailed`` if it fails."""
        program = Program(
            name=f"jukiflow {arguments[0]}",
            command=[sys.executable, "-m", "cli", *arguments],
            environment=self.environment("operator"),
            seconds_to_start=120,
        )
        await run(program, self._logs / "cli.log")

    @property
    def _logs(self) -> Path:
        return self.directory / "log"

    async def _open(self) -> None:
        self._ports = self._claim_ports()
        self._postgres = Postgres(
            self.directory, port=self._ports["postgres"], settings=self._database_settings
        )
        self._wiring = Wiring(
            database_url=self.database_url,
            ports=self._ports,
            keyring=self.keyring,
            tokens=local_tokens(self.directory / "tokens.json"),
            namespace=self._namespaces[0],
            inbox_secrets=Passwords(self.directory / "inbox-secrets.json", PUSHING).every(),
            announce_secret=Passwords(self.directory / "announce-secret.json", ("operations",))[
                "operations"
            ],
        )
        with suppress(FileExistsError):
            make_keyring(self.keyring)
        for floor in FLOORS:
            await self._start_together([name for name in floor if name in self._wanted])
        self._leave_note()

    async def _start_together(self, names: Sequence[str]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for name in names:
                    group.create_task(self._start_first(name))
        except ExceptionGroup as failures:
            told, others = failures.split(StackFailed)
            if told and not others:
                raise told.exceptions[0] from None
            raise

    async def _start_first(self, process: str) -> None:
        await self.start(process)
        if process == "postgres":
            await self._postgres.furnish()
            if _OURS.intersection(self._wanted):
                await self.command("migrate")

    async def _program(self, process: str) -> Program:
        if process == "postgres":
            return await self._postgres.prepare()
        if process == "temporal":
            return temporal(
                self.temporal_database,
                port=self._ports["temporal"],
                ui_port=self._ports["temporal-ui"],
                namespaces=self._namespaces,
            )
        return Program(
            name=process,
            command=[sys.executable, "-m", process],
            environment=self.environment(process),
            ready=lambda: _lives(self._ports[process], _SIGNS_OF_LIFE[process]),
        )

    def _claim_ports(self) -> dict[str, int]:
        if not self._usual_ports:
            return {name: port_book.any_free() for name in port_book.USUAL}
        book = Ports(self.directory / "ports.json", self._say)
        return {name: book.claim(name) for name in port_book.USUAL}

    def _leave_note(self) -> None:
        """What another terminal needs to work on this stack (``jukiflow import`` and the like)."""
        note = self.directory / "operator.json"
        write_private(note, json.dumps(self.environment("operator"), indent=2))

    async def _close(self) -> None:
        for floor in reversed(FLOORS):
            running = [self._children[name] for name in floor if name in self._children]
            await asyncio.gather(*(child.stop() for child in running))
        self._seat.leave()


async def _lives(port: int, path: str) -> bool:
    """Whether the port answers ``GET path`` with 200."""
    try:
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection(LOCALHOST, port)
            writer.write(f"GET {path} HTTP/1.0\r\nHost: {LOCALHOST}\r\n\r\n".encode())
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status
