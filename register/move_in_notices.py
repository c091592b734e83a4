"""転入通知 (CS-07, 法9条1項) as received: what each says of each person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.numbers import MunicipalityCode
from domain.residents import Address

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from domain.cases import StepRef
    from domain.moves import Arrival, MoveInNotice
    from register.transactions import Row, Tx


class NoticeOf(NamedTuple):
    """What one 転入通知 says of one person; ``sender`` is the municipality they live in now."""

    sender: MunicipalityCode
    moved_in_on: date
    address: Address
    notified_on: date
    version: int
    withdrawn: bool

    @property
    def age(self) -> tuple[date, int]:
        """What to compare two by: the greater one is the newer."""
        return self.notified_on, self.version


async def note(
    tx: Tx, arrival: Arrival, notice: MoveInNotice, resident_id: UUID, case_id: UUID | None
) -> None:
    """Keep what a notice says of one person, and for which case; again changes nothing."""
    await tx.execute(
        "INSERT INTO move_in_notice (municipality, message_id, resident_id, case_id, sender,"
        " moved_in_on, address, notified_on, version, withdrawn)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        arrival.municipality,
        arrival.message_id,
        resident_id,
        case_id,
        arrival.sender,
        notice.moved_in_on,
        notice.address.model_dump(mode="json"),
        notice.notified_on,
        notice.version,
        notice.withdrawn,
    )


async def newest(
    tx: Tx, ref: StepRef, resident_id: UUID, *, withdrawn: bool = False
) -> NoticeOf | None:
    """The newest notice the case has about a person, whichever came last.

    ``None`` where there is none, or where the newest takes the 転入 back; ``withdrawn`` wants that
    one too.
    """
    row = await tx.fetchrow(
        "SELECT sender, moved_in_on, address, notified_on, version, withdrawn FROM move_in_notice"
        " WHERE municipality = $1 AND resident_id = $2 AND case_id = $3"
        " ORDER BY notified_on DESC, version DESC LIMIT 1",
        ref.municipality,
        resident_id,
        ref.case_id,
    )
    if row is None or (row["withdrawn"] and not withdrawn):
        return None
    return _notice(row)


async def has_come(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether anybody of a case is known to live elsewhere by now."""
    rows = await tx.fetch(
        "SELECT DISTINCT ON (resident_id) withdrawn FROM move_in_notice"
        " WHERE municipality = $1 AND case_id = $2"
        " ORDER BY resident_id, notified_on DESC, version DESC",
        municipality,
        case_id,
    )
    return any(not row["withdrawn"] for row in rows)


def _notice(row: Row) -> NoticeOf:
    return NoticeOf(
        MunicipalityCode(row["sender"]),
        row["moved_in_on"],
        Address.model_validate(row["address"]),
        row["notified_on"],
        row["version"],
        row["withdrawn"],
    )
