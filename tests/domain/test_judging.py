"""Whether a decision may be made where a case stands: every cell, for one and for a whole list."""

from __future__ import annotations

from itertools import product

import pytest

from api.problem_types import ProblemType
from domain.bulk import LEADS_TO, POSSIBLE_IN, BulkEvent, BulkState, ItemState, as_not_decided
from domain.cases import CaseState, Direction, Verb
from domain.judging import of_case, of_incident

CODES = {
    "CASE_CLOSED",
    "ALREADY_WITHDRAWING",
    "ALREADY_DECIDED",
    "STALE_INCIDENT",
    "VERB_NOT_ALLOWED",
}


@pytest.mark.parametrize(
    ("state", "direction", "verb", "to_withdraw"),
    list(product(CaseState, Direction, Verb, (False, True))),
)
def test_only_an_open_case_that_is_not_about_to_turn_is_decided(
    state: CaseState, direction: Direction, verb: Verb, *, to_withdraw: bool
) -> None:
    """A case on its way back is decided too, step by step; but it is not withdrawn twice."""
    hindered = of_case(state, direction, verb, to_withdraw=to_withdraw)

    forward = direction is Direction.FORWARD
    if state is not CaseState.OPEN:
        assert hindered == "CASE_CLOSED"
    elif to_withdraw if forward else verb is Verb.WITHDRAW:
        assert hindered == "ALREADY_WITHDRAWING"
    else:
        assert hindered == ""


@pytest.mark.parametrize("verb", Verb)
def test_an_incident_is_decided_once_and_only_as_its_step_allows(verb: Verb) -> None:
    """Whatever the verb, what is being decided or over is not decided again."""
    assert of_incident("open", {verb}, verb) == ""
    assert of_incident("open", set(Verb) - {verb}, verb) == "VERB_NOT_ALLOWED"
    assert of_incident("deciding", set(Verb), verb) == "ALREADY_DECIDED"
    assert of_incident("closed", set(Verb), verb) == "STALE_INCIDENT"


def test_what_somebody_else_has_settled_is_superseded_and_the_rest_is_refused() -> None:
    """Each obstacle has words among the API's problems.  Red: name one that has none."""
    assert {code for code in CODES if as_not_decided(code) is ItemState.REFUSED} == {
        "VERB_NOT_ALLOWED"
    }
    assert {kind.code for kind in ProblemType} >= CODES


def test_what_has_ended_is_ended_for_good() -> None:
    """Nothing leads out of a bulk repair that was discarded, stopped, or is over."""
    assert set(LEADS_TO) == set(POSSIBLE_IN) == set(BulkEvent)
    over = {BulkState.DISCARDED, BulkState.STOPPED, BulkState.OVER}
    assert not any(over & possible for possible in POSSIBLE_IN.values())
