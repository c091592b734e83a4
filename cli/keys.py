"""``jukiflow keys init|rotate``: the keyring, and bringing the register under new keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from register.transactions import Transactions
    from register.vault import Vault

keys = typer.Typer(help="鍵束の作成と鍵の交換。", no_args_is_help=True)


@keys.command("init")
def init() -> None:
    """鍵束のファイルを一度だけ作る。既にあれば何もせず、終了コード1で知らせる。"""
    from runtime.keyring import make_keyring
    from runtime.settings import VaultSettings

    path = VaultSettings.from_environment().keyring_path
    try:
        make_keyring(path)
    except FileExistsError:
        typer.echo("鍵束は既にあります。何も変えていません。The keyring exists already.", err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"鍵束を作りました: {path}\n"
        "失うと個人番号と電文は二度と読めません。データベースとは別の場所に控えてください。\n"
        "Without this file nothing in the vault can be read again: keep a copy, apart."
    )


@keys.command("rotate")
def rotate(
    *,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="新しい鍵は作らず、古い鍵のままの値だけを暗号化し直す。"),
    ] = False,
) -> None:
    """新しい鍵を作り、個人番号と電文の鍵を暗号化し直す。中断しても --resume で続けられる。

    検索用の鍵（lookup）は替えない。替えると、追記のみの記録にある照合値が使えなくなる。
    """
    from runtime.keyring import KeyUse
    from runtime.keyring import rotate as add_keys
    from runtime.settings import OperatorSettings

    if not resume:
        path = OperatorSettings.from_environment().keyring_path
        add_keys(path, (KeyUse.ENCRYPT, KeyUse.TELEGRAM))
    renewed = asyncio.run(_renew())
    typer.echo(f"{renewed:,} 件を新しい鍵に移しました。Moved {renewed:,} values to the new keys.")
    if resume:
        return
    typer.echo(
        "全ての api と worker を再起動し、jukiflow keys rotate --resume を一度実行してください。\n"
        "Restart every api and worker, then run it once more with --resume."
    )


async def _renew() -> int:
    from register.transactions import Transactions
    from register.vault import Vault
    from runtime.database import pool
    from runtime.keyring import load
    from runtime.settings import OperatorSettings

    settings = OperatorSettings.from_environment()
    vault = Vault(load(settings.keyring_path))
    url = settings.database_url.get_secret_value()
    async with pool(url, application="keys rotate", largest=1) as connections:
        towns = await connections.fetch("SELECT served_municipalities() AS code")
        transactions = Transactions(connections)
        return sum([await _renew_town(transactions, vault, town["code"]) for town in towns])


async def _renew_town(transactions: Transactions, vault: Vault, town: str) -> int:
    from domain.acting import Acting

    acting = Acting(municipality=town, actor="cli:keys", purpose="鍵の交換")
    total = 0
    while True:
        async with transactions.open(acting) as tx:
            renewed = await vault.rotate(tx, town)
        if not renewed:
            return total
        total += renewed
        typer.echo(f"  {town}: {total:,} 件", err=True)
