"""What reaches us from other systems, as the API reads it: genuine or not, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from clients import inbox as wire
from clients.inbox import Push
from domain.errors import ContractBroken
from domain.moves import Certificate
from domain.telegrams import Message, Peer
from register import inbox

if TYPE_CHECKING:
    from uuid import UUID

    from domain.moves import Arrival
    from register.inbox import Kept
    from register.transactions import Tx
    from register.vault import Vault


class Reading(NamedTuple):
    """What a message says, or why nobody can tell."""

    arrival: Arrival | None
    flaw: str = ""


def is_genuine(push: Push, signature: str, secret: str) -> bool:
    """Whether whoever sent it knew the secret we share."""
    return wire.is_genuine(push, signature, secret)


def read(system: str, body: bytes, message_id: UUID | None = None) -> Reading:
    """Read a message; one under another id than its own is broken too."""
    try:
        arrival = wire.read(Peer(system), body)
    except ContractBroken as broken:
        return Reading(None, broken.code)
    if message_id is not None and arrival.message_id != message_id:
        return Reading(None, "WRONG_ID")
    return Reading(arrival)


async def newest_certificate(
    tx: Tx, vault: Vault, municipality: str, case_id: UUID
) -> Certificate | None:
    """The 転出証明書情報 that holds for a case, if one has come."""
    kept = await inbox.of_case(tx, vault, municipality, case_id, Message.CERTIFICATE)
    found = [_read(one) for one in kept]
    arrivals = [one for one in found if one is not None and isinstance(one.contents, Certificate)]
    newest = max(arrivals, key=lambda one: one.sent_at, default=None)
    return newest and cast("Certificate", newest.contents)


def _read(kept: Kept) -> Arrival | None:
    return read(Peer.JLIS, kept.body).arrival if kept.body is not None else None


__all__ = ["Push", "Reading", "is_genuine", "newest_certificate", "read"]
