"""The audit log (操作記録): who did what to whom, and why, in the transaction of the act itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.acting import Acting
    from register.transactions import Tx


async def record(
    tx: Tx,
    acting: Acting,
    act: str,
    *,
    subject_id: UUID | None = None,
    case_id: UUID | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one act; it stands if, and only if, the act does.

    ``detail`` holds names of fields, codes and reasons, never a 個人番号, a name or an address.
    """
    await tx.execute(
        "INSERT INTO audit (municipality, actor, purpose, act, subject_id, case_id, detail)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
        acting.municipality,
        acting.actor,
        acting.purpose,
        act,
        subject_id,
        case_id,
        json.dumps(detail or {}, ensure_ascii=False),
    )
