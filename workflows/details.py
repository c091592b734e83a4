"""What operators read of a running case on the engine's screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from domain.dates import JST
from domain.waits import WORDS

if TYPE_CHECKING:
    from domain.cases import Progress, StepRef


class Details:
    """The current details of a case: a line for each of its persons that something goes on with."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, StepRef], str] = {}

    def tell(self, step: str, ref: StepRef, words: str) -> None:
        """Show what is going on with a step now."""
        self._lines[step, ref] = f"{ref.subject}人目 {words}" if ref.subject else words
        shown = sorted(self._lines.items(), key=lambda item: item[0][1].subject)
        workflow.set_current_details("\n\n".join(words for _, words in shown))

    def drop(self, step: str, ref: StepRef) -> None:
        """Say no more of a step; the next thing told replaces it."""
        self._lines.pop((step, ref), None)


def waiting(step: str, progress: Progress) -> str:
    """What the step waits for, until when, what happens then, and what staff may do."""
    if progress.wait is None:
        return step
    words = WORDS[progress.wait]
    behind = f"（{progress.behind} の後）" if progress.behind else ""
    mark = f"（{progress.mark}）" if progress.mark else ""
    due = progress.until.astimezone(JST) if progress.until else None
    until = f"期限: {due:%Y-%m-%d %H:%M}\n" if due else ""
    return (
        f"{step}: {words.waits.ja}{behind}{mark}\n{until}"
        f"その後: {words.then.ja}\nできること: {words.may.ja}"
    )
