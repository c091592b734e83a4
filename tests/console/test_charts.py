"""Charts say in words what they show, and no part of a day is lost in them."""

from __future__ import annotations

from datetime import date, timedelta

from api.console import charts
from api.console.charts import COLOURS, OTHERS
from register.statistics import Numbering, OfDay

TODAY = date(2026, 11, 25)


def test_every_day_has_its_column() -> None:
    """What lies before the span is left out."""
    columns = charts.counted(TODAY, [OfDay(TODAY - timedelta(days=99), "転居", 1)])
    assert [one.day for one in columns][-1] == TODAY
    assert len(columns) == charts.DAYS
    assert charts.stacked(columns).told == "まだありません"


def test_rare_kinds_share_a_colour_and_none_is_lost() -> None:
    """The bars of a day are as high as its total.  Red: leave out what has no colour."""
    counts = [OfDay(TODAY, f"手続{n}", 10 - n) for n in range(9)]
    chart = charts.stacked(charts.counted(TODAY, counts))
    assert len(chart.kinds) == COLOURS + 1
    assert chart.kinds[-1] == OTHERS
    assert round(sum(bar.height for bar in chart.bars)) == 96
    assert {bar.colour for bar in chart.bars} == set(range(COLOURS + 1))
    assert "手続8 2" in chart.told


def test_parts_beside_one_another_share_one_scale() -> None:
    """The highest of all is as high as the picture."""
    counts = [OfDay(TODAY, "発生", 4), OfDay(TODAY, "解消", 2)]
    chart = charts.beside(charts.counted(TODAY, counts), ["発生", "解消"])
    heights = [bar.height for bar in chart.bars if bar.height]
    assert heights == [96, 48]
    assert chart.told == "11月25日 発生 4 解消 2"


def test_the_stock_of_former_days_is_told_from_what_is_left() -> None:
    """Ten now; two were used today and five came yesterday."""
    changes = {TODAY: -2, TODAY - timedelta(days=1): 5}
    columns = charts.stocked(TODAY, 10, changes)
    assert [column.total for column in columns[-3:]] == [7, 12, 10]


def test_seconds_are_shown_to_a_tenth() -> None:
    """As the median of a day."""
    columns = charts.timed(TODAY, [Numbering(TODAY, 3, 1.26)])
    assert charts.beside(columns, ["秒"]).told == "11月25日 秒 1.3"
