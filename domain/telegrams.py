"""Telegrams (電文): what leaves for, and comes from, systems we do not own."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from domain.payload import Payload

if TYPE_CHECKING:
    from domain.cases import StepRef

_NAMESPACE = UUID("6f1d0c1e-3f0b-5d0a-9f57-8a0f6a1c2b70")


class Peer(StrEnum):
    """A system we talk to and do not own."""

    JLIS = "jlis"
    UNIFIED_ADDRESSEE = "unified_addressee"
    INTERMEDIATE_SERVER = "intermediate_server"
    MYNAPORTAL = "mynaportal"

    @property
    def known_as(self) -> str:
        """The name staff know it by."""
        return _TITLES[self]


_TITLES = {
    Peer.JLIS: "住基ネット（J-LIS）",
    Peer.UNIFIED_ADDRESSEE: "団体内統合宛名システム",
    Peer.INTERMEDIATE_SERVER: "中間サーバー",
    Peer.MYNAPORTAL: "マイナポータル",
}


class Message(StrEnum):
    """Message kinds; the numbers are our own catalogue, not the field's."""

    VACANT_CODES = "CS-01"
    NUMBER_REQUEST = "CS-02"
    NUMBER_CHANGE = "CS-03"
    IDENTITY_NOTICE = "CS-04"
    CERTIFICATE = "CS-05"
    FIRST_REPORT = "CS-06"
    MOVE_IN_NOTICE = "CS-07"
    DEPARTURE_CONFIRMED = "CS-08"
    MAILING_ADDRESS = "CS-12"
    LINKAGE_REQUEST = "CS-13"
    SERIAL_QUERY = "CS-14"
    COMPARISON = "CS-17"
    ADDRESSEE_REQUEST = "AT-01"
    COPY = "AT-03"
    ADDRESSEE_COMPARISON = "AT-17"
    PORTAL_MOVE_OUT = "OS-01"
    VISIT_PLAN = "OS-02"
    PORTAL_STATUS = "OS-03"


def telegram_id(ref: StepRef, step: str, generation: int, ordinal: int) -> UUID:
    """The name of one telegram, known before it exists: never of attempt, run or case number."""
    return uuid5(_NAMESPACE, f"{ref.case_id}/{step}/{ref.subject}/{generation}/{ordinal}")


class Answer(Payload):
    """What a peer said to one telegram: ``body`` is its answer's exact bytes as received."""

    body: bytes


class Awaited(Payload):
    """A look-up's result when the peer knows the telegram but has not finished with it."""
