"""A resident as an older system hands them over (データ移行)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.dates import RegisterDate
from domain.numbers import AddresseeNumber, HouseholdNumber, MyNumber, ResidentCode
from domain.payload import Payload
from domain.residents import Address, Entry, Sex

if TYPE_CHECKING:
    from uuid import UUID


class PersonRecord(Payload):
    """One resident of the file, every item valid by itself; ``line`` is where the person stands."""

    line: int
    addressee_number: AddresseeNumber
    household_number: HouseholdNumber
    code: ResidentCode
    my_number: MyNumber | None = None
    name: str
    name_kana: str = ""
    former_name: str = ""
    former_name_kana: str = ""
    alias: str = ""
    alias_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate
    relationship: str
    address: Address
    domicile: str = ""
    head_of_family_register: str = ""
    resident_since: RegisterDate
    address_since: RegisterDate | None = None

    def entry(self, household_id: UUID) -> Entry:
        """The 住民票 of this person in a household of the register."""
        told = {field: getattr(self, field) for field in _ENTRY_FIELDS}
        return Entry.model_construct(household_id=household_id, **told)


_ENTRY_FIELDS = tuple(Entry.model_fields.keys() & PersonRecord.model_fields.keys())
