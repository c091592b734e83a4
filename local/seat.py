"""One stack per data directory: whoever holds the seat runs it, and their children hold it too."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import psutil

from local.supervisor import StackFailed

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS_FOR_ORPHANS = 40.0
_SECONDS_TO_STOP = 90.0


class Seat:
    """A lock file with the holder's process id in it.

    Its descriptor is handed to every child: after the holder was killed the seat stays taken until
    the last child is gone, so nobody starts on top of processes that are still leaving.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "seat"
        self._descriptor = -1

    @property
    def descriptor(self) -> int:
        """What children inherit."""
        return self._descriptor

    async def take(self) -> None:
        """Take the seat; raises ``StackFailed`` while another stack works in this directory."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = monotonic() + _SECONDS_FOR_ORPHANS
        while not _locked(descriptor):
            holder = self._holder()
            if _runs(holder) or monotonic() > deadline:
                os.close(descriptor)
                raise StackFailed(
                    f"この作業ディレクトリではすでに動いています（プロセス {holder}）。"
                    "止めるには make down を実行してください。"
                )
            await asyncio.sleep(0.1)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def leave(self) -> None:
        """Give the seat free; the children are gone by now."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    async def dismiss(self) -> bool:
        """Ask whoever holds the seat to stop and wait for it; false if nobody does."""
        if not self._file.exists():
            return False
        descriptor = os.open(self._file, os.O_RDWR)
        try:
            if _locked(descriptor):
                return False
            with suppress(ProcessLookupError):
                os.kill(self._holder(), signal.SIGTERM)
            await _until_locked(descriptor)
            return True
        finally:
            os.close(descriptor)

    def _holder(self) -> int:
        return int(self._file.read_text("ascii") or 0)


async def _until_locked(descriptor: int) -> None:
    deadline = monotonic() + _SECONDS_TO_STOP
    while not _locked(descriptor):
        if monotonic() > deadline:
            raise StackFailed("停止に時間がかかっています。記録は .local/log にあります。")
        await asyncio.sleep(0.1)


def _locked(descriptor: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _runs(pid: int) -> bool:
    with suppress(psutil.Error, ValueError):
        return pid > 0 and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False
