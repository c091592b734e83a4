"""People between two municipalities: what the offices and マイナポータル tell each other.

What leaves is built inside the step that sends it, and gone when its telegram is stored; what
arrives is read from the inbox's bytes whenever it is needed.  ``clients`` knows the wire.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.dates import RegisterDate
from domain.numbers import MunicipalityCode, MyNumber, ResidentCode
from domain.payload import Payload
from domain.residents import Address, Entry, Sex
from domain.telegrams import Message


class Mover(Payload):
    """One person of a 転出証明書情報 (住民基本台帳法施行令23条2項, 24条の3).

    What arrives is in 住基ネット統一文字: ``substituted`` names the fields in which a 代替文字
    stands for a character of the person's own, which staff must ask for.
    """

    code: ResidentCode
    number: MyNumber | None
    name: str
    name_kana: str = ""
    former_name: str = ""
    former_name_kana: str = ""
    alias: str = ""
    alias_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate
    relationship: str
    is_head: bool
    domicile: str = ""
    head_of_family_register: str = ""
    former_address: Address
    substituted: tuple[str, ...] = ()

    @classmethod
    def leaving(
        cls, code: ResidentCode, number: MyNumber | None, entry: Entry, *, is_head: bool
    ) -> Mover:
        """Somebody as the register of the 転出地 has them."""
        told = {field: getattr(entry, field) for field in Entry.model_fields.keys() & _TOLD}
        return cls(code=code, number=number, is_head=is_head, former_address=entry.address, **told)


class Certificate(Payload):
    """転出証明書情報 (CS-05): everybody of one 転出届; ``special`` is 転入届の特例 (法24条の2).

    ``applicant`` is the code of the one whose card stands for all of them.
    """

    destination: MunicipalityCode
    planned_on: date
    special: bool
    applicant: ResidentCode
    persons: Annotated[tuple[Mover, ...], Field(min_length=1)]


class CertificateVoid(Payload):
    """取消 of a 転出証明書情報: the id of the CS-05 that holds no longer."""

    voids: UUID


class FirstReport(Payload):
    """最初の転入届の通知 (CS-06, 法24条の2第3項), by one mover's code; ``origin`` if known."""

    code: ResidentCode
    origin: MunicipalityCode | None
    reported_on: date


class MoveInNotice(Payload):
    """転入通知 (CS-07, 法9条1項): these people now live at ``address``.

    ``origin`` is where they were last registered, ``unreported_in`` where they lived in between
    without a report (未届地).  Of two notices the later ``notified_on``, then the higher
    ``version``, holds.  ``withdrawn``: the 転入 was cancelled.
    """

    origin: MunicipalityCode
    unreported_in: MunicipalityCode | None = None
    codes: Annotated[tuple[ResidentCode, ...], Field(min_length=1)]
    moved_in_on: date
    address: Address
    notified_on: date
    version: Annotated[int, Field(ge=1)] = 1
    withdrawn: bool = False
    substituted: tuple[str, ...] = ()

    @property
    def age(self) -> tuple[date, int]:
        """What to compare two notices about a person by: the greater one is the newer."""
        return self.notified_on, self.version


class DepartureConfirmed(Payload):
    """転出確定 (CS-08, 令13条3項): the 転入通知 about this person has been received."""

    code: ResidentCode
    destination: MunicipalityCode
    left_on: date
    notified_on: date


class Serials(Payload):
    """Serial numbers of a person's valid 電子証明書: 署名用 and 利用者証明用."""

    signature: str | None
    authentication: str | None


class DeclaredPerson(Payload):
    """Somebody who moves, as the citizen typed them; never enough to tell who it is."""

    name: str
    name_kana: str = ""
    born_on: date


class PortalMoveOut(Payload):
    """転出届 through マイナポータル (OS-01); the first person is the applicant.

    ``serial`` is the number of the certificate it was signed with, in decimal.
    """

    application_id: UUID
    filed_at: datetime
    destination: MunicipalityCode
    destination_address: str = ""
    moving_on: date
    serial: str
    telephone: str = ""
    persons: Annotated[tuple[DeclaredPerson, ...], Field(min_length=1)]


class VisitPlan(Payload):
    """来庁予定 at the 転入地 (OS-02): a day and an office, no hour, and no legal effect.

    Where ``origin`` is the receiver itself, it is a 転居予約.
    """

    application_id: UUID
    filed_at: datetime
    origin: MunicipalityCode
    moving_on: date
    visit_on: date
    office: str = ""
    address: str = ""
    serial: str
    telephone: str = ""
    persons: Annotated[tuple[DeclaredPerson, ...], Field(min_length=1)]

    def within(self, municipality: str) -> bool:
        """Whether it is a 転居予約: they move inside this municipality."""
        return self.origin == municipality


class PortalWithdrawal(Payload):
    """The citizen takes one message of an application back: its OS-01 or its OS-02."""

    application_id: UUID
    withdraws: UUID


class PortalState(StrEnum):
    """処理状況 as the citizen reads it."""

    RECEIVED = "受付"
    EXAMINING = "審査中"
    DONE = "完了"
    REJECTED = "却下"
    WITHDRAWN = "取消"
    LAPSED = "期限切れ"


class PortalStatus(Payload):
    """What a municipality answers to an application (OS-03); ``documents`` are to be brought."""

    application_id: UUID
    state: PortalState
    words: str = ""
    documents: tuple[str, ...] = ()
    place: str = ""


Contents = (
    Certificate | CertificateVoid | MoveInNotice | PortalMoveOut | VisitPlan | PortalWithdrawal
)


class Arrival(Payload):
    """One message of the inbox: ``municipality`` is whom it was sent to.

    ``message_id`` is unique for one receiver; a CS-05 keeps the id its sender gave it, so that what
    was pushed and what was pulled are known to be the same.
    """

    message_id: UUID
    kind: Message
    municipality: MunicipalityCode
    sender: str
    sent_at: datetime
    contents: Contents


_TOLD = Mover.model_fields.keys()
