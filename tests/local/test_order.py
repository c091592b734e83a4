"""The order of tests: nothing is lost in it, and each player begins with something long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.order import dealt


@given(st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=60), st.integers(2, 5))
def test_every_test_is_played_once_and_the_long_ones_first(
    places: list[int | None], players: int
) -> None:
    """Red: deal the long ones without counting how many a hand holds."""
    tests = list(range(len(places)))

    order = dealt(tests, places, players)

    assert sorted(order) == tests
