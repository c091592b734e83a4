"""What can go wrong, sorted by who must act.

    OfficeError
     ├── Unavailable      time heals: no answer, closed; tried again as long as it takes
     ├── Refused          people decide: the other side understood and said no
     └── ContractBroken   engineers repair an answer nobody can read; staff decide meanwhile

Anything that is none of these is a defect of ours.  An error carries codes and enumerations only,
never a value: it is written to logs and shown by the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from domain.telegrams import Peer


class OfficeError(Exception):
    """A failure whose kind and code are decided where it is raised; ``code`` is stable ASCII."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unavailable(OfficeError):
    """No outcome yet; time heals.

    ``left`` tells whether a byte of the request may have left us: if not, the effect cannot exist.
    ``after`` is the pause the other side asked for, if it did.  ``peer`` is the system that gave no
    answer one could use, where it was one: not where anything of our own was away.
    """

    def __init__(self, code: str, *, left: bool = True, after: timedelta | None = None) -> None:
        super().__init__(code)
        self.left = left
        self.after = after
        self.peer: Peer | None = None


class Refused(OfficeError):
    """Understood and declined: nothing was done there; staff decide how to go on."""


class ContractBroken(OfficeError):
    """An answer outside the agreed form; staff wait, engineers repair."""
