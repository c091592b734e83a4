"""People and households that a form names by number: who they are, before the API is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from api import people_desk
from api.console.form_fields import Kind
from api.console.form_reading import Found, digits
from api.fields import errors_of
from api.people_forms import SearchForm

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from api.console.form_fields import Field
    from api.console.typed import Typed
    from api.counter import Counter
    from register.households import HouseholdView


async def household_id(counter: Counter, number: str) -> UUID | Found:
    """The household of a 世帯番号, or why there is none; the look is audited as a search."""
    found = await _by_number(counter, Kind.HOUSEHOLD, number)
    return found if isinstance(found, Found) else found[0]


async def look_up(counter: Counter, fields: Iterable[Field], typed: Typed) -> dict[str, Found]:
    """Whoever the fields name by 世帯番号 or 宛名番号."""
    named = [(one, typed.text(one.path)) for one in _by_numbers(fields)]
    return {one.path: await _found(counter, one.kind, text) for one, text in named if text}


async def _found(counter: Counter, kind: Kind, number: str) -> Found:
    found = await _by_number(counter, kind, number)
    return found if isinstance(found, Found) else Found(str(found[0]), found[1])


async def _by_number(counter: Counter, kind: Kind, number: str) -> tuple[UUID, str] | Found:
    name = "household_number" if kind is Kind.HOUSEHOLD else "addressee_number"
    try:
        wanted = SearchForm.model_validate({name: digits(number)})
    except ValidationError as flawed:
        return Found(code=errors_of(flawed.errors(include_input=False))[0].code)
    if kind is Kind.HOUSEHOLD:
        homes = (await people_desk.find_households(counter, wanted)).households
        known = [(one.household_id, _home(one)) for one in homes]
    else:
        people = (await people_desk.find_residents(counter, wanted)).residents
        known = [(one.resident_id, f"{one.name} {one.born_on} {one.presence}") for one in people]
    nobody = "UNKNOWN_HOUSEHOLD" if kind is Kind.HOUSEHOLD else "NO_SUCH_PERSON"
    return known[0] if known else Found(code=nobody)


def _home(household: HouseholdView) -> str:
    head = household.head.name if household.head else "世帯主未設定"
    return f"{head} {household.address.line} {household.address.building}".strip()


def _by_numbers(fields: Iterable[Field]) -> list[Field]:
    kinds = {Kind.HOUSEHOLD, Kind.RESIDENT}
    inside = [one for field in fields for one in _by_numbers(field.inside)]
    return [field for field in fields if field.kind in kinds] + inside
