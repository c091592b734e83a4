"""Stories, and which of their cases is about which step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.workflows.trial import Trial
    from tests.workflows.tried import Tried


class Telling(NamedTuple):
    """A story, the steps each of its cases is about, and whether it ends in a late withdrawal."""

    story: Callable[[Trial, list[str]], Awaitable[None]]
    cases: Callable[[Tried], list[list[str]]]
    recalled: bool


def at_each(
    which: Callable[[Tried], list[str]], *, recalled: bool = False
) -> Callable[[Callable[[Trial, str], Awaitable[None]]], Telling]:
    """A story told by a case of its own for each of these steps."""

    def told(story: Callable[[Trial, str], Awaitable[None]]) -> Telling:
        async def about_one(trial: Trial, steps: list[str]) -> None:
            await story(trial, *steps)

        about_one.__name__, about_one.__doc__ = story.__name__, story.__doc__

        def cases(tried: Tried) -> list[list[str]]:
            return [[step] for step in which(tried)]

        return Telling(about_one, cases, recalled)

    return told


def along(
    which: Callable[[Tried], list[str]], *, recalled: bool = False
) -> Callable[[Callable[[Trial, list[str]], Awaitable[None]]], Telling]:
    """A story told by one case that meets the same trouble at each of these steps in turn."""

    def told(story: Callable[[Trial, list[str]], Awaitable[None]]) -> Telling:
        def cases(tried: Tried) -> list[list[str]]:
            return [found] if (found := which(tried)) else []

        return Telling(story, cases, recalled)

    return told
