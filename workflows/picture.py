"""What a run keeps in mind of its case: the ledger as last read, and what it did since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import CaseState, Direction, StepState

if TYPE_CHECKING:
    from domain.cases import Standing, StepRef


class Picture:
    """The ledger seen from inside a run; reading it anew replaces everything."""

    def __init__(self, standing: Standing) -> None:
        self._direction = standing.direction
        self._states = {(line.step, line.subject): line.state for line in standing.lines}
        self.subjects = standing.subjects
        self.over = standing.over
        self.needs_approval = standing.needs_approval
        self._ending = standing.ending
        self._parked = frozenset(standing.parked)

    @property
    def turned(self) -> bool:
        """Whether the case is being withdrawn."""
        return self._direction is Direction.WITHDRAWING

    @property
    def ending(self) -> CaseState | None:
        """How the case ends, unless it completes."""
        if self.turned:
            return CaseState.WITHDRAWN
        return CaseState(self._ending) if self._ending else None

    def state(self, step: str, ref: StepRef) -> StepState:
        """How far a step has come for one person."""
        return self._states.get((step, ref.subject), StepState.NOT_BEGUN)

    def passed(self, step: str, ref: StepRef) -> bool:
        """Whether a step needs nothing more going forward."""
        return self.state(step, ref) in {StepState.DONE, StepState.BY_HAND}

    def to_undo(self, step: str, ref: StepRef) -> bool:
        """Whether a step may have had an effect that is not taken back yet."""
        return self.state(step, ref) in {StepState.BEGUN, StepState.DONE, StepState.BY_HAND}

    def is_parked(self, step: str, ref: StepRef) -> bool:
        """Whether a step waits for a decision, or for one that is made and not yet carried out."""
        return (step, ref.subject) in self._parked

    def note(self, step: str, ref: StepRef, state: StepState) -> None:
        """Remember what a step just reported, without asking the register again."""
        self._states[step, ref.subject] = state
