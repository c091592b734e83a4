"""The stock of unused 住民票コード (法30条の2, 規則14条): drawn at random, used once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import ContractBroken
from domain.numbers import ResidentCode
from register import cases, wakeups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.cases import CaseRef, StepRef
    from register.transactions import Tx


async def reserve(tx: Tx, ref: StepRef) -> ResidentCode | None:
    """The one code of this person of the case; drawn now if there is none yet.

    ``None`` when the stock is empty.  Callers at the same instant never share a code: a row being
    taken is passed over, and a reservation is unique per person and per code.
    """
    held = await _held(tx, ref)
    if held is not None:
        return held
    code = await _draw(tx, ref.municipality)
    if code is None:
        await _hold(tx, ref.municipality)
        code = await _draw(tx, ref.municipality)
    if code is None:
        return None
    reserved = await tx.fetchval(
        "INSERT INTO code_reservation (municipality, case_id, subject, code) VALUES"
        " ($1, $2, $3, $4)"
        " ON CONFLICT (municipality, case_id, subject) DO NOTHING RETURNING code",
        ref.municipality,
        ref.case_id,
        ref.subject,
        code,
    )
    if reserved is None:
        return await _held(tx, ref)
    await _mark(tx, ref, code, "reserved", "reserved")
    return ResidentCode(code)


async def _hold(tx: Tx, municipality: str) -> None:
    """Hold the stock's door, as do the one who found it empty and the one who fills it.

    Without it a batch could arrive between the look and the wait, and wake nobody.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('stock'), hashtext($1))", municipality)


async def give_back(tx: Tx, ref: StepRef) -> None:
    """Settle a withdrawn person's reservation: free if no telegram was written, else retired.

    Locks the reservation, as does the transaction that writes a person's first telegram: so no
    telegram can appear between the look and the release.
    """
    code = await lock(tx, ref)
    if code is None:
        return
    written = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM telegram WHERE municipality = $1 AND case_id ="
        " $2 AND subject = $3)",
        ref.municipality,
        ref.case_id,
        ref.subject,
    )
    event = "retired" if written else "released"
    await tx.execute(
        "UPDATE code_reservation SET state = $4 WHERE municipality = $1 AND case_id"
        " = $2 AND subject = $3",
        ref.municipality,
        ref.case_id,
        ref.subject,
        event,
    )
    if written:
        await _mark(tx, ref, code, "retired", event)
        return
    await _hold(tx, ref.municipality)
    await _mark(tx, ref, code, "free", event)
    await wakeups.wake_stock(tx, ref.municipality)


async def lock(tx: Tx, ref: StepRef) -> str | None:
    """The code this person of the case holds, its reservation locked until the transaction ends."""
    return await tx.fetchval(
        "SELECT code FROM code_reservation"
        " WHERE municipality = $1 AND case_id = $2 AND subject = $3 AND state = 'held' FOR UPDATE",
        ref.municipality,
        ref.case_id,
        ref.subject,
    )


async def allot(tx: Tx, municipality: str, batch_id: UUID, codes: Sequence[ResidentCode]) -> bool:
    """Store one batch, all or none; ``False`` when the batch is already here.

    A code somebody in the installation holds raises asyncpg's unique violation, a code a resident
    of this municipality ever held raises ContractBroken CODE_IN_USE; neither stores anything.
    """
    await _hold(tx, municipality)
    known = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM pool_code WHERE municipality = $1 AND batch_id = $2)",
        municipality,
        batch_id,
    )
    if known:
        return False
    await _refuse_codes_in_use(tx, municipality, codes)
    await tx.executemany(
        "INSERT INTO pool_code (code, municipality, batch_id) VALUES ($1, $2, $3)",
        [(code, municipality, batch_id) for code in codes],
    )
    await tx.executemany(
        "INSERT INTO pool_event (municipality, code, event) VALUES ($1, $2, 'allotted')",
        [(municipality, code) for code in codes],
    )
    return True


async def stock(tx: Tx, municipality: str) -> int:
    """How many codes are free."""
    return await tx.fetchval(
        "SELECT count(*) FROM pool_code WHERE municipality = $1 AND state = 'free'", municipality
    )


async def is_low(tx: Tx, municipality: str) -> bool:
    """Whether the stock has fallen below the low-water mark; counts no further than the mark."""
    return await tx.fetchval(
        "SELECT (SELECT count(*) FROM (SELECT FROM pool_code WHERE municipality = $1"
        "   AND state = 'free' LIMIT m.low_water) few) < m.low_water"
        " FROM municipality m WHERE m.municipality = $1",
        municipality,
    )


async def _refuse_codes_in_use(tx: Tx, municipality: str, codes: Sequence[ResidentCode]) -> None:
    used = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM resident_history WHERE municipality = $1 AND code = ANY($2))",
        municipality,
        list(codes),
    )
    if used:
        raise ContractBroken("CODE_IN_USE")


async def _draw(tx: Tx, municipality: str) -> str | None:
    return await tx.fetchval(
        "SELECT code FROM pool_code WHERE municipality = $1 AND state = 'free'"
        " ORDER BY draw LIMIT 1 FOR UPDATE SKIP LOCKED",
        municipality,
    )


async def order_if_low(tx: Tx, municipality: str, client: str) -> CaseRef | None:
    """Open a 住民票コード補充 if stock is low and none is open.

    Looked at again when alone: whoever noticed earlier may have filled the stock meanwhile.
    """
    if not await is_low(tx, municipality):
        return None
    await cases.alone_with_top_ups(tx, municipality)
    if not await is_low(tx, municipality):
        return None
    return await cases.order_top_up(tx, municipality, client)


async def _held(tx: Tx, ref: StepRef) -> ResidentCode | None:
    code = await lock(tx, ref)
    return None if code is None else ResidentCode(code)


async def _mark(tx: Tx, ref: StepRef, code: str, state: str, event: str) -> None:
    await tx.execute("UPDATE pool_code SET state = $2 WHERE code = $1", code, state)
    await tx.execute(
        "INSERT INTO pool_event (municipality, code, event, case_id) VALUES ($1, $2, $3, $4)",
        ref.municipality,
        code,
        event,
        ref.case_id,
    )
