"""Amending (訂正), whichever the procedure: its 届出 corrected, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from domain.cases import Procedure
from register import births, changing, leaving, newcomers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.cases import StepRef
    from domain.payload import Payload
    from register.transactions import Tx


class Amendable(Protocol):
    """A 届出 that may be corrected."""

    def amended(self, subject: int, changes: dict[str, Any]) -> Payload:
        """The same 届出 with these fields replaced; raises what validation raises."""
        ...


class Amending(Protocol):
    """What a procedure's module of the register offers."""

    async def notification(self, tx: Tx, ref: StepRef, /) -> Amendable:
        """The 届出 in its latest version."""
        ...

    async def follow(self, tx: Tx, ref: StepRef, /) -> None:
        """Bring what is entered for this person up to the latest version (誤記修正)."""
        ...


_MODULES: Mapping[str, Amending] = {
    Procedure.BIRTH: births,
    Procedure.MOVE_OUT: leaving,
    Procedure.SPECIAL_MOVE_IN: newcomers,
    Procedure.MOVE_IN: newcomers,
    Procedure.ENTRY: newcomers,
    **dict.fromkeys(changing.REPORTS, changing),
}


async def of(tx: Tx, ref: StepRef) -> Amending:
    """Whatever amends the case this is a step of; a procedure of its own kind amends as births."""
    procedure = await tx.fetchval(
        "SELECT procedure FROM case_file WHERE municipality = $1 AND case_id = $2",
        ref.municipality,
        ref.case_id,
    )
    return _MODULES.get(procedure, births)
