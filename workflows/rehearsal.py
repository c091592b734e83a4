"""A procedure told without being performed: its lines, for documents, plans and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.step import AWAIT_APPROVAL, card_of
from workflows.address_change import AddressChange
from workflows.birth import Birth
from workflows.bulk import Bulk
from workflows.cancellation import Cancellation
from workflows.certificate_serial import CertificateSerial
from workflows.code_change import CodeChange
from workflows.code_top_up import CodeTopUp
from workflows.conduct import Conduct, Line, line
from workflows.correction import Correction
from workflows.death import Death
from workflows.entry import Entry
from workflows.household_change import HouseholdChange
from workflows.linkage_code import LinkageCode
from workflows.move_in import MoveIn
from workflows.move_in_notice import MoveInNotice
from workflows.move_out import MoveOut
from workflows.number_change import NumberChange
from workflows.reconciliation import Reconciliation
from workflows.repair import Repair
from workflows.serial_batch import SerialBatch
from workflows.special_move_in import SpecialMoveIn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

__all__ = ["AWAIT_APPROVAL", "PROCEDURES", "Line", "Rehearsal", "card_of", "lines_of", "rehearse"]

PROCEDURES: tuple[type[Conduct], ...] = (
    Birth,
    MoveOut,
    MoveInNotice,
    SpecialMoveIn,
    MoveIn,
    AddressChange,
    HouseholdChange,
    Death,
    Correction,
    Entry,
    Cancellation,
    CodeChange,
    NumberChange,
    LinkageCode,
    CertificateSerial,
    SerialBatch,
    CodeTopUp,
    Reconciliation,
    Repair,
    Bulk,
)


class Rehearsal(Conduct):
    """A story's listener that writes the lines down."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    async def perform(
        self,
        do: Callable[..., Any],
        *,
        undo: Callable[..., Any] | None = None,
        though_over: bool = False,
        since: str = "",
    ) -> None:
        """Write one line down."""
        del though_over, since
        self.lines.append(line(do, undo=undo))

    async def apart(self, *lines: Line) -> None:
        """Write them down in order."""
        self.lines += lines

    async def together(self, *steps: Coroutine[Any, Any, None]) -> None:
        """Write them down one after the other, as they were named."""
        for step in steps:
            await step


def lines_of(procedure: str) -> tuple[Line, ...]:
    """The lines of a procedure by its workflow type; empty for one this release does not know."""
    for kind in PROCEDURES:
        if _name(kind) == procedure:
            return rehearse(kind)
    return ()


def rehearse(kind: type[Conduct]) -> tuple[Line, ...]:
    """The lines one procedure's story names."""
    rehearsal = Rehearsal()
    telling = kind.story(rehearsal)
    try:
        telling.send(None)
    except StopIteration:
        return tuple(rehearsal.lines)
    msg = f"{kind.__name__} awaits more than its own lines"
    raise TypeError(msg)


def _name(kind: type[Conduct]) -> str:
    return getattr(kind, "__temporal_workflow_definition").name
