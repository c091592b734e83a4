"""One resident as the API shows them: as now, with the household they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.residents import Entry
from register.households import member_view
from register.search import ResidentView

if TYPE_CHECKING:
    from uuid import UUID

    from register.transactions import Tx

_RESIDENT = (
    "SELECT p.resident_id, r.addressee_number, p.code, p.presence, p.entry::text AS entry,"
    " p.household_id, h.household_number FROM resident_today p"
    " JOIN resident r USING (municipality, resident_id)"
    " JOIN household h USING (municipality, household_id)"
    " WHERE p.municipality = tenant() AND p.resident_id = $1"
)


async def view(tx: Tx, resident_id: UUID) -> ResidentView | None:
    """Show one resident, 除票 too; None for whom this municipality never held."""
    row = await tx.fetchrow(_RESIDENT, resident_id)
    if row is None:
        return None
    return ResidentView(
        **dict(member_view(row)),
        household_id=row["household_id"],
        household_number=row["household_number"],
        address=Entry.model_validate_json(row["entry"]).address,
        presence=row["presence"],
    )
