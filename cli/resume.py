"""``jukiflow resume``: after a loss, every open case the engine does not run is started again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import typer

if TYPE_CHECKING:
    from temporalio.client import Client

    from register.outbox import Due
    from relay.engine import Engine

_AT_ONCE = 20
_SECONDS_TO_CONNECT = 30


def resume() -> None:
    """開いている案件を全てTemporalと一度照合し、動いていないものを始め直す。

    何度実行しても、動いている間に実行しても安全。始め直した案件は台帳を読み、済んだ処理を繰り返さない。
    """
    done = asyncio.run(_resume())
    typer.echo(
        f"開いている案件 {done.open:,} 件、動いている {done.running:,} 件、"
        f"始め直した {done.started:,} 件。"
        f" Open {done.open:,}, running {done.running:,}, started {done.started:,}."
    )


class Resumed(NamedTuple):
    """What one comparison found and did; cases that ended meanwhile are neither."""

    open: int
    running: int
    started: int


async def _resume() -> Resumed:
    from register import outbox
    from relay.engine import Engine
    from runtime import database, temporal
    from runtime.settings import ResumeSettings

    settings = ResumeSettings.from_environment()
    url = settings.relay_database_url.get_secret_value()
    try:
        async with asyncio.timeout(_SECONDS_TO_CONNECT):
            client = await temporal.connect(settings, identity="jukiflow-resume", lazy=False)
    except TimeoutError:
        typer.echo("Temporalに接続できません。Temporal does not answer.", err=True)
        raise typer.Exit(1) from None
    async with database.pool(url, application="resume", largest=1) as pool:
        due = await outbox.open_cases(pool)
    return await _compare(client, Engine(client, settings.temporal_task_queue), due)


async def _compare(client: Client, engine: Engine, due: list[Due]) -> Resumed:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(case: Due) -> str:
        async with gate:
            standing = await _standing(client, case)
            if standing == "lost":
                await engine.start(case)
            return standing

    found = await asyncio.gather(*(one(case) for case in due))
    return Resumed(len(due), found.count("running"), found.count("lost"))


async def _standing(client: Client, due: Due) -> str:
    """``running``; ``ended`` if the case was completed since it was listed; else ``lost``."""
    from temporalio.client import WorkflowExecutionStatus
    from temporalio.service import RPCError, RPCStatusCode

    from domain.cases import workflow_id

    handle = client.get_workflow_handle(workflow_id(due.procedure, due.case.case_number))
    try:
        status = (await handle.describe()).status
    except RPCError as failure:
        if failure.status is not RPCStatusCode.NOT_FOUND:
            raise
        return "lost"
    if status is WorkflowExecutionStatus.RUNNING:
        return "running"
    return "ended" if status is WorkflowExecutionStatus.COMPLETED else "lost"
