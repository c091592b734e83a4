"""What an older system had told everybody else of the people it handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients import jlis_comparison, unified_addressee
from domain.notices import HouseholdCopy
from domain.numbers import AddresseeNumber

if TYPE_CHECKING:
    from local.scenario.outside import Known
    from local.scenario.person import Person


def as_told(person: Person) -> Known:
    """Somebody as J-LIS, 統合宛名 and 中間サーバー hold them, each in its own form."""
    entry = person.entry
    since = entry.resident_since
    copy = HouseholdCopy(
        addressee_number=AddresseeNumber(person.addressee_number),
        household_id=entry.household_id,
        relationship=entry.relationship,
        resident_since=since.day if since else None,
    )
    return {
        "code": person.code,
        "number": person.number,
        "addressee_number": person.addressee_number,
        "contents": jlis_comparison.contents_of(entry),
        "addressee": unified_addressee.contents_of(entry),
        "copy_facts": unified_addressee.facts_of(copy),
    }
