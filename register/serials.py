"""電子証明書のシリアル番号: whose they are, by keyed hash only; and who asks whose one is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from domain.cases import StepRef
    from domain.moves import Serials
    from register.transactions import Tx
    from register.vault import Vault

SERIAL = "シリアル番号"


async def asked_about(tx: Tx, ref: StepRef) -> UUID:
    """The message whose sender a 証明書シリアル取得 finds out."""
    message_id = await tx.fetchval(
        "SELECT body ->> 'message_id' FROM notification"
        " WHERE municipality = $1 AND case_id = $2 AND version = 0",
        ref.municipality,
        ref.case_id,
    )
    return UUID(message_id)


async def link(tx: Tx, vault: Vault, municipality: str, resident_id: UUID, theirs: Serials) -> None:
    """Note which serial numbers a person's valid certificates have, and that no others are."""
    valid = [serial for serial in (theirs.signature, theirs.authentication) if serial is not None]
    await tx.execute(
        "UPDATE certificate_serial SET state = 'revoked' WHERE municipality = $1"
        " AND resident_id = $2 AND state = 'valid' AND serial <> ALL($3)",
        municipality,
        resident_id,
        [vault.key_of(municipality, SERIAL, serial) for serial in valid],
    )
    for usage, serial in (("署名用", theirs.signature), ("利用者証明用", theirs.authentication)):
        if serial is not None:
            await tx.execute(
                "INSERT INTO certificate_serial (municipality, serial, resident_id, usage)"
                " VALUES ($1, $2, $3, $4) ON CONFLICT (municipality, serial) DO UPDATE SET"
                " resident_id = excluded.resident_id, state = 'valid'",
                municipality,
                vault.key_of(municipality, SERIAL, serial),
                resident_id,
                usage,
            )


async def revoke(tx: Tx, municipality: str, resident_id: UUID) -> None:
    """None of a person's serial numbers stands for them here any more."""
    await tx.execute(
        "UPDATE certificate_serial SET state = 'revoked'"
        " WHERE municipality = $1 AND resident_id = $2 AND state = 'valid'",
        municipality,
        resident_id,
    )
