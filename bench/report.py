"""What was measured, as a table for people and as JSON for comparisons."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.load import Tally
    from bench.meters import History


def result(
    tallies: Mapping[str, Tally], histories: Mapping[str, History], asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything, by name; times in milliseconds, rates per second, sizes in bytes."""
    births, floor = tallies["births_30"], tallies["floor_30"]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "asked": {name: str(value) for name, value in asked.items()},
        "ratio_at_1": round(tallies["births_1"].rate / tallies["floor_1"].rate, 3),
        "ratio_at_30": round(births.rate / floor.rate, 3),
        "cpu_ratio_at_30": round(_burden(floor) / _burden(births), 3),
        "series": {name: _one(tally) for name, tally in tallies.items()},
        "statements_per_birth": round(births.statements(), 1),
        "commits_per_birth": round(births.commits(), 1),
        "history": {
            name: {"events": round(one.events, 1), "bytes": round(one.size)}
            for name, one in histories.items()
        },
    }


def write(measured: Mapping[str, Any], file: Path) -> None:
    """Put the JSON where it was asked for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n", "utf-8")


def table(measured: Mapping[str, Any]) -> str:
    """The closing table."""
    series = measured["series"]
    lines = [
        f"{'':<22}{'per second':>11}{'p50 ms':>9}{'p99 ms':>9}   rounds",
        *(_line(series, name, at) for at in (1, 30) for name in ("births", "floor")),
        "",
        *_cpu_lines(series["births_30"]["cpu_ms"], series["floor_30"]["cpu_ms"]),
        "",
        *(_history_line(name, one) for name, one in measured["history"].items()),
        _sql_line(measured),
        "",
        _ratio_line(measured),
    ]
    return "\n".join(["", *lines])


def _history_line(name: str, one: Mapping[str, Any]) -> str:
    label = f"history, {name}"
    return f"{label:<22}{one['events']:>9.0f} events{one['bytes']:>11,} bytes"


def _sql_line(measured: Mapping[str, Any]) -> str:
    statements, commits = measured["statements_per_birth"], measured["commits_per_birth"]
    return f"{'SQL of a birth':<22}{statements:>9.0f} statements{commits:>7.1f} commits"


def _ratio_line(measured: Mapping[str, Any]) -> str:
    alone, together = measured["ratio_at_1"], measured["ratio_at_30"]
    by_cpu = measured["cpu_ratio_at_30"]
    return f"{'births : floor':<22}{alone:>9.2f} at 1{together:>9.2f} at 30{by_cpu:>9.2f} by CPU"


def _one(tally: Tally) -> dict[str, Any]:
    return {
        "count": tally.count,
        "rate": round(tally.rate, 2),
        "p50_ms": round(tally.percentile(50) * 1000, 1),
        "p99_ms": round(tally.percentile(99) * 1000, 1),
        "rates": [round(rate, 2) for rate in tally.rates],
        "cpu_ms": {name: round(spent, 1) for name, spent in sorted(tally.cpu().items())},
    }


def _burden(tally: Tally) -> float:
    """Processor time of one, ours that drive the load left out."""
    return sum(spent for name, spent in tally.cpu().items() if name != "bench")


def _line(series: Mapping[str, Any], name: str, at: int) -> str:
    one = series[f"{name}_{at}"]
    label = f"{name}, {at} at a time"
    rounds = " ".join(f"{rate:g}" for rate in one["rates"])
    return f"{label:<22}{one['rate']:>11.2f}{one['p50_ms']:>9.0f}{one['p99_ms']:>9.0f}   {rounds}"


def _cpu_lines(births: Mapping[str, float], floor: Mapping[str, float]) -> list[str]:
    """Processor time of one birth and one floor workflow, the dearest process first."""
    heading = f"{'CPU ms each, 30 at a time':<28}{'birth':>9}{'floor':>9}"
    names = sorted(births, key=lambda name: -births[name])
    lines = [f"  {name:<26}{births[name]:>9.1f}{floor[name]:>9.1f}" for name in names]
    total = f"  {'together':<26}{sum(births.values()):>9.1f}{sum(floor.values()):>9.1f}"
    return [heading, *lines, total]


def _machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
    }
