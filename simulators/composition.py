"""The systems out there, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.intermediate_server import IntermediateServer
from simulators.jlis import Jlis
from simulators.mynaportal import Mynaportal
from simulators.unified_addressee import UnifiedAddressee

if TYPE_CHECKING:
    from simulators.outside import Outside
    from simulators.system import System


class Systems:
    """One of each, in the order they are started."""

    def __init__(self, outside: Outside) -> None:
        self.intermediate_server = IntermediateServer(outside)
        self.unified_addressee = UnifiedAddressee(outside)
        self.jlis = Jlis(outside)
        self.mynaportal = Mynaportal(outside)
        self.all: list[System] = [
            self.intermediate_server,
            self.unified_addressee,
            self.jlis,
            self.mynaportal,
        ]
        self.by_name = {system.name: system for system in self.all}

    async def open(self) -> None:
        """Open every ledger."""
        for system in self.all:
            await system.open()

    async def close(self) -> None:
        """Close what was opened, last first."""
        for system in reversed(self.all):
            await system.close()
