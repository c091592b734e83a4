"""Pages through people in the order of a number of theirs, so that any town fits into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Span(NamedTuple):
    """The numbers behind ``after``, up to and with ``up_to``; ``None`` is the end of the list."""

    after: str
    up_to: str | None

    def holds(self, numbers: Sequence[str]) -> bool:
        """Whether these stand in ascending order inside the span."""
        ends = self.up_to is None or not numbers or numbers[-1] <= self.up_to
        bounds = [self.after, *numbers]
        return ends and all(one < other for one, other in zip(bounds, numbers, strict=False))
