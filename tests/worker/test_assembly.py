"""The worker's composition: every step is there, and its patience is the setting's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from activities.step import CARDS
from worker.assembly import patience, steps
from workflows.rehearsal import PROCEDURES, rehearse

if TYPE_CHECKING:
    from tests.house import House


async def test_every_line_of_every_procedure_has_its_activity(house: House) -> None:
    """A step nobody registered would wait for ever for a worker that knows it."""
    known = {step.__temporal_activity_definition.name for step in steps(house.given)}
    lines = [line for procedure in PROCEDURES for line in rehearse(procedure)]
    named = {name for line in lines for name in (line.step, line.undo) if name is not None}

    assert named <= known
    assert named <= CARDS.keys()


def test_pauses_double_until_the_longest() -> None:
    """Seconds at first, five minutes in the end, and never an overflow."""
    office = patience(1.0)

    pauses = [office.pause(attempt) for attempt in (1, 2, 3, 20, 10_000)]

    assert pauses == [*(timedelta(seconds=s) for s in (1, 2, 4)), *[timedelta(minutes=5)] * 2]


def test_a_scale_shrinks_every_pause() -> None:
    """Tests and demo are in a hurry; nothing else of a failure changes."""
    assert patience(0.5).pause(1) == patience(1.0).pause(1) / 2
