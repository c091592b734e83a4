"""``jukiflow up``, ``down``, ``demo`` and ``migrate``: the stack of this checkout."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from local import DIRECTORY

if TYPE_CHECKING:
    from local.stack import LocalStack


_Directory = Annotated[Path, typer.Option(help="データの置き場所")]


def up(directory: _Directory = DIRECTORY) -> None:
    """全体を起動し、Ctrl-C まで動かし続ける。入力した内容は .local に残る。"""
    asyncio.run(_stay(directory.resolve()))


def down(directory: _Directory = DIRECTORY) -> None:
    """別の端末で動いている全体を停止する。"""
    from local.seat import Seat

    stopped = asyncio.run(Seat(directory).dismiss())
    typer.echo("停止しました。" if stopped else "動いていません。")


def demo() -> None:
    """出生付番の全場面を、本物の部品の上で 3 分以内に演じる。"""
    from local.demo import play

    raise typer.Exit(asyncio.run(play()))


def migrate() -> None:
    """データベースを最新の形にする。何度実行しても、同時に実行しても安全。"""
    from register.migrate import migrate as bring_up_to_date
    from runtime.settings import MigrationSettings

    url = MigrationSettings.from_environment().migration_database_url.get_secret_value()
    applied = asyncio.run(bring_up_to_date(url))
    typer.echo("\n".join(applied) or "最新です。")


def adopt_local_stack() -> None:
    """Without any setting of their own, commands work on the stack of this checkout."""
    note = DIRECTORY / "operator.json"
    if note.exists() and not any(name.startswith("JUKI_") for name in os.environ):
        os.environ.update(json.loads(note.read_text("utf-8")))


async def _stay(directory: Path) -> None:
    from local.stack import LocalStack

    _cancel_when_told()
    typer.echo("起動しています …")
    try:
        async with LocalStack(directory, say=typer.echo) as stack:
            typer.echo(_addresses(stack))
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        typer.echo("停止しました。")


def _cancel_when_told() -> None:
    """Turn the first Ctrl-C, SIGTERM or hang-up into an orderly end; later ones change nothing."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def once() -> None:
        if task and not task.cancelling():
            task.cancel()

    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(told, once)


def _addresses(stack: LocalStack) -> str:
    tokens = "\n".join(f"  {who:<18}{token}" for who, token in stack.tokens.items())
    return (
        f"\nAPI          {stack.url('api')}/docs"
        f"\nTemporal UI  {stack.url('temporal-ui')}"
        f"\n外部系の模擬 {stack.url('simulators')}"
        f"\n記録         {stack.directory / 'log'}"
        f"\n\n手元用のトークン（{stack.directory / 'tokens.json'}）\n{tokens}"
        "\n\nCtrl-C で停止します。"
    )
