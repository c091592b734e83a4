"""Children of a stack: started until they answer, restarted when they crash, stopped with care."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, BinaryIO

from local import HOME

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

_LEASH = Path(__file__).with_name("leash.py")
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0
_STEADY = 30.0
_LOG_KEPT = 20 * 1024 * 1024


class StackFailed(Exception):
    """The stack cannot stand; the text says what to do, in the words of whoever started it."""


async def _at_once() -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """How one child is started, known to stand, and told to stop.

    ``last_signal`` is what the child gets when its parent is gone; ``user`` is the leash's.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], Awaitable[bool]] = _at_once
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    stop_signal: signal.Signals = signal.SIGTERM
    last_signal: signal.Signals = signal.SIGTERM
    user: str = "self"
    seconds_to_start: float = 30.0
    seconds_to_stop: float = 20.0
    seconds_outlived: float = 0.0
    """How long its own children may outlive it, and keep it from starting again."""


class Child:
    """One running program: at any time either up, or down because somebody wanted it so."""

    def __init__(
        self, program: Program, logs: Path, say: Callable[[str], None], seat: int = -1
    ) -> None:
        self.program = program
        self._seat = seat
        self.restarts = 0
        self._log = logs / f"{program.name}.log"
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, if it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start and return when it answers; from then on a crash is followed by a restart."""
        outlived_until = monotonic() + self.program.seconds_outlived
        while True:
            try:
                await self._launch()
                break
            except StackFailed:
                if monotonic() > outlived_until:
                    raise
            await asyncio.sleep(_FIRST_PAUSE)
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Ask it to stop, insist after its time; fine if it is not running."""
        await self._end(self.program.stop_signal)

    async def kill(self) -> None:
        """SIGKILL, and no restart until ``start``."""
        await self._end(signal.SIGKILL)

    async def _launch(self) -> None:
        with _opened(self._log) as log:
            self._process = await spawn(self.program, log, self._seat)
        await self._answer(self._process)

    async def _answer(self, process: asyncio.subprocess.Process) -> None:
        deadline = monotonic() + self.program.seconds_to_start
        while not await self.program.ready():
            if process.returncode is not None:
                raise StackFailed(
                    f"{self.program.name} が起動せずに終了しました。\n{_tail(self._log)}"
                )
            if monotonic() > deadline:
                await self._finish(process, signal.SIGKILL)
                raise StackFailed(f"{self.program.name} が応答しません。\n{_tail(self._log)}")
            await asyncio.sleep(0.03)

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while self._process is not None:
            began = monotonic()
            code = await self._process.wait()
            pause = _FIRST_PAUSE if monotonic() - began > _STEADY else pause
            self._say(
                f"{self.program.name} が終了しました（{code}）。{pause:g} 秒後に再起動します。"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            self.restarts += 1
            with suppress(StackFailed):
                await self._launch()

    async def _end(self, how: signal.Signals) -> None:
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        if self._process:
            await self._finish(self._process, how)
            self._process = None

    async def _finish(self, process: asyncio.subprocess.Process, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), self.program.seconds_to_stop)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def spawn(
    program: Program, log: BinaryIO | int, seat: int = -1
) -> asyncio.subprocess.Process:
    """Start a program on the leash, its output going to ``log``, in a session of its own.

    ``seat`` is a descriptor it keeps open.  The session is its own so that Ctrl-C reaches the
    supervisor alone, which then stops its children in order.
    """
    leash = [sys.executable, "-I", "-S", str(_LEASH)]
    bound = [str(os.getpid()), program.last_signal.name, program.user]
    return await asyncio.create_subprocess_exec(
        *leash,
        *bound,
        *program.command,
        cwd=HOME,
        env={**_inherited(), **program.environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=[seat] if seat >= 0 else [],
        start_new_session=True,
    )


async def run(program: Program, log: Path) -> None:
    """Run a program to its end; raises ``StackFailed`` if that end is not a good one."""
    with _opened(log) as file:
        process = await spawn(program, file)
        try:
            code = await asyncio.wait_for(process.wait(), program.seconds_to_start)
        except TimeoutError:
            process.kill()
            code = await process.wait()
    if code:
        raise StackFailed(f"{program.name} が失敗しました（{code}）。\n{_tail(log)}")


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()[-5:]
    return "\n".join([*lines, f"記録: {log}"])


def _inherited() -> dict[str, str]:
    """Our environment without settings meant for some other installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JUKI_")}


def _opened(log: Path) -> BinaryIO:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_KEPT:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")
