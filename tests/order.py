"""In which order tests are played: the longest first, dealt to those who play side by side.

Whoever is through takes over what others have not begun; whoever begins a long one last is waited
for by all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Test = TypeVar("Test")

LONG = (
    "tests/scenario/test_scenario.py",
    "tests/scenario/test_desk_to_try.py",
    "tests/workflows/test_every_step.py",
    "tests/local/test_up.py",
    "tests/crash/",
    "tests/workflows/test_gates.py",
    "tests/console/test_browser",
)
"""Where the long ones are, the longest first."""


def dealt(tests: Sequence[Test], places: Sequence[int | None], players: int) -> list[Test]:
    """The tests as consecutive hands, one a player, each beginning with its share of long ones.

    ``places`` says of each test which of the long ones it is; ``None``: short.
    """
    ranked = sorted(
        ((place, at) for at, place in enumerate(places) if place is not None),
    )
    long = [tests[at] for _, at in ranked]
    short = [test for test, place in zip(tests, places, strict=True) if place is None]
    hands: list[Test] = []
    for player in range(players):
        size = (len(tests) - len(hands)) // (players - player)
        hand = long[player::players]
        share, short = hand[:size], [*hand[size:], *short]
        rest = size - len(share)
        hands += [*share, *short[:rest]]
        short = short[rest:]
    return hands
