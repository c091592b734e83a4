"""電子証明書のシリアル番号: whose they are, by keyed hash only, and the chain from old to new."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.numbers import ResidentCode
from domain.payload import Payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.cases import StepRef
    from domain.jpki import DigitalCertificate
    from register.transactions import Tx
    from register.vault import Vault

SERIAL = "シリアル番号"


class Reached(NamedTuple):
    """How far the changes are taken in: J-LIS's own mark, and whether this case is through."""

    place: str
    over: bool


class Turned(NamedTuple):
    """What one page of changes gave."""

    telegram_id: UUID
    place: str
    more: bool
    linked: int
    revoked: int
    unmatched: int


class Counts(Payload):
    """What a case has taken in so far."""

    linked: int
    revoked: int
    unmatched: int


async def asked_about(tx: Tx, ref: StepRef) -> UUID | None:
    """The message whose sender a case finds out; ``None`` where it asks about a person."""
    message_id = await tx.fetchval(
        "SELECT body ->> 'message_id' FROM notification"
        " WHERE municipality = $1 AND case_id = $2 AND version = 0",
        ref.municipality,
        ref.case_id,
    )
    return None if message_id is None else UUID(message_id)


async def link(
    tx: Tx,
    vault: Vault,
    municipality: str,
    resident_id: UUID,
    valid: Sequence[DigitalCertificate],
) -> None:
    """Note which valid certificates a person has, and that no others are."""
    await tx.execute(
        "UPDATE certificate_serial SET state = 'revoked' WHERE municipality = $1"
        " AND resident_id = $2 AND state = 'valid' AND serial <> ALL($3)",
        municipality,
        resident_id,
        [vault.key_of(municipality, SERIAL, one.serial) for one in valid],
    )
    for one in valid:
        await note(tx, vault, municipality, resident_id, one)


async def note(
    tx: Tx, vault: Vault, municipality: str, resident_id: UUID, one: DigitalCertificate
) -> None:
    """Note a certificate of somebody's as it stands: what it came after is valid no longer."""
    before = None if one.replaces is None else vault.key_of(municipality, SERIAL, one.replaces)
    if before is not None:
        await tx.execute(
            "UPDATE certificate_serial SET state = 'revoked' WHERE municipality = $1"
            " AND serial = $2 AND state = 'valid'",
            municipality,
            before,
        )
    await tx.execute(
        "INSERT INTO certificate_serial (municipality, serial, resident_id, usage, state, replaces,"
        " expires_on, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (municipality, serial) DO UPDATE SET resident_id = excluded.resident_id,"
        " state = excluded.state, replaces = excluded.replaces, expires_on = excluded.expires_on,"
        " ended_at = excluded.ended_at",
        municipality,
        vault.key_of(municipality, SERIAL, one.serial),
        resident_id,
        one.purpose,
        "valid" if one.valid else "revoked",
        before,
        one.expires_on,
        one.ended_at,
    )


async def end(tx: Tx, vault: Vault, municipality: str, one: DigitalCertificate) -> None:
    """A certificate is valid no longer, whoever it was linked to."""
    await tx.execute(
        "UPDATE certificate_serial SET state = 'revoked', ended_at = $3"
        " WHERE municipality = $1 AND serial = $2",
        municipality,
        vault.key_of(municipality, SERIAL, one.serial),
        one.ended_at,
    )


async def revoke(tx: Tx, municipality: str, resident_id: UUID) -> None:
    """None of a person's serial numbers stands for them here any more."""
    await tx.execute(
        "UPDATE certificate_serial SET state = 'revoked'"
        " WHERE municipality = $1 AND resident_id = $2 AND state = 'valid'",
        municipality,
        resident_id,
    )


async def owner(tx: Tx, municipality: str, code: str) -> UUID | None:
    """The resident with this 住民票コード, if there is one today."""
    return await tx.fetchval(
        "SELECT resident_id FROM resident_today"
        " WHERE municipality = $1 AND code = $2 AND presence = '現存'",
        municipality,
        code,
    )


async def code_of(tx: Tx, vault: Vault, municipality: str, serial: str) -> ResidentCode | None:
    """The 住民票コード of whose certificate this is or was, as far as it was linked here."""
    code = await tx.fetchval(
        "SELECT code FROM certificate_serial JOIN resident_present"
        " USING (municipality, resident_id) WHERE municipality = $1 AND serial = $2",
        municipality,
        vault.key_of(municipality, SERIAL, serial),
    )
    return None if code is None else ResidentCode(code)


async def reached(tx: Tx, ref: StepRef) -> Reached:
    """Where the next page of the municipality's changes begins."""
    row = await tx.fetchrow(
        "SELECT place, case_id = $2 AND NOT more AS over FROM serial_page"
        " WHERE municipality = $1 ORDER BY log_id DESC LIMIT 1",
        ref.municipality,
        ref.case_id,
    )
    return Reached("", over=False) if row is None else Reached(row["place"], row["over"])


async def turn(tx: Tx, ref: StepRef, page: Turned) -> Counts:
    """Write a page of changes down; what the case has taken in with it."""
    await tx.execute(
        "INSERT INTO serial_page (municipality, case_id, telegram_id, place, more, linked, revoked,"
        " unmatched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        ref.municipality,
        ref.case_id,
        *page,
    )
    return await counts(tx, ref.case_id)


async def counts(tx: Tx, case_id: UUID) -> Counts:
    """What a case has taken in so far."""
    row = await tx.fetchrow(
        "SELECT coalesce(sum(linked), 0)::integer AS linked,"
        " coalesce(sum(revoked), 0)::integer AS revoked,"
        " coalesce(sum(unmatched), 0)::integer AS unmatched FROM serial_page"
        " WHERE municipality = tenant() AND case_id = $1",
        case_id,
    )
    return Counts.model_validate(dict(row or {}))
