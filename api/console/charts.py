"""Charts: a column for each of the last days, laid out as bars, with what they say in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from register.statistics import Numbering, OfDay

DAYS = 14
COLOURS = 6
"""How many kinds have a colour of their own; whatever is rarer shares one more."""
OTHERS = "そのほか"
_STEP, _GROUND, _HIGH = 44, 112, 96


class Column(NamedTuple):
    """One day, and how high each of its parts stands."""

    day: date
    parts: dict[str, float]

    @property
    def total(self) -> float:
        """All parts together."""
        return round(sum(self.parts.values()), 1)


class Bar(NamedTuple):
    """One part of a column; ``colour`` is its place in the legend."""

    colour: int
    x: float
    y: float
    width: float
    height: float


class Text(NamedTuple):
    """A word or figure, centred at a place."""

    x: float
    y: float
    words: str


class Chart(NamedTuple):
    """Something to draw, ``width`` wide and 136 high; ``columns`` are the same for who reads."""

    columns: list[Column]
    kinds: list[str]
    bars: list[Bar]
    texts: list[Text]

    @property
    def width(self) -> int:
        """In the units of the bars."""
        return _STEP * len(self.columns)

    @property
    def told(self) -> str:
        """The whole picture in words."""
        days = [
            f"{one.day.month}月{one.day.day}日 "
            + " ".join(f"{kind} {figure(high)}" for kind, high in one.parts.items())
            for one in self.columns
            if one.total
        ]
        return "、".join(days) or "まだありません"


def figure(number: float) -> str:
    """Without a fraction where there is none."""
    return f"{number:,.10g}"


def counted(today: date, counts: Iterable[OfDay]) -> list[Column]:
    """Every day of the span, those without anything too."""
    columns = _empty(today)
    for one in counts:
        if one.day in columns:
            columns[one.day].parts[one.kind] = one.times
    return list(columns.values())


def timed(today: date, numbering: Iterable[Numbering]) -> list[Column]:
    """Seconds, as the median of each day."""
    columns = _empty(today)
    for one in numbering:
        if one.day in columns:
            columns[one.day].parts["秒"] = round(one.seconds, 1)
    return list(columns.values())


def stocked(today: date, stock: int, changes: Mapping[date, int]) -> list[Column]:
    """What was left at the end of each day, told backwards from what is left now."""
    columns = _empty(today)
    for day in reversed(columns):
        columns[day].parts["未使用"] = stock
        stock -= changes.get(day, 0)
    return list(columns.values())


def stacked(columns: list[Column]) -> Chart:
    """The parts of a day on top of one another, and how many they are together."""
    kinds = _most_frequent(columns)
    shown = [Column(column.day, _merged(column.parts, kinds)) for column in columns]
    kinds = [*kinds, OTHERS] if any(OTHERS in one.parts for one in shown) else kinds
    most = max(1, *(column.total for column in shown))
    bars: list[Bar] = []
    texts = _days(columns)
    for place, column in enumerate(shown):
        top: float = _GROUND
        for kind, high in column.parts.items():
            height = round(_HIGH * high / most, 1)
            top = round(top - height, 1)
            bars.append(Bar(kinds.index(kind), _STEP * place + 8, top, 28, height))
        texts += [Text(_STEP * place + 22, round(top - 4, 1), _shown(column.total))]
    return Chart(columns, kinds, bars, texts)


def beside(columns: list[Column], kinds: list[str]) -> Chart:
    """The parts of a day beside one another, each with its own figure."""
    most = max(1, *(high for column in columns for high in (0, *column.parts.values())))
    width = 32 / len(kinds)
    bars: list[Bar] = []
    texts = _days(columns)
    for place, column in enumerate(columns):
        for colour, kind in enumerate(kinds):
            high = column.parts.get(kind, 0)
            height, left = round(_HIGH * high / most, 1), _STEP * place + 6 + width * colour
            bars.append(Bar(colour, left, round(_GROUND - height, 1), width - 2, height))
            middle = left + width / 2 - 1
            texts += [Text(middle, round(_GROUND - height - 4, 1), _shown(high))]
    return Chart(columns, kinds, bars, texts)


def _days(columns: list[Column]) -> list[Text]:
    return [
        Text(_STEP * place + 22, 130, f"{column.day.month}/{column.day.day}")
        for place, column in enumerate(columns)
    ]


def _shown(number: float) -> str:
    return figure(number) if number else ""


def _most_frequent(columns: Iterable[Column]) -> list[str]:
    sums: dict[str, float] = {}
    for column in columns:
        for kind, times in column.parts.items():
            sums[kind] = sums.get(kind, 0) + times
    return sorted(sums, key=lambda kind: (-sums[kind], kind))[:COLOURS]


def _merged(parts: dict[str, float], own: list[str]) -> dict[str, float]:
    shown = {kind: parts[kind] for kind in own if kind in parts}
    rest = sum(times for kind, times in parts.items() if kind not in own)
    return shown | ({OTHERS: rest} if rest else {})


def _empty(today: date) -> dict[date, Column]:
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return {day: Column(day, {}) for day in days}
