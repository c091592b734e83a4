from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

import psutil

from local import HOME

if TYPE_CHECKING:
    from pathlib import Path

_STANDING = "Ctrl-C で停止します。"


class Terminal:
    """`jukiflow up`, as somebody at a terminal sees it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def up(self) -> str:
        """Start it and return everything said until it stands."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "up", "--directory", str(self._directory)),
            cwd=HOME,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert self.process.stdout
        said: list[str] = []
        while _STANDING not in (said[-1:] or [""])[0]:
            line = await self.process.stdout.readline()
            assert line, "".join(said)
            said.append(line.decode())
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        return "".join(said)

    async def end(self) -> str:
        """What it says until it is gone."""
        assert self.process.stdout
        said = (await self.process.stdout.read()).decode()
        await self.process.wait()
        return said


async def test_ctrl_c_stops_every_child_and_the_data_survive(tmp_path: Path) -> None:
    """One command up, one key down, nothing left running; the next start needs no repair."""
    terminal = Terminal(tmp_path)
    said = await terminal.up()
    assert all(word in said for word in ("/docs", "Temporal UI", "131016/counter", "012025/chief"))

    terminal.process.send_signal(signal.SIGINT)

    assert await terminal.end() == "停止しました。\n"
    assert terminal.process.returncode == 0
    assert not psutil.wait_procs(terminal.children, timeout=5)[1]


async def test_up_recovers_after_everything_was_killed(tmp_path: Path) -> None:
    """Kill -9 of all processes at once, then the same command again."""
    terminal = Terminal(tmp_path)
    await terminal.up()
    for process in (*terminal.children, psutil.Process(terminal.process.pid)):
        os.kill(process.pid, signal.SIGKILL)
    await terminal.end()

    await terminal.up()

    terminal.process.send_signal(signal.SIGTERM)
    assert await terminal.end() == "停止しました。\n"
