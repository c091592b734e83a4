"""What the systems out there share: each other's address, the clock, delays and the weather."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulators.faults import Faults
from simulators.hours import Hours

if TYPE_CHECKING:
    import aiohttp

    from simulators.settings import Settings


@dataclass
class Outside:
    """Everything here can be changed through the control doors, and is forgotten at a restart."""

    settings: Settings
    url: str
    delays: Delays
    session: aiohttp.ClientSession = field(init=False)
    faults: Faults = field(default_factory=Faults)
    hours: Hours = field(default_factory=Hours)


class Delays:
    """Seconds between a message and the notice it causes, by kind, anywhere or in one place."""

    def __init__(self, settings: Settings) -> None:
        self._everywhere = {
            ("unified_addressee", "AT-02"): settings.number_notice_delay,
            ("unified_addressee", "AT-03"): settings.copy_delay,
            ("jlis", "SYMBOL"): settings.symbol_delay,
            ("jlis", "CS-05"): settings.letter_delay,
            ("jlis", "CS-07"): settings.letter_delay,
            ("mynaportal", "OS-01"): settings.application_delay,
            ("mynaportal", "OS-02"): settings.application_delay,
        }
        self._here: dict[tuple[str, str, str], float] = {}

    def of(self, system: str, kind: str, municipality: str) -> float:
        """The delay that applies to a notice written now."""
        here = self._here.get((system, kind, municipality))
        return self._everywhere.get((system, kind), 0.0) if here is None else here

    def set(self, system: str, kind: str, municipality: str | None, seconds: float) -> None:
        """Change a delay for one municipality, or for all that have none of their own."""
        if municipality is None:
            self._everywhere[system, kind] = seconds
        else:
            self._here[system, kind, municipality] = seconds
