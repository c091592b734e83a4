"""``jukiflow verify``: whether the register is still as it was written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from register.verification import Verification

_SECONDS_FOR_A_CHECK = 3600


def verify(
    municipality: Annotated[
        list[str] | None,
        typer.Option(help="全国地方公共団体コード。繰り返せる。省けば全市区町村。"),
    ] = None,
) -> None:
    """全ての記録の封印と、現在の表が記録と合うことを確かめる。違いがあれば終了コード1。

    最後の封印（番号:ハッシュ）をデータベースの外に控えておけば、連鎖全体の作り直しも後で分かる。
    """
    verified = asyncio.run(_verify(municipality or []))
    for one in verified:
        _show(one)
    if not all(one.sound for one in verified):
        typer.echo("違いがあります。Differences were found.", err=True)
        raise typer.Exit(1)
    typer.echo("違いはありません。No differences.")


async def _verify(towns: Sequence[str]) -> list[Verification]:
    from domain.acting import Acting
    from register.transactions import Transactions
    from register.verification import verify as look
    from runtime.database import pool
    from runtime.settings import RegisterSettings

    url = RegisterSettings.from_environment().database_url.get_secret_value()
    async with pool(
        url, application="verify", largest=1, patience=_SECONDS_FOR_A_CHECK
    ) as connections:
        rows = await connections.fetch("SELECT served_municipalities() AS code")
        served = [row["code"] for row in rows]
        if unknown := set(towns) - set(served):
            raise typer.BadParameter(f"登録されていません。Not served here: {min(unknown)}")
        transactions = Transactions(connections)
        return [
            await look(transactions, Acting(municipality=town, actor="cli:verify", purpose="検証"))
            for town in towns or served
        ]


def _show(verified: Verification) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "検査 Check",
        "内容",
        "件数 Examined",
        "未封印 Unsealed",
        "相違 Differences",
        title=f"{verified.municipality}",
        caption=f"最後の封印 Last seal: {verified.head or 'なし none'}",
    )
    for check in verified.checks:
        wrong = sum(finding.times for finding in check.findings)
        counts = (check.examined, check.unsealed, wrong)
        table.add_row(check.name, check.title, *(f"{count:,}" for count in counts))
    Console(width=110).print(table)
    _list(verified)


def _list(verified: Verification) -> None:
    for check in verified.checks:
        for problem, times, places in check.findings:
            named = ", ".join(places)
            more = f" … (+{times - len(places):,})" if times > len(places) else ""
            typer.echo(f"  {check.name}: {problem.label} {problem} × {times:,}: {named}{more}")
