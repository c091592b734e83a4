"""What tests of the scenario share."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import HOME


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where pictures go: into the documents if that is wanted, else nowhere that lasts."""
    wanted = request.config.getoption("--pictures")
    place = Path(HOME, "docs", "images") if wanted else tmp_path
    place.mkdir(parents=True, exist_ok=True)
    return place
