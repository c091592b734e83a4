"""A ruling: what staff decided, stored with its author and reason, and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.identifiers import new_id
from register import wakeups

if TYPE_CHECKING:
    from uuid import UUID

    from domain.cases import Verb
    from register.transactions import Tx


class Ruling(NamedTuple):
    """A decision as staff made it.

    A withdrawal may answer no incident, and so may an amendment that has followed its 届出 already.
    """

    case_id: UUID
    incident_id: UUID | None
    verb: Verb
    author: str
    role: str
    reason: str
    evidence: str = ""
    second_person: str = ""
    version: int | None = None


async def accept(tx: Tx, municipality: str, ruling: Ruling) -> UUID:
    """Store a ruling whose right the caller has checked under the case's lock, and wake the case.

    The incident it answers is closed to further rulings by the same transaction.
    """
    decision_id = new_id()
    await tx.execute(
        "INSERT INTO decision (municipality, decision_id, case_id, incident_id, verb, author, role,"
        " reason, evidence, second_person, version) VALUES ($1, $2, $3, $4, $5, $6,"
        " $7, $8, $9, $10, $11)",
        municipality,
        decision_id,
        *ruling,
    )
    await note(tx, municipality, decision_id, "accepted")
    if ruling.incident_id is not None:
        await tx.execute(
            "UPDATE incident SET state = 'deciding' WHERE municipality = $1 AND incident_id = $2",
            municipality,
            ruling.incident_id,
        )
    await wakeups.wake(tx, municipality, ruling.case_id, wakeups.Cause.DECISION, decision_id)
    return decision_id


async def note(tx: Tx, municipality: str, decision_id: UUID, event: str) -> None:
    """Note how far a ruling has come; saying it twice is once."""
    await tx.execute(
        "INSERT INTO decision_event (municipality, decision_id, event) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        municipality,
        decision_id,
        event,
    )
