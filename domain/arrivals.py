"""転入届: who comes to live here, where they will live, and what was seen at the counter.

A 特例転入 has its 届出 only once somebody has come: what was received and what was said at the
counter make it.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - read by pydantic
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import Field

from domain.correction import Basis
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.moves import Certificate, Mover
from domain.numbers import MunicipalityCode, MyNumber, ResidentCode
from domain.payload import Payload
from domain.residents import HEAD, Address, Entry, Reason, Sex

IDENTIFY = "証明書のシリアル番号から本人を特定する"
"""The step that finds out whose an application is; the application waits for it from the start."""
PREPARE = "予定を受信して準備する"
"""The step that answers a plan; a plan that comes later opens it again."""
REPORT_BACK = "マイナポータルに完了を知らせる"
"""The step that tells the citizen the end; a plan that comes after the visit opens it again."""


class CardCheck(StrEnum):
    """What became of the card at the counter (令24条の2)."""

    VERIFIED = "verified"
    NOT_PRESENTED = "not_presented"
    EXPIRED = "expired"
    SUSPENDED = "suspended"


class PinResult(StrEnum):
    """What became of the 住基用 PIN; the PIN itself is never told to us."""

    MATCHED = "matched"
    WRONG = "wrong"
    LOCKED = "locked"
    NOT_TRIED = "not_tried"


class Visitor(StrEnum):
    """Who came."""

    PERSON = "本人"
    MEMBER = "同一世帯員"
    AGENT = "代理人"


class Newborn(Payload):
    """A child born between 転出 and 転入, whom no 転出証明書 names."""

    name: str = ""
    name_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate
    relationship: str = "子"


class Comer(Payload):
    """One of those the 転出証明書情報 names, as corrected at the counter; ``None`` is as received.

    ``same_as`` is somebody of this register whom staff have recognised.
    """

    code: ResidentCode
    relationship: str | None = None
    name: str | None = None
    name_kana: str | None = None
    same_as: UUID | None = None


class Visit(Payload):
    """来庁: who came with which card, and what they said about where they live now.

    Without ``persons`` everybody whom the 転出証明書情報 names has come to live here; without a
    ``household_id`` they make a household of their own.
    """

    code: ResidentCode
    visitor: Visitor
    card: CardCheck
    pin: PinResult
    visited_on: date
    moved_in_on: date
    household_id: UUID | None = None
    address: Address = Address()
    persons: tuple[Comer, ...] = ()
    newborns: tuple[Newborn, ...] = ()

    @property
    def card_verified(self) -> bool:
        """Whether 特例転入 is open to them."""
        return self.card is CardCheck.VERIFIED and self.pin is PinResult.MATCHED


class Newcomer(Payload):
    """Somebody of a 転入届.

    Without a ``code`` one is drawn from the pool: a newborn, or somebody from abroad who never had
    one.  The 個人番号 is not here but in the vault.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset(
        {"name", "name_kana", "sex", "born_on", "relationship", "address"}
    )

    code: ResidentCode | None = None
    name: str = ""
    name_kana: str = ""
    former_name: str = ""
    former_name_kana: str = ""
    alias: str = ""
    alias_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate
    relationship: str
    domicile: str = ""
    head_of_family_register: str = ""
    former_address: Address | None = None
    address: Address | None = None
    same_as: UUID | None = None
    amended: frozenset[str] = frozenset()


class Origin(StrEnum):
    """Where newcomers come from."""

    MUNICIPALITY = "転出地"
    ABROAD = "国外"
    UNREPORTED = "未届"


class EntryCause(StrEnum):
    """Why somebody is entered whom this register does not have (標準仕様書 4.2.1)."""

    ADDRESS = "住所設定"
    UNREPORTED = "未届転入"
    FAMILY_REGISTER = "就籍"


class ExOfficio(Payload):
    """職権記載 (令12条): what the office enters where nobody has reported, and on what ground."""

    cause: EntryCause
    basis: Basis
    evidence: str


class MoveInNotification(Payload):
    """転入届 (住民基本台帳法22条), 最初の転入届 (法24条の2), or 職権記載 in its place (令12条).

    ``origin`` is the municipality they were last registered in, ``unreported_in`` the one they
    lived in without a report (未届地).  Of what is entered ``ex_officio`` there is no 届出日:
    ``notified_on`` is the day the office took it up, which a 転入通知 is dated by.
    """

    source: Origin = Origin.MUNICIPALITY
    origin: MunicipalityCode | None = None
    unreported_in: MunicipalityCode | None = None
    notified_on: date
    moved_in_on: date
    household_id: UUID | None = None
    address: Address = Address()
    persons: Annotated[tuple[Newcomer, ...], Field(min_length=1)]
    ex_officio: ExOfficio | None = None

    @property
    def reason(self) -> Reason:
        """The 異動事由 it is entered under."""
        return Reason.ENTERED_EX_OFFICIO if self.ex_officio else Reason.MOVE_IN

    @property
    def reported_on(self) -> date | None:
        """届出日; none where nobody has reported."""
        return None if self.ex_officio else self.notified_on

    def person(self, subject: int) -> Newcomer:
        """The one who is person ``subject`` of the case."""
        return self.persons[subject - 1]

    @property
    def from_elsewhere(self) -> tuple[ResidentCode, ...]:
        """Codes of those whom the 転出地 must be told about."""
        codes = [person.code for person in self.persons if person.code is not None]
        return tuple(codes) if self.origin is not None else ()

    def homes(self, address: Address) -> dict[Address, tuple[ResidentCode, ...]]:
        """Where those live of whom the 転出地 must be told: at ``address``, or at their own."""
        homes: dict[Address, tuple[ResidentCode, ...]] = {}
        for person in self.persons if self.origin is not None else ():
            if person.code is not None:
                home = person.address or address
                homes[home] = (*homes.get(home, ()), person.code)
        return homes

    def amended(self, subject: int, changes: Mapping[str, Any]) -> Self:
        """The same 届出 with these fields of one person replaced; raises what validation raises."""
        before = self.person(subject)
        touched = {"amended": before.amended | changes.keys()}
        person = Newcomer.model_validate({**before.model_dump(), **changes, **touched})
        persons = (*self.persons[: subject - 1], person, *self.persons[subject:])
        return self.model_copy(update={"persons": persons})


def reported(
    certificate: Certificate, origin: MunicipalityCode, visit: Visit
) -> tuple[MoveInNotification, list[MyNumber | None]]:
    """The 転入届 that a 転出証明書情報 and a visit make, with the 個人番号 of each person.

    Raises `Refused`: NOT_IN_CERTIFICATE for somebody it does not name, HEAD_NEEDED when a household
    of their own would have no head or two.
    """
    comers = _comers(certificate, visit)
    alone = visit.household_id is None and len(comers) + len(visit.newborns) == 1
    persons = [_newcomer(mover, comer, alone=alone) for mover, comer in comers]
    family = comers[0][0]
    persons += [_born_meanwhile(child, family) for child in visit.newborns]
    check_heads(persons, visit.household_id)
    report = MoveInNotification(
        origin=origin,
        notified_on=visit.visited_on,
        moved_in_on=visit.moved_in_on,
        household_id=visit.household_id,
        address=visit.address,
        persons=tuple(persons),
    )
    return report, [mover.number for mover, _ in comers] + [None] * len(visit.newborns)


def check_heads(persons: list[Newcomer], household_id: UUID | None) -> None:
    """A household of their own has one head; raises `Refused` HEAD_NEEDED."""
    heads = sum(person.relationship == HEAD for person in persons)
    if household_id is None and heads != 1:
        raise Refused("HEAD_NEEDED")


def entry_of(person: Newcomer, household_id: UUID, address: Address, since: date) -> Entry:
    """住民票の記載事項: resident here, and at this address, from the day of 転入."""
    told = {field: getattr(person, field) for field in Entry.model_fields.keys() & _TOLD}
    return Entry.model_validate(
        told
        | {
            "household_id": household_id,
            "address": person.address or address,
            "resident_since": RegisterDate.on(since),
            "address_since": RegisterDate.on(since),
        }
    )


_TOLD = Newcomer.model_fields.keys() - {"address"}


def _comers(certificate: Certificate, visit: Visit) -> list[tuple[Mover, Comer]]:
    movers = {mover.code: mover for mover in certificate.persons}
    comers = visit.persons or tuple(Comer(code=code) for code in movers)
    if any(comer.code not in movers for comer in comers):
        raise Refused("NOT_IN_CERTIFICATE")
    return [(movers[comer.code], comer) for comer in comers]


def _newcomer(mover: Mover, comer: Comer, *, alone: bool) -> Newcomer:
    told = {field: getattr(mover, field) for field in Newcomer.model_fields.keys() & _RECEIVED}
    said = {field: value for field, value in dict(comer).items() if value is not None}
    if alone:
        told["relationship"] = HEAD
    names = frozenset(said.keys() & {"name", "name_kana"})
    return Newcomer.model_validate(told | said | {"amended": names})


_RECEIVED = Mover.model_fields.keys()


def _born_meanwhile(child: Newborn, family: Mover) -> Newcomer:
    return Newcomer(
        **dict(child),
        domicile=family.domicile,
        head_of_family_register=family.head_of_family_register,
    )
