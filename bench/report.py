"""What was measured, as a table for people and as JSON for comparisons."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.load import Tally
    from bench.meters import History
    from bench.waiting import Put


class Waited(NamedTuple):
    """Cases put at their wait, what one has in the engine, and what was done beside them all.

    ``at_rest`` is processor time, in milliseconds a second, while nothing happens: before and with
    them.
    """

    put: Put
    history: History
    at_rest: tuple[float, float]
    tallies: Mapping[str, Tally]


def result(
    tallies: Mapping[str, Tally],
    histories: Mapping[str, History],
    asked: Mapping[str, Any],
    waited: Waited | None = None,
) -> dict[str, Any]:
    """Everything, by name; times in milliseconds, rates per second, sizes in bytes."""
    births = tallies["births_30"]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        "asked": {name: str(value) for name, value in asked.items()},
        "ratios": {kind: _ratios(tallies, kind) for kind in histories if kind != "floor"},
        "series": {name: _one(tally) for name, tally in tallies.items()},
        "statements_per_birth": round(births.statements(), 1),
        "commits_per_birth": round(births.commits(), 1),
        "history": {
            name: {"events": round(one.events, 1), "bytes": round(one.size)}
            for name, one in histories.items()
        },
        "waiting": waited and _waiting(tallies, waited),
    }


def write(measured: Mapping[str, Any], file: Path) -> None:
    """Put the JSON where it was asked for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n", "utf-8")


def table(measured: Mapping[str, Any]) -> str:
    """The closing table."""
    series, kinds = measured["series"], [*measured["history"]]
    lines = [
        f"{'':<22}{'per second':>11}{'p50 ms':>9}{'p99 ms':>9}   rounds",
        *(_line(series, name, at) for at in (1, 30) for name in kinds),
        "",
        *_cpu_lines({kind: series[f"{kind}_30"]["cpu_ms"] for kind in kinds}),
        "",
        *(_history_line(f"history, {name}", one) for name, one in measured["history"].items()),
        _sql_line(measured),
        "",
        *(_ratio_line(kind, ratios) for kind, ratios in measured["ratios"].items()),
        *(_waiting_lines(measured["waiting"]) if measured["waiting"] else ()),
    ]
    return "\n".join(["", *lines])


def _ratios(tallies: Mapping[str, Tally], kind: str) -> dict[str, float]:
    """How a kind of work stands against the floor; the median of rounds that took turns."""
    work, floor = tallies[f"{kind}_30"], tallies["floor_30"]
    return {
        "at_1": round(_usual(tallies[f"{kind}_1"]) / _usual(tallies["floor_1"]), 3),
        "at_30": round(_usual(work) / _usual(floor), 3),
        "cpu_at_30": round(_burden(floor) / _burden(work), 3),
    }


def _waiting(tallies: Mapping[str, Tally], waited: Waited) -> dict[str, Any]:
    """What a waiting case costs, each, and what all of them together change."""
    put, count = waited.put, len(waited.put.ids)
    return {
        "cases": count,
        "seconds_each": round(put.seconds / count, 4),
        "events_each": round(waited.history.events, 1),
        "history_bytes_each": round(waited.history.size),
        "engine_bytes_each": round(put.grown.engine / count),
        "rows_each": round(put.grown.rows / count, 1),
        "register_bytes_each": round(put.grown.register / count),
        "cpu_ms_a_second_at_rest": [round(one, 1) for one in waited.at_rest],
        "series": {name: _one(tally) for name, tally in waited.tallies.items()},
        "with_to_without": {
            kind: round(
                _usual(waited.tallies[f"{kind}_waiting"]) / _usual(tallies[f"{kind}_30"]), 3
            )
            for kind in ("births", "floor")
        },
    }


def _usual(tally: Tally) -> float:
    """The rate of the round in the middle."""
    return median(tally.rates)


def _history_line(label: str, one: Mapping[str, Any]) -> str:
    return f"{label:<22}{one['events']:>9.0f} events{one['bytes']:>11,} bytes"


def _sql_line(measured: Mapping[str, Any]) -> str:
    statements, commits = measured["statements_per_birth"], measured["commits_per_birth"]
    return f"{'SQL of a birth':<22}{statements:>9.0f} statements{commits:>7.1f} commits"


def _ratio_line(kind: str, ratios: Mapping[str, float]) -> str:
    alone, together, by_cpu = ratios["at_1"], ratios["at_30"], ratios["cpu_at_30"]
    label = f"{kind} : floor"
    return f"{label:<22}{alone:>9.2f} at 1{together:>9.2f} at 30{by_cpu:>9.2f} by CPU"


def _waiting_lines(waiting: Mapping[str, Any]) -> list[str]:
    """Each waiting case, then all of them together."""
    without, beside = waiting["cpu_ms_a_second_at_rest"]
    effect = waiting["with_to_without"]
    rows, kept = waiting["rows_each"], waiting["register_bytes_each"]
    history = {"events": waiting["events_each"], "bytes": waiting["history_bytes_each"]}
    return [
        "",
        f"{waiting['cases']:,} cases that wait for weeks",
        f"{'  put there, each':<22}{waiting['seconds_each'] * 1000:>9.1f} ms",
        _history_line("  history, each", history),
        f"{'  engine file, each':<22}{waiting['engine_bytes_each']:>9,} bytes",
        f"{'  register, each':<22}{rows:>9.0f} rows  {kept:>11,} bytes",
        f"{'  CPU at rest':<22}{without:>9.1f} ms/s without{beside:>9.1f} ms/s with them",
        f"{'  with : without':<22}{effect['births']:>9.2f} births/s{effect['floor']:>9.2f} floor/s",
    ]


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


def _cpu_lines(spent: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Processor time of one of each kind, the dearest process of a birth first."""
    heading = "".join(f"{kind:>9}" for kind in spent)
    names = sorted(spent["births"], key=lambda name: -spent["births"][name])
    lines = [
        f"  {name:<26}" + "".join(f"{one[name]:>9.1f}" for one in spent.values()) for name in names
    ]
    total = "".join(f"{sum(one.values()):>9.1f}" for one in spent.values())
    return [f"{'CPU ms each, 30 at a time':<28}{heading}", *lines, f"  {'together':<26}{total}"]


def _machine() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
    }
