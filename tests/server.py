"""PostgreSQL and Temporal of one test run: started once, a database and a namespace per worker.

The process that owns the run (the controller under pytest-xdist) starts them and tells its workers
where they are.  Nothing is reset between tests: each works in a municipality of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import asyncpg

from local.postgres import ADMINISTRATOR, OUTSIDE, OWNER, REGISTER, ROLES, ensure_database
from local.stack import LocalStack

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence


class Place(TypedDict):
    """Where one test worker finds its parts; plain values, because it crosses processes."""

    database_urls: dict[str, str]
    outside_url: str
    temporal_address: str
    temporal_database: str
    namespace: str
    keyring: str
    directory: str


class Server:
    """The two servers, run by an event loop in a thread of its own."""

    def __init__(self, namespaces: Sequence[str]) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="jukiflow-tests-"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = LocalStack(
            self._directory,
            processes=("postgres", "temporal"),
            namespaces=namespaces,
            usual_ports=False,
            # A test survives the death of a process, not of the machine.
            database_settings={"fsync": "off", "max_connections": "600"},
        )

    def start(self) -> None:
        """Start both and migrate the register that every worker's own is copied from."""
        self._thread.start()
        self._await(self._stack.__aenter__())
        self._await(self._stack.command("migrate"))

    def stop(self) -> None:
        """Stop both and leave nothing behind."""
        self._await(self._stack.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def place(self, worker: str) -> Place:
        """Make what ``worker`` needs and say where it is."""
        register, outside = f"{REGISTER}_{worker}", f"{OUTSIDE}_{worker}"
        self._await(self._copy(register, outside))
        url = self._stack.database_url
        return {
            "database_urls": {role: url(role, register) for role in (ADMINISTRATOR, *ROLES)},
            "outside_url": url(OUTSIDE, outside),
            "temporal_address": self._stack.temporal_address,
            "temporal_database": str(self._stack.temporal_database),
            "namespace": worker,
            "keyring": str(self._stack.keyring),
            "directory": str(self._directory),
        }

    async def _copy(self, register: str, outside: str) -> None:
        administrator = await asyncpg.connect(self._stack.database_url(ADMINISTRATOR, "postgres"))
        try:
            await ensure_database(administrator, register, OWNER, template=REGISTER)
            await ensure_database(administrator, outside, OUTSIDE, template=OUTSIDE)
        finally:
            await administrator.close()

    def _await(self, work: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)
