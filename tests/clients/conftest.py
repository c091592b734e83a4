from __future__ import annotations

from tests.simulators.fixtures import municipality, office, world

__all__ = ["municipality", "office", "world"]
