"""What other systems push to us: whether it is genuine, and what it says."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, Field, ValidationError

from clients import jlis_arriving, portal_arriving
from clients.wire import json_object
from domain.errors import ContractBroken, Unavailable
from domain.moves import Arrival
from domain.numbers import MunicipalityCode
from domain.payload import Payload
from domain.telegrams import Message, Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.moves import Contents

    Read = Callable[[Mapping[str, object]], Contents]


class Push(NamedTuple):
    """A message as it arrived: the headers Message-Id and Municipality, and the exact bytes."""

    message_id: str
    municipality: str
    body: bytes


def signature_of(push: Push, secret: str) -> str:
    """The Signature the sender must have given: HMAC-SHA256, in hexadecimal."""
    signed = f"{push.message_id}\n{push.municipality}\n".encode() + push.body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_genuine(push: Push, signature: str, secret: str) -> bool:
    """Whether the sender knew the secret we share; takes the same time for every wrong one."""
    return hmac.compare_digest(signature_of(push, secret).encode(), signature.encode())


def read(peer: Peer, body: bytes) -> Arrival:
    """What a message says.

    Raises ContractBroken: MALFORMED if it is no JSON object, UNKNOWN_KIND, MISSING_ITEM,
    WRONG_CONTENTS, APPLICANT_MISSING.
    """
    try:
        envelope = json_object(body)
    except Unavailable:
        raise ContractBroken("MALFORMED") from None
    return arrival_in(peer, envelope)


def arrival_in(peer: Peer, envelope: Mapping[str, object]) -> Arrival:
    """What an envelope says that was read before; raises as ``read``."""
    try:
        outer = _Envelope.model_validate(envelope)
        contents = _reader_of(peer, outer)(outer.contents)
    except ValidationError as error:
        missing = any(flaw["type"] == "missing" for flaw in error.errors(include_input=False))
        raise ContractBroken("MISSING_ITEM" if missing else "WRONG_CONTENTS") from None
    return Arrival(
        message_id=outer.id,
        kind=Message(outer.kind),
        municipality=outer.municipality,
        sender=outer.sender,
        sent_at=outer.sent_at,
        contents=contents,
    )


class _Envelope(Payload):
    id: UUID = Field(alias="電文ID")
    kind: str = Field(alias="電文種別")
    municipality: MunicipalityCode = Field(alias="市町村コード")
    sender: str = Field(alias="発信元")
    sent_at: AwareDatetime = Field(alias="発信日時")
    contents: dict[str, Any] = Field(alias="本文")


def _reader_of(peer: Peer, envelope: _Envelope) -> Read:
    voids = envelope.contents.get("取消") is True
    read = _READERS.get((peer, envelope.kind, voids))
    if read is None:
        raise ContractBroken("UNKNOWN_KIND")
    return read


_READERS: dict[tuple[Peer, str, bool], Read] = {
    (Peer.JLIS, Message.CERTIFICATE, False): jlis_arriving.certificate,
    (Peer.JLIS, Message.CERTIFICATE, True): jlis_arriving.certificate_void,
    (Peer.JLIS, Message.MOVE_IN_NOTICE, False): jlis_arriving.move_in_notice,
    (Peer.JLIS, Message.MOVE_IN_NOTICE, True): jlis_arriving.move_in_notice,
    (Peer.MYNAPORTAL, Message.PORTAL_MOVE_OUT, False): portal_arriving.move_out,
    (Peer.MYNAPORTAL, Message.PORTAL_MOVE_OUT, True): portal_arriving.withdrawal,
    (Peer.MYNAPORTAL, Message.VISIT_PLAN, False): portal_arriving.visit_plan,
    (Peer.MYNAPORTAL, Message.VISIT_PLAN, True): portal_arriving.withdrawal,
}
