"""Letters: what a step wants to say to a peer, and what it does with the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import timedelta
    from uuid import UUID

    from activities.desk import Work
    from domain.cases import Progress
    from domain.telegrams import Message, Peer
    from register.ledger import Gate
    from register.telegrams import Sent


class PeerDoor(Protocol):
    """What every peer's client offers: send these bytes, or ask what became of them."""

    async def send(self, municipality: str, telegram_id: UUID, body: bytes) -> bytes:
        """Put these bytes under this id; the peer's answer."""
        ...

    async def look_up(self, municipality: str, telegram_id: UUID) -> bytes | None:
        """The peer's answer to an earlier sending; ``None`` when it knows of none."""
        ...


class PeerLine(NamedTuple):
    """A peer's door, and how long it may keep bytes before it acts on them or never will."""

    door: PeerDoor
    settling: timedelta


class Draft(NamedTuple):
    """The bytes of a telegram, and the lane and number it travels in, if it travels in one.

    One that ``asks`` leaves again, word for word, where an earlier answer was of no use.
    """

    body: bytes
    resident_id: UUID | None = None
    update_no: int | None = None
    asks: bool = False


class Letter(Protocol):
    """What a step wants to say, and what it does with the answer."""

    peer: Peer
    message: Message

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        """The draft; what it must wait for; or ``None`` when there is nothing (more) to say."""
        ...

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Use the answer in the transaction that records it; settle the step if it is done."""
        ...


class Series(Letter, Protocol):
    """A letter that may need several telegrams; ``told`` counts those that have arrived."""

    told: int


class Ready(NamedTuple):
    """A telegram whose row is written; with ``doubt`` it must be asked for before it may leave."""

    telegram_id: UUID
    fence: int
    body: bytes
    written_at: float
    """On this machine's monotonic clock, seconds."""
    gate: Gate
    doubt: Sent | None = None
