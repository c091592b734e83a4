"""Nothing of the checklist is missing without a word."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.acceptance.scenarios import FIRST, LAST, NOT_BUILT

_NUMBERED = re.compile(r"test_9_(\d\d)_")


def test_every_scenario_is_played_or_listed_with_its_reason_and_never_both() -> None:
    """There are forty; each is one test here, or one line of what is not built.

    Red: leave a test out, or list one that is played.
    """
    played = Counter(_played())

    assert all(line.scenario and line.because for line in NOT_BUILT.values())
    assert max(played.values()) == 1
    assert sorted([*played, *NOT_BUILT]) == [*range(FIRST, LAST + 1)]


def _played() -> list[int]:
    trees = [ast.parse(file.read_text("utf-8")) for file in Path(__file__).parent.glob("test_*.py")]
    names = [
        node.name
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [int(found[1]) for name in names if (found := _NUMBERED.match(name))]
