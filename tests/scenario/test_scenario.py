"""The scenario of the demo, played as a test: the same scenes, the same code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.demo import local_stack
from local.scenario.performance import perform

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(420)
async def test_every_scene_comes_out_as_expected(tmp_path: Path) -> None:
    """Births, moves between two towns, a day of the town hall, crashes and checks, in one office.

    Red for instance when a top-up cannot be ordered, when ``resume`` starts nothing, or when a
    step sends twice after the worker was killed.
    """
    async with local_stack(tmp_path, usual_ports=False) as stack:
        performed = await perform(stack)

    assert [outcome for outcome in performed.outcomes if not outcome.right] == []
    assert [outcome.scene.number for outcome in performed.outcomes] == [*range(1, 31)]
