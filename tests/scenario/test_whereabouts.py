"""Everybody once: 現存 in exactly one town, or in a transition that is named."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.move_out import AWAIT_NOTICE
from domain.residents import Reason
from local.scenario.whereabouts import Where, everybody_once
from tests.scenario.a_story import (
    DAY,
    DESTINATION,
    ELSEWHERE,
    ORIGIN,
    a_person,
    an_entry,
    gone_to,
    leaving_for,
)

if TYPE_CHECKING:
    from local.scenario.person import Person

_AWAITED = frozenset({AWAIT_NOTICE})
_NOTIFYING = frozenset({"転入通知を送る"})
_HERE = a_person(ORIGIN)
_TO_LEAVE = a_person(
    ORIGIN, leaving=True, due=_AWAITED, entry=an_entry(**leaving_for(DESTINATION, DAY))
)
_LEFT = a_person(ORIGIN, present=False, due=_AWAITED, entry=an_entry(**leaving_for(DESTINATION)))
_CONFIRMED = a_person(ORIGIN, present=False, entry=an_entry(**gone_to(DESTINATION)))
_GONE_ELSEWHERE = a_person(ORIGIN, present=False, entry=an_entry(**gone_to(ELSEWHERE)))
_ABROAD = a_person(ORIGIN, present=False, entry=an_entry(**leaving_for(None)))
_DEAD = a_person(ORIGIN, present=False, reason=Reason.DEATH)
_STRUCK = a_person(ORIGIN, present=False, reason=Reason.CORRECTION)
_NEVER = a_person(ORIGIN, present=False, never=True)
_THERE = a_person(DESTINATION)
_ARRIVING = a_person(DESTINATION, due=_NOTIFYING)
_NOT_ARRIVED = a_person(DESTINATION, present=False, never=True)
_ON = a_person(
    DESTINATION,
    present=False,
    since=DAY + timedelta(days=9),
    entry=an_entry(**gone_to(ELSEWHERE)),
)


def _seen(*records: Person) -> tuple[Counter[Where], list[str]]:
    towns: dict[str, list[Person]] = {ORIGIN: [], DESTINATION: []}
    for one in records:
        towns[one.municipality].append(one)
    return everybody_once(towns)


@pytest.mark.parametrize(
    ("records", "where"),
    [
        ((_HERE,), Where.HERE),
        ((_CONFIRMED, _THERE), Where.HERE),
        ((_STRUCK, _THERE), Where.HERE),
        ((_HERE, _NOT_ARRIVED), Where.HERE),
        ((_TO_LEAVE,), Where.TO_LEAVE),
        ((_LEFT,), Where.LEFT),
        ((_LEFT, _NOT_ARRIVED), Where.LEFT),
        ((_TO_LEAVE, _THERE), Where.FOLLOWED),
        ((_LEFT, _THERE), Where.FOLLOWED),
        ((_HERE, _ARRIVING), Where.FOLLOWED),
        ((_GONE_ELSEWHERE,), Where.ELSEWHERE),
        ((_CONFIRMED, _ON), Where.ELSEWHERE),
        ((_ABROAD,), Where.ABROAD),
        ((_DEAD,), Where.DEAD),
        ((_STRUCK,), Where.STRUCK),
    ],
)
def test_everybody_is_somewhere_and_it_has_a_name(
    records: tuple[Person, ...], where: Where
) -> None:
    assert _seen(*records) == (Counter({where: 1}), [])


def test_who_was_never_validly_entered_does_not_count() -> None:
    """A birth that was withdrawn: nobody is missing."""
    assert _seen(_NEVER) == (Counter(), [])


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ((_HERE, _THERE), "131016 R8-000001/1 = 012025 R8-000001/1: 現存 in 2 municipalities"),
        ((_CONFIRMED,), "131016 R8-000001/1: 現存 nowhere"),
        (
            (_CONFIRMED, _NOT_ARRIVED),
            "131016 R8-000001/1 = 012025 R8-000001/1: 現存 nowhere",
        ),
    ],
    ids=["twice", "nowhere", "taken back there, and never told here"],
)
def test_who_is_in_two_towns_or_in_none_is_found(records: tuple[Person, ...], found: str) -> None:
    """Red when a 転入通知 is believed about a town that has nobody."""
    assert _seen(*records) == (Counter(), [found])


def test_people_are_told_apart_by_number_then_by_code() -> None:
    """Of two people in two towns each counts; without a number the code tells who they are."""
    other = a_person(DESTINATION, number="900000000017", code="90000000017")
    assert _seen(_HERE, other) == (Counter({Where.HERE: 2}), [])
    unnumbered = [one._replace(number=None) for one in (_LEFT, _THERE)]
    assert _seen(*unnumbered) == (Counter({Where.FOLLOWED: 1}), [])


def test_the_transitions_are_listed_with_their_count() -> None:
    """Whoever is simply there is not listed."""
    found = everybody_once({ORIGIN: [_LEFT, a_person(ORIGIN, number="1")], DESTINATION: []})
    assert found.listed == ["転出済み・転入前 1 人"]
