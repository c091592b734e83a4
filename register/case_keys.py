"""The key a case is opened under: one open per municipality, procedure and keyed hash of a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.cases import CaseRef
    from register.transactions import Tx


async def lock(tx: Tx, municipality: str, procedure: str, key: bytes) -> None:
    """Be alone with this person's case, found or not, until the transaction ends.

    Messages of the same instant meet here: the second finds the case the first has made.
    """
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || $2 || encode($3, 'hex'), 0))",
        municipality,
        procedure,
        key,
    )


async def keep(tx: Tx, procedure: str, case: CaseRef, key: bytes) -> None:
    """Let the case be found by its person while it is open.

    A second open case under the same key raises asyncpg's unique violation.
    """
    await tx.execute(
        "INSERT INTO case_key (municipality, procedure, key, case_id) VALUES ($1, $2, $3, $4)",
        case.municipality,
        procedure,
        key,
        case.case_id,
    )
