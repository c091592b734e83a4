"""一括処理: one decision for a frozen list of incidents, and what becomes of each item."""

from __future__ import annotations

from enum import StrEnum

from domain.cases import Verb
from domain.payload import Payload

AT_MOST = 10_000
"""Items of one list; a filter that finds more says too little."""

OURSELVES = "register"
"""Named as the system an incident is about where there is no other one."""

BULK_VERBS = frozenset({Verb.RETRY})
"""What may be decided of many at once: what wants no words, evidence or plan of each one's own."""


class BulkState(StrEnum):
    """How far a bulk repair has come."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    OVER = "over"


class BulkEvent(StrEnum):
    """What staff say of a draft, and of what has begun."""

    CONFIRMED = "confirmed"
    DISCARDED = "discarded"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"


class ItemState(StrEnum):
    """What has become of one item."""

    LEFT_OUT = "left_out"
    WAITING = "waiting"
    DECIDED = "decided"
    WORKED = "worked"
    FAILED_AGAIN = "failed_again"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    STOPPED = "stopped"


LEADS_TO = {
    BulkEvent.CONFIRMED: BulkState.RUNNING,
    BulkEvent.DISCARDED: BulkState.DISCARDED,
    BulkEvent.PAUSED: BulkState.PAUSED,
    BulkEvent.RESUMED: BulkState.RUNNING,
    BulkEvent.STOPPED: BulkState.STOPPED,
}
POSSIBLE_IN = {
    BulkEvent.CONFIRMED: {BulkState.DRAFT},
    BulkEvent.DISCARDED: {BulkState.DRAFT},
    BulkEvent.PAUSED: {BulkState.RUNNING},
    BulkEvent.RESUMED: {BulkState.PAUSED},
    BulkEvent.STOPPED: {BulkState.RUNNING, BulkState.PAUSED},
}

_SETTLED_BY_OTHERS = frozenset(
    {"CASE_CLOSED", "ALREADY_WITHDRAWING", "ALREADY_DECIDED", "STALE_INCIDENT"}
)


class Wanted(Payload):
    """Which open incidents a list is made of; blank or ``None`` does not narrow.

    ``peer`` is a system, or `OURSELVES`; ``older_than_hours`` counts from when an incident opened.
    """

    peer: str = ""
    incident_code: str = ""
    step: str = ""
    procedure: str = ""
    older_than_hours: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether it says anything at all."""
        return self != Wanted()


def as_not_decided(code: str) -> ItemState:
    """What an item is that could not be decided when its turn came, for the reason ``code``."""
    return ItemState.SUPERSEDED if code in _SETTLED_BY_OTHERS else ItemState.REFUSED
