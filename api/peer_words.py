"""What people read of a gate: that nothing leaves, why, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.problem_types import Words
from api.runbook import PEERS
from domain.dates import JST
from domain.gates import GateState

if TYPE_CHECKING:
    from datetime import datetime

    from domain.telegrams import Peer

STATES = {
    "open": Words("送信中", "open"),
    "held": Words("停止中", "held"),
    "draining": Words("再開中", "draining"),
    "closed": Words("閉局中", "closed hours"),
}
"""How a peer stands, in a word; ``closed`` is an open gate before a system that is closed."""


def why_waiting(peer: Peer, state: GateState, why: Words, until: datetime | None) -> Words:
    """What is told of a case that stands at the gate of a peer."""
    title = PEERS[peer]
    if state is not GateState.HELD:
        return Words(
            f"{title.ja}への送信を、法定期限の近い案件から順に再開しています。",
            f"What waited for {title.en} is let through, the nearest legal deadline first.",
        )
    at = f"{until.astimezone(JST):%Y-%m-%d %H:%M}" if until else ""
    return Words(
        f"{title.ja}への送信を止めています（{why.ja}{f'、{at} まで' if at else ''}）。",
        f"Nothing leaves for {title.en} now ({why.en}{f', until {at} JST' if at else ''}).",
    )


def why_held(*, automatic: bool, reason: str) -> Words:
    """Why a gate is held: staff's own words, or what the peer did."""
    if automatic:
        return Words(f"応答がないため自動で停止、{reason}", f"held by itself: no answer, {reason}")
    return Words(reason, reason)
