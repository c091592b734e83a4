from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import asyncpg
import psutil
import pytest

from local import HOME
from local.seat import Seat
from local.stack import LocalStack
from local.supervisor import StackFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

_SMALL = ("postgres",)
_HOLDER = """
import asyncio, sys
from pathlib import Path
from local.stack import LocalStack

async def main():
    async with LocalStack(Path(sys.argv[1]), processes=("postgres", "temporal"), usual_ports=False):
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def another_process(directory: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A stack held by a process of its own, standing when the block begins."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HOLDER, str(directory)), cwd=HOME, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"up\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _of(directory: Path) -> list[psutil.Process]:
    """Every process that was started on ``directory``."""
    return [process for process in psutil.process_iter() if str(directory) in _command(process)]


def _command(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


async def test_a_second_stack_in_one_directory_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """Two supervisors on one data directory would fight over it."""
    async with another_process(tmp_path) as holder:
        with pytest.raises(StackFailed, match=f"プロセス {holder.pid}"):
            await LocalStack(tmp_path, processes=_SMALL).__aenter__()


async def test_children_go_when_their_supervisor_is_killed_and_the_next_one_takes_over(
    tmp_path: Path,
) -> None:
    """Nothing is orphaned by SIGKILL, and nobody has to clean up by hand; red without the leash."""
    async with another_process(tmp_path) as holder:
        assert len(_of(tmp_path)) >= 3
        os.kill(holder.pid, signal.SIGKILL)
        await holder.wait()

        async with LocalStack(tmp_path, processes=_SMALL, usual_ports=False) as stack:
            connection = await asyncpg.connect(stack.database_url("juki_owner"))
            await connection.close()

    assert _of(tmp_path) == []


async def test_everything_recovers_when_all_processes_are_killed(tmp_path: Path) -> None:
    """A power cut, as far as a process can tell."""
    async with another_process(tmp_path):
        for process in _of(tmp_path):
            process.kill()

    async with LocalStack(tmp_path, processes=("postgres", "temporal"), usual_ports=False):
        pass


async def test_down_stops_a_stack_running_elsewhere(tmp_path: Path) -> None:
    """And says so when there is none."""
    assert not await Seat(tmp_path).dismiss()

    async with another_process(tmp_path) as holder:
        assert await Seat(tmp_path).dismiss()
        await holder.wait()

    assert _of(tmp_path) == []


async def test_a_crashed_child_is_started_again_and_a_killed_one_is_not(tmp_path: Path) -> None:
    """A crash is repaired at once; whoever kills through the stack means it."""
    said: list[str] = []
    stack = LocalStack(tmp_path, processes=_SMALL, usual_ports=False, say=said.append)
    async with stack:
        crashed = stack.pid("postgres")
        assert crashed
        os.kill(crashed, signal.SIGKILL)
        while stack.pid("postgres") in {crashed, None}:  # noqa: ASYNC110 - a process, not an event
            await asyncio.sleep(0.05)
        assert any("再起動" in line for line in said)

        await stack.kill("postgres")
        assert stack.pid("postgres") is None
        await stack.start("postgres")
        assert stack.pid("postgres")


async def test_temporal_forgets_everything_when_its_database_is_deleted(tmp_path: Path) -> None:
    """The loss that `jukiflow resume` repairs can be brought about, and the server stands again."""
    async with LocalStack(tmp_path, processes=("temporal",), usual_ports=False) as stack:
        await stack.stop("temporal")
        stack.forget_temporal()
        assert not stack.temporal_database.exists()

        await stack.start("temporal")

        assert stack.temporal_database.exists()


async def test_secrets_of_a_stack_are_for_its_owner_alone(tmp_path: Path) -> None:
    """Tokens, keys and the note for other terminals."""
    async with LocalStack(tmp_path, processes=_SMALL, usual_ports=False):
        for name in ("tokens.json", "keyring.json", "operator.json", "database-passwords.json"):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0, name
