"""Laws of the house that the source itself must keep."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
PRODUCT = ("domain", "register", "clients", "activities", "workflows", "api", "worker", "relay")
SOURCES = [path for part in (*PRODUCT, "runtime") for path in sorted((HOME / part).rglob("*.py"))]


def test_every_package_is_installed() -> None:
    """What `make setup` links from here is copied elsewhere: only the packages that are listed.

    Red: take one out of pyproject.toml.
    """
    settled = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    listed = set(settled["tool"]["setuptools"]["packages"])
    parts = {name.partition(".")[0] for name in listed}
    inits = [init for part in parts for init in (HOME / part).rglob("__init__.py")]

    assert {".".join(init.parent.relative_to(HOME).parts) for init in inits} == listed


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(HOME)))
def test_the_product_knows_no_control_door(source: Path) -> None:
    """Law 12: the product uses only what a peer's protocol offers.

    Seen red with the path of a door in a client.
    """
    assert "_control" not in source.read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(HOME)))
def test_business_code_reads_one_clock_only(source: Path) -> None:
    """The register's clock is the office's: nobody asks the machine what day it is.

    Seen red with `date.today()` in a step.
    """
    text = source.read_text("utf-8")
    if source.relative_to(HOME).parts[0] != "runtime":
        assert "date.today(" not in text
        assert "datetime.now(" not in text or source.name == "wire.py"
