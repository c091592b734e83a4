"""The house's fixtures, for tests of its worker."""

from __future__ import annotations

from tests.workflows.conftest import house, quiet_house, saboteur

__all__ = ["house", "quiet_house", "saboteur"]
