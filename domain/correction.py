"""職権修正: what stands in the 住民票 is put right ex officio (住民基本台帳法8条, 施行令12条)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from pydantic import SerializerFunctionWrapHandler, model_serializer

from domain.changes import IDENTITY_FIELDS, Becoming, Report, Situation
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.heads import Succession, succession
from domain.payload import Payload
from domain.residents import HEAD, Address, Presence, Reason, Sex

if TYPE_CHECKING:
    from domain.residents import Present


class CorrectionKind(StrEnum):
    """How it is entered, and what 住基ネット is told."""

    ORDINARY = "職権修正"
    MINOR = "軽微な修正"
    CLERICAL = "誤記修正"
    STRIKE = "職権消除"


class MinorCorrection(StrEnum):
    """The seven kinds that count as 軽微な修正, and revoke no certificate."""

    PLAIN_CHARACTER = "常用平易な文字への修正"
    SAME_CHARACTER = "文字の同定"
    DISTRICT = "行政区画又は町字の名称の変更"
    LOT = "地番の変更"
    DWELLING = "住居表示の実施又は変更"
    BUILDING = "建物の名称又は家主の変更"
    OTHER = "総務大臣が定めるもの"


class Basis(StrEnum):
    """Why the office acts without a 届出 (令12条)."""

    FAMILY_REGISTER = "戸籍の届出又は通知"
    ELECTION = "選挙管理委員会の通知"
    INSURANCE = "国民健康保険等の資格の事実"
    JUDGMENT = "裁判"
    DISTRICT_CHANGED = "行政区画等の変更"
    ERROR = "誤り又は記載漏れ"
    SURVEY = "実態調査"
    REQUEST = "申出"


class Corrections(Payload):
    """記載事項 as they should read; what is not set stays as it is.

    Household and 続柄 are not among them: 世帯変更 is the way.
    """

    name: str = ""
    name_kana: str = ""
    former_name: str = ""
    former_name_kana: str = ""
    alias: str = ""
    alias_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate | None = None
    address: Address | None = None
    domicile: str = ""
    head_of_family_register: str = ""
    resident_since: RegisterDate | None = None
    address_since: RegisterDate | None = None

    @model_serializer(mode="wrap")
    def _only_what_is_set(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {
            field: said for field, said in whole(self).items() if field in self.model_fields_set
        }

    @property
    def said(self) -> dict[str, Any]:
        """The fields that are set, as they should read."""
        return {field: getattr(self, field) for field in sorted(self.model_fields_set)}


class Correction(Report):
    """職権修正, 軽微な修正, 誤記修正 or 職権消除 of people of one household.

    There is no 届出日.  ``evidence`` names the document.  For 職権消除 ``corrections`` is empty.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset({"corrections", "stays"})

    kind: CorrectionKind
    minor: MinorCorrection | None = None
    basis: Basis
    evidence: str
    household_id: UUID
    happened_on: RegisterDate
    corrections: Corrections = Corrections()
    stays: Succession = Succession()

    @property
    def effective_on(self) -> RegisterDate:
        """異動年月日."""
        return self.happened_on

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they live."""
        return (self.household_id,)

    @property
    def ends_departures(self) -> bool:
        """Whoever is struck does not leave any more."""
        return self.kind is CorrectionKind.STRIKE

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """Everybody named as they should read; exactly the fields set differ afterwards.

        Raises `Refused` HOUSEHOLD_GONE, NOT_RESIDENT, OTHER_HOUSEHOLD, NOTHING_CHANGES, and for
        職権消除 as `succession` does.
        """
        household = before.household(self.household_id)
        people = before.members(household, self.residents)
        if self.kind is CorrectionKind.STRIKE:
            struck = tuple(
                Becoming.of(one, Reason.STRUCK_EX_OFFICIO)._replace(presence=Presence.STRUCK)
                for one in people
            )
            return struck + succession(household, self.residents, self.stays)
        changed = tuple(self._corrected(one) for one in people)
        if all(one.entry == becomes.entry for one, becomes in zip(people, changed, strict=True)):
            raise Refused("NOTHING_CHANGES")
        return changed

    def concerns(self, before: Situation) -> tuple[UUID, ...]:
        """Whose 世帯主氏名 reads otherwise: the members of a head whose name changes."""
        household = before.household(self.household_id)
        head = household.head
        named = {"name", "name_kana"} & self.corrections.model_fields_set
        if head is None or head.resident_id not in self.residents or not named:
            return ()
        return tuple(one.resident_id for one in household.members if one.entry.relationship != HEAD)

    def _corrected(self, person: Present) -> Becoming:
        said = self.corrections.said
        differing = {field for field in said if getattr(person.entry, field) != said[field]}
        upstream = bool(IDENTITY_FIELDS & differing)
        return Becoming.of(person, _REASONS[self.kind], upstream=upstream, **said)


_REASONS = {
    CorrectionKind.ORDINARY: Reason.CORRECTION,
    CorrectionKind.MINOR: Reason.MINOR_CORRECTION,
    CorrectionKind.CLERICAL: Reason.CLERICAL_CORRECTION,
}
