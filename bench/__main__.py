"""``python -m bench``: births and moves a second against the floor of the engine, on one stack.

All are measured on the same servers in the same minutes, a b c a b c …, so that whatever slows the
machine slows all.  The ratios to the floor are the figures to watch; 1 would mean that everything
a birth does beyond eight empty activities is free.  Afterwards cases are put at a wait of weeks,
and births are measured again beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import report
from bench.measuring import measure
from bench.plan import Options
from local.supervisor import StackFailed
from runtime.exit import leave

if TYPE_CHECKING:
    from collections.abc import Sequence


def _options(arguments: Sequence[str]) -> Options:
    usual = Path(__file__).with_name("results") / "latest.json"
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--births", type=_some, default=60, help="births a round at concurrency 30 (default 60)")
    add("--moves", type=_any, default=60, help="moves a round at concurrency 30 (default 60)")
    add("--waiting", type=_any, default=5000, help="cases that wait for weeks (default 5000)")
    add("--rounds", type=_some, default=3, help="rounds of each (default 3)")
    add("--json", type=Path, default=usual, help="where the result goes as well")
    add("--through", choices=("api", "register"), default="api", help="where births are handed in")
    add("--directory", type=Path, help="keep the stack's data and logs there")
    return Options(**vars(parser.parse_args(arguments)))


def _some(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _any(text: str) -> int:
    if (number := int(text)) < 0:
        raise argparse.ArgumentTypeError("0 or more")
    return number


async def _run(options: Options) -> dict[str, Any]:
    if options.directory is not None:
        return await measure(options, options.directory, _say)
    with tempfile.TemporaryDirectory(prefix="jukiflow-bench-") as fresh:
        return await measure(options, Path(fresh), _say)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, write; 1 when the stack does not stand."""
    options = _options(arguments)
    try:
        result = asyncio.run(_run(options))
    except StackFailed as failed:
        _say(str(failed))
        return 1
    report.write(result, options.json)
    print(report.table(result))
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
