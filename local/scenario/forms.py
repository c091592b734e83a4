"""What is filled in when people move: by citizens online, by staff at either counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from local.scenario.cast import Household, Place
    from local.scenario.person import Person


def online(household: Household, family: Sequence[Person], to: Place, day: date) -> dict[str, Any]:
    """転出届 and 来庁予定 at マイナポータル; the first of the family is the applicant."""
    return {
        "origin": household.place.code,
        "destination": to.code,
        "moving_on": day.isoformat(),
        "visit_on": day.isoformat(),
        "address": new_home(household, to)["line"],
        "telephone": household.telephone,
        "serial": household.serial,
        "persons": [
            {"name": one.entry.name, "born_on": one.entry.born_on.day.isoformat()} for one in family
        ],
    }


def at_the_counter(
    household: Household, leaving: dict[str, Any], to: Place, day: date, *, with_card: bool
) -> dict[str, Any]:
    """転出届 of some of a household; without a card they are given a paper 転出証明書."""
    return leaving | {
        "planned_on": day.isoformat(),
        "destination": {"municipality": to.code, **new_home(household, to)},
        "with_card": with_card,
    }


def visit(household: Household, to: Place, applicant: Person, day: date) -> dict[str, Any]:
    """来庁: the applicant has come with the card, for the whole family."""
    return {
        "code": applicant.code,
        "visitor": "本人",
        "card": "verified",
        "pin": "matched",
        "moved_in_on": day.isoformat(),
        "address": new_home(household, to),
    }


def with_certificate(household: Household, to: Place, mover: Person, day: date) -> dict[str, Any]:
    """転入届 of one person who brings a paper 転出証明書, and heads a household of their own."""
    entry = mover.entry
    person = {
        "code": mover.code,
        "number": mover.number,
        "name": entry.name,
        "name_kana": entry.name_kana,
        "sex": entry.sex,
        "born_on": entry.born_on.day.isoformat(),
        "relationship": "世帯主",
        "domicile": entry.domicile,
        "head_of_family_register": entry.head_of_family_register,
    }
    return {
        "origin": household.place.code,
        "moved_in_on": day.isoformat(),
        "address": new_home(household, to),
        "persons": [person],
    }


def new_home(household: Household, to: Place) -> dict[str, str]:
    """Where a household lives from now on."""
    return {"postal_code": next(iter(to.postal_codes)), "line": household.new_home(to)}
