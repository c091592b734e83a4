from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import asyncpg
import pytest

from local.ports import any_free
from local.postgres import Postgres, fitting_user
from local.stack import LocalStack
from local.supervisor import Child, Program, run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


class Cluster:
    """A PostgreSQL in a directory, opened and closed as a supervisor does."""

    def __init__(self, directory: Path, user: str | None = None) -> None:
        self.directory = directory
        self.postgres = Postgres(directory, port=any_free(), user=user)
        self.child: Child | None = None

    async def open(self) -> None:
        program = await self.postgres.prepare()
        self.child = Child(program, self.directory / "log", lambda _: None)
        await self.child.start()
        await self.postgres.furnish()

    async def close(self) -> None:
        if self.child:
            await self.child.stop()

    async def ask(self, statement: str, role: str = "juki_owner") -> object:
        connection = await asyncpg.connect(self.postgres.url(role))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncGenerator[Cluster]:
    cluster = Cluster(tmp_path / "住基 の データ")
    await cluster.open()
    yield cluster
    await cluster.close()


async def test_rows_outlive_a_stop_and_a_kill(cluster: Cluster) -> None:
    """Committed is committed, stopped or killed; red when the cluster is made anew each time."""
    await cluster.ask("CREATE TABLE kept AS SELECT 1 AS row")
    await cluster.close()
    await cluster.open()
    await cluster.ask("INSERT INTO kept VALUES (2)")
    assert cluster.child
    await cluster.child.kill()

    await cluster.open()

    assert await cluster.ask("SELECT count(*) FROM kept") == 2


async def test_a_lock_file_naming_a_stranger_does_not_stop_the_start(cluster: Cluster) -> None:
    """After a crash the process id in postmaster.pid may be anybody's, here our own."""
    assert cluster.child
    await cluster.child.kill()
    note = cluster.directory / "postgres" / "postmaster.pid"
    rest = note.read_text("utf-8").split("\n", 1)[1]
    note.write_text(f"{os.getpid()}\n{rest}", "utf-8")

    await cluster.open()

    assert await cluster.ask("SELECT 1") == 1


async def test_no_role_of_ours_is_a_superuser_or_passes_row_level_security(
    cluster: Cluster,
) -> None:
    """Law 8 and section 6 stand on grants and policies, which a superuser never meets."""
    above = "SELECT count(*) FROM pg_roles WHERE rolname ~ '^(juki|outside)' AND {}"

    assert await cluster.ask(above.format("rolcanlogin")) == 5
    assert await cluster.ask(above.format("(rolsuper OR rolbypassrls)")) == 0


async def test_a_refused_row_leaves_no_value_in_the_servers_log(cluster: Cluster) -> None:
    """FAULTS 3.5: DETAIL and STATEMENT hold the very values; red without DISCREET."""
    await cluster.ask("CREATE TABLE one (name text PRIMARY KEY)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await cluster.ask("INSERT INTO one VALUES ('住基太郎'), ('住基太郎')")

    log = (cluster.directory / "log" / "postgres.log").read_text("utf-8")
    assert "duplicate key" in log
    assert "住基太郎" not in log


async def test_japanese_is_cut_into_trigrams(cluster: Cluster) -> None:
    """With LC_CTYPE C they would all be lost; the cluster's locale must know letters."""
    await cluster.ask("CREATE EXTENSION pg_trgm", role="postgres")
    assert await cluster.ask("SELECT cardinality(show_trgm('山田太郎')) > 0") is True


async def test_passwords_are_for_their_owner_alone(cluster: Cluster) -> None:
    """Whoever reads the file is the register."""
    file = cluster.directory / "database-passwords.json"
    assert file.stat().st_mode & 0o777 == 0o600


async def test_root_without_a_user_namespace_steps_back_to_nobody(tmp_path: Path) -> None:
    """Where namespaces are refused, a copy that *nobody* may read serves; nothing here is opened.

    As an ordinary user there is nothing to step back from.
    """
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    cluster = Cluster(private, user="nobody" if os.getuid() == 0 else None)

    await cluster.open()

    assert await cluster.ask("SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700
    await cluster.close()
    shutil.rmtree(cluster.postgres.directory)


async def test_an_ordinary_user_runs_a_stack(tmp_path: Path) -> None:
    """Not everybody is root; inside a user namespace root is an ordinary user too."""
    ordinary = Program(
        name="ordinary",
        command=[sys.executable, "-m", "tests.local.ordinary_user", str(tmp_path / "stack")],
        user=await fitting_user(),
        seconds_to_start=60,
    )

    await run(ordinary, tmp_path / "log")


async def test_two_stacks_stand_side_by_side(tmp_path: Path) -> None:
    """Two checkouts with the same usual ports: the second takes others and says so."""
    said: list[str] = []
    first = LocalStack(tmp_path / "一", processes=("postgres",), say=said.append)
    second = LocalStack(tmp_path / "二", processes=("postgres",), say=said.append)

    async with first, second:
        assert first.database_url("juki_app") != second.database_url("juki_app")
        for stack in (first, second):
            connection = await asyncpg.connect(stack.database_url("juki_app"))
            await connection.close()

    assert any(line.startswith("postgres: ポート") for line in said)
