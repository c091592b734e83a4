"""What was killed, what came to its end, and what differs, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections import Counter

    from bench.survive.verdict import Verdict

_PAPER = 100


class Outcome(NamedTuple):
    """A whole run: its seed and seconds, misfortunes by kind, decisions of staff, the verdict."""

    seed: int
    seconds: float
    kills: Counter[str]
    faults: Counter[str]
    decided: int
    found: Verdict


def show(outcome: Outcome) -> None:
    """Print it."""
    console = Console(width=_PAPER)
    found = outcome.found
    console.print(_counted("SIGKILL", outcome.kills), _counted("faults", outcome.faults))
    console.print(_cases(found))
    for difference in found.differences:
        console.print(f"[bold red]✗[/bold red] {escape(difference)}")
    console.print(
        f"{outcome.kills.total()} kills, {outcome.faults.total()} faults,"
        f" {outcome.decided} decisions of staff; {found.cases.total()} cases,"
        f" {found.people} entries compared in 4 systems; verify;"
        f" {len(found.differences)} differences"
        f" (seed {outcome.seed}, {outcome.seconds:.0f} s)"
    )


def _counted(title: str, counts: Counter[str]) -> Table:
    table = Table(title, "times", title_style="bold")
    for name, times in counts.most_common():
        table.add_row(name, f"{times:,}")
    return table


def _cases(found: Verdict) -> Table:
    table = Table("手続", "state", "cases")
    for (procedure, state), count in sorted(found.cases.items()):
        table.add_row(procedure, state, f"{count:,}")
    return table
