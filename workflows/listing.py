"""What the engine's lists may be narrowed by: whether a case stands still, and for what.

A case that goes on by itself says nothing, so that a healthy one leaves no event more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from domain.cases import CaseState, WaitKind

if TYPE_CHECKING:
    from domain.cases import StepRef

STATUS = SearchAttributeKey.for_keyword("CaseStatus")
WAITING = SearchAttributeKey.for_keyword("Waiting")
_STAFF = "staff"
# What people are waited for; a wait for a system is over soon, and told by the details alone.
_LONG = frozenset(
    {WaitKind.VISIT, WaitKind.CERTIFICATE, WaitKind.DEPARTURE_DAY, WaitKind.MOVE_IN_NOTICE}
)


class Listing:
    """``CaseStatus`` and ``Waiting`` of a running case.

    ``parked`` while staff must decide, else ``waiting`` while people are waited for, else ``open``;
    a case that did not complete ends as ``withdrawn`` or ``expired``.
    """

    def __init__(self) -> None:
        self._standing: dict[tuple[str, StepRef], str] = {}

    def parks(self, step: str, ref: StepRef) -> None:
        """Staff must decide about a step."""
        self._stand(step, ref, _STAFF)

    def waits(self, step: str, ref: StepRef, kind: WaitKind | None) -> None:
        """A step waits; said if it may be for long."""
        if kind is not None and kind in _LONG:
            self._stand(step, ref, kind)

    def goes_on(self, step: str, ref: StepRef) -> None:
        """A step stands still no more."""
        self._standing.pop((step, ref), None)
        self._show()

    def completes(self) -> None:
        """The case is completed.

        A run that began anew at a wait keeps what its predecessor said; where it found the wait
        over, nothing stood still in it that could have gone on.
        """
        self._show()

    def ends(self, state: CaseState) -> None:
        """The case has ended otherwise than completed."""
        self._standing.clear()
        _tell(state, "")

    def _stand(self, step: str, ref: StepRef, kind: str) -> None:
        self._standing[step, ref] = kind
        self._show()

    def _show(self) -> None:
        kinds = sorted(self._standing.values())
        if not kinds:
            _tell(CaseState.OPEN, "")
        elif _STAFF in kinds:
            _tell("parked", _STAFF)
        else:
            _tell("waiting", kinds[0])


def _tell(status: str, waiting: str) -> None:
    known = workflow.info().typed_search_attributes
    if (status, waiting) == (known.get(STATUS, CaseState.OPEN), known.get(WAITING, "")):
        return
    # Runs begun before told nothing; remove this once none of them is open.
    if workflow.patched("listing"):
        told = WAITING.value_set(waiting) if waiting else WAITING.value_unset()
        updates = [STATUS.value_set(status), told]
        workflow.upsert_search_attributes(updates)  # pyright: ignore[reportUnknownMemberType]
