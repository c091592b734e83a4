"""The demo: everything started afresh, the scenario of a birth played live, everything stopped."""

from __future__ import annotations

import shutil
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from local import DIRECTORY
from local.scenario.performance import perform
from local.seat import Seat
from local.stack import LocalStack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.progress import TaskID

    from local.scenario.performance import Outcome
    from local.scenario.scenes import Scene


async def play(directory: Path = DIRECTORY / "demo", *, usual_ports: bool = True) -> int:
    """Play it; 0 if everything came out as expected, else 1.

    What an earlier demo left in ``directory`` is removed; of this one everything stays, to look at.
    """
    console = Console()
    began = monotonic()
    await _clear(directory)
    programme = _Programme(console)
    with programme.live:
        programme.say("本物の部品を起動しています", "starting everything")
        stack = LocalStack(directory, usual_ports=usual_ports, say=programme.note)
        async with stack:
            programme.say("市区町村を開き、住民を取り込みます", "opening the town")
            outcomes = await perform(stack, programme.begins, programme.ended)
            programme.say("すべて停止しています", "stopping everything")
        programme.done()
    console.print(closing_table(outcomes))
    right = sum(outcome.right for outcome in outcomes)
    console.print(
        f"{right} / {len(outcomes)} 場面が予定どおり（{monotonic() - began:.0f} 秒）。"
        f" {right} of {len(outcomes)} scenes as expected. 記録: {directory / 'log'}"
    )
    return 0 if right == len(outcomes) else 1


def closing_table(outcomes: Sequence[Outcome]) -> Table:
    """Every scene: expected, seen, right or wrong."""
    table = Table("", "場面 Scene", "予定 Expected", "実際 Seen", "", "秒", title="出生付番")
    for scene, seen, right, seconds in outcomes:
        title = f"{scene.title}\n[dim]{scene.english}[/dim]"
        mark = "[green]✓[/green]" if right else "[bold red]✗[/bold red]"
        table.add_row(str(scene.number), title, scene.expected, escape(seen), mark, f"{seconds:.1f}")
    return table


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
            line = f"{scene.number:>2} {scene.title}  [dim]{scene.english}[/dim]"
            self._playing[scene.number] = self._lines.add_task(line)

    def ended(self, outcome: Outcome) -> None:
        """A scene has ended: its line stays, the spinner goes."""
        scene = outcome.scene
        self._lines.remove_task(self._playing.pop(scene.number))
        mark = "[green]✓[/green]" if outcome.right else "[bold red]✗[/bold red]"
        seen = f"[dim]{outcome.seconds:.1f} 秒[/dim]" if outcome.right else escape(outcome.seen)
        self._console.print(f"{mark} {scene.number:>2} {scene.title}  {seen}")
        self._lines.update(self._stage, visible=not self._playing)

    def done(self) -> None:
        """Nothing goes on any more."""
        self._lines.remove_task(self._stage)

    def _tell(self, line: str) -> None:
        # Without a terminal there is no spinner: the line itself must do.
        if not self._console.is_terminal:
            self._console.print(line)


async def _clear(directory: Path) -> None:
    """Remove an earlier demo; raises ``StackFailed`` while one is being played here."""
    seat = Seat(directory)
    await seat.take()
    try:
        for left in directory.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            elif left.name != "seat":
                left.unlink()
    finally:
        seat.leave()
