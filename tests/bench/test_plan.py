"""What is measured, and whom it takes."""

from __future__ import annotations

from pathlib import Path

from bench.plan import WARM_UP, Options, alone
from bench.waiting import before_the_wait


def test_nobody_has_anything_happen_to_them_twice() -> None:
    """Births are done again beside the waiting cases, so they need as many households again.

    Red: count the births of a round once where cases wait.
    """
    numbers = _options().numbers

    assert numbers.births == WARM_UP + 3 * (60 + alone(60) + 60)
    assert numbers.moves == WARM_UP + 3 * (60 + alone(60))
    assert numbers.waiting == 5000


def test_what_is_not_measured_takes_nobody() -> None:
    options = _options(moves=0, waiting=0)

    assert (options.numbers.moves, options.numbers.waiting) == (0, 0)
    assert options.numbers.births == WARM_UP + 3 * (60 + alone(60))
    assert options.kinds == ("births", "floor")


def test_a_waiting_case_has_everything_behind_it_but_its_wait() -> None:
    """Whoever leaves on paper has been entered, and nothing was to be sent."""
    assert [*before_the_wait()] == [
        "転出予定者として登録する",
        "転出証明書情報を送る",
        "前の転出証明書情報を無効にする",
        "マイナポータルへ完了を知らせる",
    ]


def _options(moves: int = 60, waiting: int = 5000) -> Options:
    return Options(60, moves, waiting, 3, Path(), "api", None)
