from __future__ import annotations

from tests.simulators.fixtures import inbox, municipality, new_home, office, third, world

__all__ = ["inbox", "municipality", "new_home", "office", "third", "world"]
