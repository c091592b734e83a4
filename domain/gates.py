"""Gates: whether what we have to say leaves for a peer now, later, or little by little."""

from __future__ import annotations

from enum import StrEnum


class GateState(StrEnum):
    """How the gate in front of one peer stands."""

    OPEN = "open"
    HELD = "held"
    """Nothing leaves: staff have said so, or the peer has stopped answering."""
    DRAINING = "draining"
    """Those who waited are let through, so many a second, the nearest legal deadline first."""


class GateEvent(StrEnum):
    """What became of a gate."""

    HELD_AUTOMATICALLY = "held_automatically"
    HELD = "held"
    DRAINING = "draining"
    OPENED = "opened"

    @property
    def leaves(self) -> GateState:
        """How the gate stands afterwards."""
        return _LEAVES[self]


_LEAVES = {
    GateEvent.HELD_AUTOMATICALLY: GateState.HELD,
    GateEvent.HELD: GateState.HELD,
    GateEvent.DRAINING: GateState.DRAINING,
    GateEvent.OPENED: GateState.OPEN,
}
