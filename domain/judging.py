"""Whether a decision may be made where a case stands: one rule for staff, and for a whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import CaseState, Direction, Verb

if TYPE_CHECKING:
    from collections.abc import Collection


def of_case(state: CaseState, direction: Direction, verb: Verb, *, to_withdraw: bool) -> str:
    """What about the case stands in the way, as a code; blank if nothing.

    ``to_withdraw``: its withdrawal has been decided, carried out or not.
    """
    if state is not CaseState.OPEN:
        return "CASE_CLOSED"
    turning = to_withdraw and direction is Direction.FORWARD
    twice = verb is Verb.WITHDRAW and direction is Direction.WITHDRAWING
    return "ALREADY_WITHDRAWING" if turning or twice else ""


def of_incident(state: str, allowed: Collection[Verb], verb: Verb) -> str:
    """What about the incident stands in the way, as a code; blank if nothing."""
    if state == "deciding":
        return "ALREADY_DECIDED"
    if state == "closed":
        return "STALE_INCIDENT"
    return "" if verb in allowed else "VERB_NOT_ALLOWED"
