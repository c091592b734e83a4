"""The demo: started afresh, births, moves and a day of the town hall played live, stopped."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from itertools import groupby
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from local import DIRECTORY
from local.scenario.caller import Missed
from local.scenario.desk_to_try import leave_a_desk
from local.scenario.performance import perform
from local.scenario.scenes import CHAPTERS
from local.seat import Seat
from local.stack import LocalStack
from local.supervisor import StackFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.progress import TaskID

    from local.scenario.performance import Outcome, Performance
    from local.scenario.scene import Scene


# The pauses between attempts, against those of an office: nobody wants to watch them in full.
_PATIENCE = 0.25


async def play(
    directory: Path = DIRECTORY / "demo", desk: Path = DIRECTORY, *, usual_ports: bool = True
) -> int:
    """Play it; 0 if everything came out as expected, else 1.

    What an earlier demo left in ``directory`` is removed; of this one everything stays, to look at.
    In ``desk``, unless an office is there already, cases are left for people to try the desk on.
    """
    began = monotonic()
    console = Console(width=None if sys.stdout.isatty() else _PAPER)
    programme = _Programme(console)
    performed = await _play(directory, programme, usual_ports=usual_ports)
    console.print(compared_table(performed), closing_table(performed))
    right, scenes = performed.right, len(performed.outcomes)
    console.print(
        f"{right} / {scenes} 場面が予定どおり（{monotonic() - began:.0f} 秒）。"
        f" {right} of {scenes} scenes as expected.\n記録 Logs: {directory / 'log'}",
        soft_wrap=True,
    )
    left = await _leave_a_desk(desk, programme, usual_ports=usual_ports)
    return 0 if left and right == scenes else 1


def local_stack(directory: Path, **options: Any) -> LocalStack:
    """The stack it is played on: pauses between attempts are shortened to a quarter."""
    return LocalStack(directory, settings={"JUKI_PATIENCE_SCALE": str(_PATIENCE)}, **options)


def closing_table(performed: Performance) -> Table:
    """Every scene: expected, seen, right or wrong."""
    table = Table(title=_TITLE, title_style="bold", show_lines=True)
    for heading in ("", "場面 Scene", "予定 Expected", "実際 Seen", "", "秒"):
        table.add_column(heading, overflow="fold")
    for scene, seen, right, seconds in performed.outcomes:
        if scene.number in CHAPTERS:
            table.add_row("", f"[bold]{CHAPTERS[scene.number]}[/bold]")
        title = f"{_closed_up(scene.title)}\n[dim]{scene.english}[/dim]"
        number, took = str(scene.number), f"{seconds:.1f}"
        came = _closed_up(scene.expected), escape(_closed_up(seen)), _mark(right=right)
        table.add_row(number, title, *came, took)
    return table


def compared_table(performed: Performance) -> Table:
    """Whoever was born, moved or changed, by town and 宛名番号, in four systems side by side."""
    table = Table(title="突合 Reconciliation", title_style="bold")
    for heading in ("市区町村", "宛名番号", "住民票", "J-LIS", "統合宛名", "中間サーバー"):
        table.add_column(heading, overflow="fold")
    for town, rows in groupby(performed.comparison, key=lambda row: row[0]):
        for place, row in enumerate(rows):
            table.add_row("" if place else town, *row[1:])
        table.add_section()
    return table


_PAPER = 110
_INVITATION = (
    "make up で、職員の机を試せます: http://127.0.0.1:8000/console/\n"
    "`make up` opens a desk to try: cases done, cases waiting, an incident of each kind."
)
_TITLE = "出生、転出入、町役場の一日 Births, moves, a day of the town hall"
_SPACE_BESIDE_JAPANESE = re.compile(
    r"(?<=[^\x00-\x7f→×]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z]) (?=[^\x00-\x7f→×])"
)


async def _play(directory: Path, programme: _Programme, *, usual_ports: bool) -> Performance:
    with programme.live:
        programme.say("本物の部品を起動しています", "starting everything")
        await _clear(directory)
        async with local_stack(directory, usual_ports=usual_ports, say=programme.note) as stack:
            programme.note(f"再試行の間隔は本来の {_PATIENCE} 倍にしてあります。")
            programme.say("二つの市区町村を開き、住民を取り込んでいます", "opening two towns")
            performed = await perform(stack, programme.begins, programme.ended)
            programme.say("すべて停止しています", "stopping everything")
        return performed


async def _leave_a_desk(directory: Path, programme: _Programme, *, usual_ports: bool) -> bool:
    """Fill an office for `make up`; `False` where that went wrong, which leaves none."""
    if (directory / "postgres").exists():
        programme.note(
            "make up の事務所には手を触れていません。The office of `make up` was left alone."
        )
        return True
    try:
        with programme.live:
            programme.say("試すための机を用意しています", "preparing a desk to try")
            async with LocalStack(directory, usual_ports=usual_ports, say=programme.note) as stack:
                await leave_a_desk(stack)
    except (Missed, StackFailed) as failure:
        programme.note(f"机を用意できませんでした: {failure}. No desk was prepared.")
        await asyncio.to_thread(_empty, directory, besides=("seat", "demo"))
        return False
    programme.note(_INVITATION)
    return True


def _closed_up(text: str) -> str:
    """Without the spaces beside Japanese, at which lines would be broken as nobody writes them."""
    return _SPACE_BESIDE_JAPANESE.sub("", text)


def _mark(*, right: bool) -> str:
    return "[green]✓[/green]" if right else "[bold red]✗[/bold red]"


class _Programme:
    """What people see while they wait: a line for each scene, with a spinner while it plays."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = SpinnerColumn(finished_text=" "), TextColumn("{task.description}")
        self._lines = Progress(*columns, TimeElapsedColumn(), console=console)
        self.live = Live(self._lines, console=console, transient=True)
        self._stage = self._lines.add_task("")
        self._playing: dict[int, TaskID] = {}

    def say(self, ja: str, en: str) -> None:
        """What goes on besides the scenes."""
        self._tell(f"{ja} …  [dim]{en}[/dim]")
        self._lines.update(self._stage, description=f"{ja} …  [dim]{en}[/dim]")

    def note(self, sentence: str) -> None:
        """A remark of the stack's."""
        self._console.print(f"[dim]{sentence}[/dim]")

    def begins(self, scenes: Sequence[Scene]) -> None:
        """An act begins."""
        self._lines.update(self._stage, visible=False)
        for scene in scenes:
            if scene.number in CHAPTERS:
                self._console.print(f"[bold]{CHAPTERS[scene.number]}[/bold]")
            line = f"{scene.number:>2} {scene.title}  [dim]{scene.english}[/dim]"
            self._playing[scene.number] = self._lines.add_task(line)

    def ended(self, outcome: Outcome) -> None:
        """A scene has ended: its line stays, the spinner goes."""
        scene = outcome.scene
        self._lines.remove_task(self._playing.pop(scene.number))
        seen = f"[dim]{outcome.seconds:.1f} 秒[/dim]" if outcome.right else escape(outcome.seen)
        self._console.print(f"{_mark(right=outcome.right)} {scene.number:>2} {scene.title}  {seen}")
        self._lines.update(self._stage, visible=not self._playing)

    def _tell(self, line: str) -> None:
        # Without a terminal there is no spinner: the line itself must do.
        if not self._console.is_terminal:
            self._console.print(line)


async def _clear(directory: Path) -> None:
    """Remove an earlier demo; raises ``StackFailed`` while one is being played here."""
    seat = Seat(directory)
    await seat.take()
    try:
        await asyncio.to_thread(_empty, directory)
    finally:
        seat.leave()


def _empty(directory: Path, besides: Sequence[str] = ("seat",)) -> None:
    for left in directory.iterdir():
        if left.name in besides:
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
