"""An open 転出 gives way to a 死亡 or 職権消除: whoever is gone does not leave (法24条).

The person drops out of the 転出受理.  With others left it goes on without them, by an amended 届出
whose 転出証明書情報 goes anew; with nobody left it is withdrawn, by a decision that says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cases import CaseRef, StepRef, Verb
from register import (
    cancelling,
    cases,
    lanes,
    leaving,
    ledger,
    move_outs,
    notifications,
    rulings,
    wakeups,
)
from register.notifications import Correction
from register.rulings import Ruling

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from domain.changes import Report
    from register.transactions import Tx

_ROLE = "system"


class Departure(NamedTuple):
    """An open 転出受理, and which of its persons are gone."""

    case: CaseRef
    gone: dict[UUID, int]
    """Subject by resident."""


async def hold(tx: Tx, reported: Report) -> list[Departure]:
    """The open 転出 of the people a 届出 names; their case files are held, before any person."""
    found: dict[UUID, Departure] = {}
    for row in await move_outs.open_cases(tx, reported.residents):
        case = CaseRef(
            municipality=row["municipality"],
            case_id=row["case_id"],
            case_number=row["case_number"],
        )
        departure = found.setdefault(case.case_id, Departure(case, {}))
        departure.gone[row["resident_id"]] = row["subject"]
    for departure in found.values():
        await cases.lock(tx, departure.case)
    return list(found.values())


async def release(
    tx: Tx,
    ref: StepRef,
    departures: Sequence[Departure],
    residents: Collection[UUID],
    following: Sequence[str],
) -> None:
    """Let these people drop out of their 転出, for the sake of the case of ``ref``."""
    because = await tx.fetchval(
        "SELECT procedure || ' ' || case_number FROM case_file WHERE municipality = $1"
        " AND case_id = $2",
        ref.municipality,
        ref.case_id,
    )
    for departure in departures:
        for resident_id, subject in departure.gone.items():
            await _drop(tx, departure.case, resident_id, subject)
        whole = StepRef(municipality=ref.municipality, case_id=departure.case.case_id, subject=0)
        said = await leaving.notification(tx, whole)
        staying = tuple(one for one in said.residents if one not in residents)
        if staying:
            body = said.model_copy(update={"residents": staying}).model_dump(mode="json")
            correction = Correction(body, {"residents": body["residents"]}, because, because)
            await _go_on_without(tx, departure.case, correction, following)
        elif not await cases.is_turning(tx, ref.municipality, departure.case.case_id):
            ruling = Ruling(departure.case.case_id, None, Verb.WITHDRAW, because, _ROLE, because)
            await rulings.accept(tx, ref.municipality, ruling)


async def _drop(tx: Tx, case: CaseRef, resident_id: UUID, subject: int) -> None:
    """The 転出 of one person never was; what its steps still wait for is over."""
    ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=subject)
    await cancelling.take_back(tx, ref, resident_id)
    await lanes.settle(tx, ref, resident_id, "void")
    await tx.execute(
        "UPDATE case_person SET left_out = true WHERE municipality = $1 AND case_id = $2"
        " AND subject = $3",
        case.municipality,
        case.case_id,
        subject,
    )


async def _go_on_without(
    tx: Tx, case: CaseRef, correction: Correction, following: Sequence[str]
) -> None:
    version = await notifications.correct(tx, case.municipality, case.case_id, correction)
    rows = await tx.fetch(
        "SELECT 0 AS subject UNION SELECT subject FROM case_person"
        " WHERE municipality = $1 AND case_id = $2 AND NOT left_out",
        case.municipality,
        case.case_id,
    )
    for row in rows:
        ref = StepRef(municipality=case.municipality, case_id=case.case_id, subject=row["subject"])
        await ledger.reopen(tx, ref, list(following), version)
    await wakeups.wake(tx, case.municipality, case.case_id, wakeups.Cause.RESIDENT_CHANGED)
