"""職権修正: exactly the fields set are corrected."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.changes import IDENTITY_FIELDS, Household, Situation
from domain.correction import Basis, Correction, CorrectionKind, Corrections
from domain.dates import RegisterDate
from domain.residents import Address, Entry, Presence, Present

_HOME = UUID(int=7)
_TEXTS = (
    "name",
    "name_kana",
    "former_name",
    "alias",
    "alias_kana",
    "domicile",
    "head_of_family_register",
)


def _resident() -> Present:
    entry = Entry(
        name="髙橋　一郎",
        born_on=RegisterDate.on(date(1980, 1, 2)),
        household_id=_HOME,
        relationship="世帯主",
        address=Address(line="東京都千代田区一番町1番"),
    )
    return Present(
        resident_id=UUID(int=1),
        history_no=3,
        presence=Presence.RESIDENT,
        code="90000000011",
        entry=entry,
        presence_since=date(2020, 1, 1),
        leaving=False,
    )


def _situation(person: Present) -> Situation:
    household = Household(_HOME, person.entry.address, (person,))
    return Situation(
        {_HOME: household}, {person.resident_id: person}, UUID(int=9), date(2026, 12, 1)
    )


def _correction(**corrections: Any) -> Correction:
    return Correction(
        residents=(UUID(int=1),),
        notified_on=None,
        kind=CorrectionKind.ORDINARY,
        basis=Basis.ERROR,
        evidence="証跡",
        household_id=_HOME,
        happened_on=RegisterDate.on(date(2026, 11, 1)),
        corrections=Corrections(**corrections),
    )


@given(st.sets(st.sampled_from(_TEXTS), min_size=1), st.text("アイウ", min_size=1, max_size=3))
def test_a_correction_changes_the_fields_named_and_no_other(fields: set[str], text: str) -> None:
    """As stored and read again, too.  Red: dump the fields that are not set as well."""
    reported = _correction(**dict.fromkeys(fields, text))
    stored = Correction.model_validate(reported.model_dump(mode="json"))
    person = _resident()

    (becomes,) = stored.becomes(_situation(person))

    assert becomes.entry == person.entry.model_copy(update=dict.fromkeys(fields, text))
    assert becomes.upstream is bool(fields & IDENTITY_FIELDS)
