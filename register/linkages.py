"""符号取得 as far as we may know it: which 処理通番 住基ネット has taken, and when.

The 符号 itself stays in 中間サーバー (番号法21条の2).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.payload import Payload

if TYPE_CHECKING:
    from domain.cases import StepRef
    from register.transactions import Tx


class Asked(Payload):
    """A 処理通番 that 住基ネット took, and when by the business clock."""

    subject: int
    request_number: UUID
    accepted_at: datetime


async def taken(tx: Tx, ref: StepRef, resident_id: UUID, request_number: UUID) -> None:
    """Note that 住基ネット has taken a request; noting it again changes nothing."""
    await tx.execute(
        "INSERT INTO linkage_request (municipality, request_number, case_id, subject, resident_id)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        ref.municipality,
        request_number,
        ref.case_id,
        ref.subject,
        resident_id,
    )


async def asked(tx: Tx, ref: StepRef) -> list[Asked]:
    """Every request of this person of the case that 住基ネット has taken, oldest first."""
    rows = await tx.fetch(
        "SELECT subject, request_number, accepted_at FROM linkage_request"
        " WHERE municipality = $1 AND case_id = $2 AND subject = $3 ORDER BY log_id",
        ref.municipality,
        ref.case_id,
        ref.subject,
    )
    return [Asked.model_validate(dict(row)) for row in rows]


async def of_case(tx: Tx, case_id: UUID) -> list[Asked]:
    """The same for all persons of a case."""
    rows = await tx.fetch(
        "SELECT subject, request_number, accepted_at FROM linkage_request"
        " WHERE municipality = tenant() AND case_id = $1 ORDER BY log_id",
        case_id,
    )
    return [Asked.model_validate(dict(row)) for row in rows]
