"""転出届: who leaves, when and where to, and what follows from it (住民基本台帳法24条, 24条の2)."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from domain.dates import JST
from domain.deadlines import move_out_is_late
from domain.heads import NewRelationship
from domain.payload import Payload
from domain.residents import Destination, Leaving, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable


AWAIT_NOTICE = "転入通知を待つ"
CONFIRM = "転出先を確定する"
REPORT_CONFIRMED = "転出確定を通知する"
FOLLOW_NOTICES = (AWAIT_NOTICE, CONFIRM, REPORT_CONFIRMED)
"""The steps that a newer 転入通知 opens again."""


class Channel(StrEnum):
    """How the 届出 came."""

    COUNTER = "窓口"
    POST = "郵送"
    PORTAL = "マイナポータル"


class Papers(StrEnum):
    """What the movers bring to the 転入地."""

    ELECTRONIC = "転出証明書情報"
    """Sent ahead (法24条の2): they bring a card and no paper."""
    CERTIFICATE = "転出証明書"
    SUBSTITUTE = "転出証明書に準ずる証明書"
    """Given instead when the 届出 came too late to be one."""
    NONE = "なし"
    """国外転出 (令24条1項)."""


class MoveOutNotification(Payload):
    """転出届 (法24条), or what is entered 職権 in its place because it came too late.

    ``residents`` are the persons of the case in order; the first of them is the 代表者, whose card
    stands for all.  ``new_head`` and ``relationships`` say who heads the household that stays, and
    ``head_left_open`` that the office shall enter none (世帯主未設定).
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset({"planned_on", "destination"})

    household_id: UUID
    residents: tuple[UUID, ...]
    notified_on: date
    planned_on: date
    destination: Destination
    channel: Channel = Channel.COUNTER
    with_card: bool = False
    new_head: UUID | None = None
    relationships: tuple[NewRelationship, ...] = ()
    head_left_open: bool = False
    application_id: UUID | None = None

    @property
    def ex_officio(self) -> bool:
        """Whether it came too late to be a 届出."""
        return move_out_is_late(self.planned_on, self.notified_on)

    @property
    def reason(self) -> Reason:
        """The 異動事由 it is entered under."""
        return Reason.MOVE_OUT_EX_OFFICIO if self.ex_officio else Reason.MOVE_OUT

    @property
    def papers(self) -> Papers:
        """What the movers bring to the 転入地."""
        if self.destination.abroad:
            return Papers.NONE
        if self.ex_officio:
            return Papers.SUBSTITUTE
        return Papers.ELECTRONIC if self.with_card else Papers.CERTIFICATE

    @property
    def leaving(self) -> Leaving:
        """What the register says of everybody who leaves."""
        return Leaving(planned_on=self.planned_on, destination=self.destination)

    @property
    def departs_at(self) -> datetime:
        """The instant from which they are residents no more: 00:00 in Japan."""
        return midnight(self.planned_on)

    def amended(self, subject: int, changes: dict[str, Any]) -> MoveOutNotification:
        """The same 届出 with fields replaced, for everybody; raises what validation raises."""
        del subject
        return MoveOutNotification.model_validate({**self.model_dump(), **changes})


def midnight(day: date) -> datetime:
    """00:00 of a day in Japan."""
    return datetime.combine(day, time(), JST)


def stays_headless(
    staying: Iterable[UUID], head: UUID | None, reported: MoveOutNotification
) -> bool:
    """Whether the 届出 must still say who heads the household that stays (標準仕様書 4.0.4).

    Of one person who stays there is nothing to decide: they become head ex officio (法25条).
    """
    rest = set(staying) - set(reported.residents)
    decided = reported.new_head is not None or reported.head_left_open
    return head in reported.residents and len(rest) > 1 and not decided
