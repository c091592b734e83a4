"""What a scene is: a sentence in two languages, what is expected, and how it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from local.scenario.stage import Stage


class Scene(NamedTuple):
    """One scene: ``play`` says what was seen, or raises ``Missed``."""

    number: int
    title: str
    english: str
    expected: str
    play: Callable[[Stage], Awaitable[str]]


Act = tuple[Scene, ...]
"""Scenes that are played side by side: while one waits, the other goes on."""
