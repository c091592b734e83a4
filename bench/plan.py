"""What is measured how often: from the command line to the people it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.load import Tally
from bench.town import Numbers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    Work: TypeAlias = Callable[[], Awaitable[tuple[float, str]]]

ALONE, TOGETHER = 1, 30
"""How many at a time."""
WARM_UP = 30
_SHARE_ALONE = 8
"""One at a time takes long; so many times fewer are done that way."""
_LEAST_ALONE = 3


class Options(NamedTuple):
    """What the command line asks for."""

    births: int
    moves: int
    waiting: int
    rounds: int
    json: Path
    through: str
    directory: Path | None

    @property
    def numbers(self) -> Numbers:
        """Whom it takes, warming up included; births are done a second time beside the waiting."""
        births = self.births * (2 if self.waiting else 1) + alone(self.births)
        moves = self.moves + alone(self.moves) if self.moves else 0
        warm = WARM_UP if self.moves else 0
        return Numbers(WARM_UP + self.rounds * births, warm + self.rounds * moves, self.waiting)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is done in turn."""
        return ("births", "floor", "moves") if self.moves else ("births", "floor")


class Series(NamedTuple):
    """One kind of work at one concurrency: how often a round, how it is done once, its tally."""

    name: str
    times: int
    one: Work
    tally: Tally


def alone(count: int) -> int:
    """How many a round are done one at a time."""
    return max(count // _SHARE_ALONE, _LEAST_ALONE)


def series(options: Options, works: Mapping[str, Work]) -> list[Series]:
    """Everything of a round, one at a time first."""
    times = {"births": options.births, "floor": options.births, "moves": options.moves}
    return [
        Series(f"{kind}_{at}", count(times[kind]), works[kind], Tally(at))
        for at, count in ((ALONE, alone), (TOGETHER, int))
        for kind in options.kinds
    ]


def beside_waiting(options: Options, works: Mapping[str, Work]) -> list[Series]:
    """What is measured once more while others wait."""
    return [
        Series(f"{kind}_waiting", options.births, works[kind], Tally(TOGETHER))
        for kind in ("births", "floor")
    ]
