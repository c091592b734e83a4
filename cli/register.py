"""``jukiflow municipality add|list|set`` and ``jukiflow import``: towns, and the people in them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path  # noqa: TC003 - typer reads it from the signature
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from domain.numbers import MunicipalityCode
    from domain.opening_hours import OpeningCalendar
    from domain.people_file import PeopleFile
    from domain.people_flaws import Flaw
    from register.municipalities import Municipality
    from register.people import Imported
    from register.transactions import Tx

T = TypeVar("T")

SHOWN = 100
"""How many flaws of a file are listed; all are counted."""
_SECONDS_FOR_A_STATEMENT = 600

municipality = typer.Typer(help="市区町村の登録と設定。", no_args_is_help=True)

Code = Annotated[
    str, typer.Argument(metavar="CODE", help="全国地方公共団体コード（検査数字を含む6桁）。")
]


@municipality.command("add")
def add(
    code: Code,
    name: Annotated[str, typer.Option(help="市区町村の名称。")],
    opening: Annotated[
        str,
        typer.Option(
            help="開庁時間。8:30-17:15 のように書けば平日、always で常時。祝日と年末年始は閉庁。"
        ),
    ] = "8:30-17:15",
    low_water: Annotated[
        int, typer.Option(min=0, help="未使用の住民票コードがこれを下回ると補充を求める。")
    ] = 100,
    target_stock: Annotated[int, typer.Option(min=1, help="補充の目標数。")] = 1000,
) -> None:
    """市区町村を登録する。登録済みなら何も変えず、終了コード1で知らせる。

    例: jukiflow municipality add 131016 --name 千代田区 --low-water 100 --target-stock 1000
    """
    from register import municipalities

    if target_stock <= low_water:
        raise typer.BadParameter(_SENTENCES["STOCK_LEVELS"])
    opened = municipalities.Municipality(
        code=_code(code),
        name=name,
        opening=_opening(opening),
        low_water=low_water,
        target_stock=target_stock,
    )
    _run(_as_owner(lambda owner: municipalities.add(owner, opened)))
    typer.echo(f"{code} {name} を登録しました。")


@municipality.command("list")
def show() -> None:
    """登録済みの市区町村と設定を一覧する。"""
    from register import municipalities

    for one in _run(_as_owner(municipalities.every)):
        typer.echo(_line(one))


@municipality.command("set")
def settle(
    code: Code,
    parameters: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="変える項目と値。")
    ],
) -> None:
    """市区町村の設定項目を変える。書かなかった項目はそのまま。

    例: jukiflow municipality set 131016 second_person_for_by_hand=true
    """
    from register import municipalities

    settled: dict[str, object] = dict(map(_parameter, parameters))
    _run(_as_owner(lambda owner: municipalities.set_parameters(owner, _code(code), settled)))
    typer.echo(f"{code} の設定を変えました。")


def import_people(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, help="CSV、UTF-8。")
    ],
    municipality: Annotated[str, typer.Option(help="全国地方公共団体コード（6桁）。")],
) -> None:
    """住民をCSVから取り込む。全件を取り込むか、誤りを全て示して一件も取り込まない。

    項目名と書式は docs/import.md を参照。同じファイルを再び取り込んでも何も変わらない。
    """
    from domain.people_file import read_people

    read = read_people(file.read_bytes())
    for column in read.ignored:
        typer.echo(f"項目を読み飛ばしました。Column not read: {column}", err=True)
    done = _run(_import(_code(municipality), read)) if not read.flaws else None
    flaws = read.flaws if done is None else done.flaws
    if flaws:
        _report(flaws)
        raise typer.Exit(1)
    if done:
        _tell(done)


async def _import(code: MunicipalityCode, read: PeopleFile) -> Imported:
    from domain.acting import Acting
    from register.people import import_people as enter
    from register.transactions import Transactions
    from register.vault import Vault
    from runtime.database import pool
    from runtime.keyring import load
    from runtime.settings import OperatorSettings

    settings = OperatorSettings.from_environment()
    vault = Vault(load(settings.keyring_path))
    acting = Acting(municipality=code, actor="cli:import", purpose="データ移行")
    url = settings.database_url.get_secret_value()
    async with (
        pool(url, application="import", largest=1, patience=_SECONDS_FOR_A_STATEMENT) as people,
        Transactions(people).open(acting) as tx,
    ):
        return await enter(tx, acting, read.people, vault, _progress(len(read.people)))


def _progress(total: int) -> Callable[[int], None]:
    begun = time.monotonic()

    def tell(written: int) -> None:
        seconds = time.monotonic() - begun
        typer.echo(f"  {written:,} / {total:,} 人（{seconds:.0f} 秒）", err=True)

    return tell


def _report(flaws: Sequence[Flaw]) -> None:
    for flaw in flaws[:SHOWN]:
        typer.echo(str(flaw), err=True)
    if len(flaws) > SHOWN:
        typer.echo(f"… ほか {len(flaws) - SHOWN} 件 and {len(flaws) - SHOWN} more", err=True)
    typer.echo(
        f"誤りが {len(flaws)} 件あります。一件も取り込んでいません。"
        f" {len(flaws)} flaws; nothing was imported.",
        err=True,
    )


def _tell(done: Imported) -> None:
    if not done.residents:
        typer.echo(f"{done.standing:,} 人とも登録済みで、することはありません。Nothing to do.")
        return
    typer.echo(
        f"{done.households:,} 世帯 {done.residents:,} 人を取り込みました。"
        f" Imported {done.residents:,} people in {done.households:,} households."
    )


async def _as_owner(act: Callable[[Tx], Coroutine[Any, Any, T]]) -> T:
    from runtime.database import pool
    from runtime.settings import MigrationSettings

    url = MigrationSettings.from_environment().migration_database_url.get_secret_value()
    async with (
        pool(url, application="municipality", largest=1) as owners,
        owners.acquire() as owner,
        owner.transaction(),
    ):
        return await act(owner)


def _run(act: Coroutine[Any, Any, T]) -> T:
    from domain.errors import OfficeError

    try:
        return asyncio.run(act)
    except OfficeError as failure:
        typer.echo(_SENTENCES.get(failure.code, f"できませんでした（{failure.code}）。"), err=True)
        raise typer.Exit(1) from None


_SENTENCES = {
    "MUNICIPALITY_EXISTS": "登録済みです。何も変えていません。The municipality exists already.",
    "MUNICIPALITY_UNKNOWN": "登録されていません。There is no such municipality.",
    "STOCK_LEVELS": "補充の目標数は下限より大きくしてください。Target stock must exceed low water.",
    "PARAMETER_UNKNOWN": "そのような設定項目はありません。There is no such parameter.",
    "PARAMETER_VALUE": "設定の値が正しくありません。The value does not fit the parameter.",
}


def _code(text: str) -> MunicipalityCode:
    from domain.numbers import MunicipalityCode, WrongNumber

    try:
        return MunicipalityCode(text)
    except WrongNumber as wrong:
        raise typer.BadParameter(
            f"全国地方公共団体コードではありません（{wrong.code}）。Not a municipality code."
        ) from None


def _opening(text: str) -> OpeningCalendar:
    from datetime import time

    from domain.opening_hours import Hours, OpeningCalendar

    if text == "always":
        return OpeningCalendar(always_open=True)
    try:
        opens, closes = (time.fromisoformat(end.zfill(5)) for end in text.split("-"))
        return OpeningCalendar(weekly=dict.fromkeys(range(5), Hours(opens=opens, closes=closes)))
    except ValueError:
        raise typer.BadParameter(
            "8:30-17:15 又は always と書いてください。Write 8:30-17:15 or always."
        ) from None


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter("NAME=VALUE と書いてください。Write NAME=VALUE.")
    return name, value


def _line(one: Municipality) -> str:
    settled = " ".join(f"{name}={value}" for name, value in one.parameters)
    return (
        f"{one.code} {one.name}  {_hours(one.opening)}"
        f"  住民票コード 下限 {one.low_water} 目標 {one.target_stock}  {settled}"
    )


def _hours(opening: OpeningCalendar) -> str:
    if opening.always_open:
        return "常時"
    monday = opening.weekly.get(0)
    return f"{monday.opens:%H:%M}-{monday.closes:%H:%M}" if monday else "月曜休"
