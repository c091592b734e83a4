"""How much the tests of the workflows take on: as a rule, and where a longer run asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_MANY = {"births": (20, 500), "leavers": (200, 1000)}
"""Of a test about many, by its argument: so many always, and so many too with ``--all-kinds``."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play a test about many with as many as the run asks for."""
    all_kinds = metafunc.config.getoption("all_kinds")
    for name, (always, more) in _MANY.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [always, more] if all_kinds else [always])
