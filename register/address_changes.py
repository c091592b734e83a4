"""転居 as it is announced and reported: a 転居予約 (OS-02) and the 転居届 of one move are one case.

Whichever comes first opens it.  A 転居予約 waits for the 届出, which finds it by the code of
anybody who moves; one that comes behind joins what is under way, or hears that it has been.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import CaseRef, CaseState, Procedure
from domain.numbers import ResidentCode
from register import cases, changing, departures, expected, inbox
from register.expected import KEPT_FOR, Coming
from register.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from domain.acting import Acting
    from domain.address_change import AddressChange
    from domain.moves import Arrival, VisitPlan
    from register.transactions import Row, Tx
    from register.vault import Vault

_MOVE = Procedure.ADDRESS_CHANGE


async def take_plan(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, plan: VisitPlan, code: ResidentCode
) -> None:
    """Join a 転居予約 to the 転居 of its person; who does not live here is listed for staff."""
    if await inbox.is_taken_back(tx, municipality, arrival.message_id):
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED)
        return
    resident_id = await _resident(tx, municipality, code)
    if resident_id is None:
        flaw = "NOT_RESIDENT"
        await inbox.place(tx, municipality, arrival.message_id, InboxState.UNCLAIMED, flaw=flaw)
        return
    await expected.alone_with(tx, vault, municipality, _MOVE, [code])
    told = await _reported(tx, municipality, resident_id, plan)
    if told is not None and told["state"] == CaseState.COMPLETED:
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED, told["case_id"])
        return
    coming = Coming(_MOVE, [code], plan.moving_on + KEPT_FOR, arrival.sender)
    case = _ref(told) if told else await expected.find_or_open(tx, vault, municipality, coming)
    await expected.join(tx, case, arrival.message_id)


async def accept(  # noqa: PLR0913 - as `changing.accept`
    tx: Tx,
    vault: Vault,
    acting: Acting,
    reported: AddressChange,
    reference: str = "",
    *,
    due_on: date | None = None,
    first: UUID | None = None,
) -> CaseRef:
    """Accept a 転居届: at the case that waits for these people, or as a case of its own.

    ``first`` is the case to prefer where several of them announced themselves.  Raises `Refused` as
    the 届出 itself does.
    """
    codes = await _codes(tx, acting.municipality, reported.residents)
    case = await expected.find(tx, vault, acting.municipality, _MOVE, codes, first=first)
    if case is not None and await _takes_report(tx, case):
        acceptance = await changing.examined(tx, acting, _MOVE, reported, reference, due_on=due_on)
        await cases.take_report(tx, case, acceptance)
        return case
    return await changing.accept(tx, acting, _MOVE, reported, reference, due_on=due_on)


async def is_about(tx: Tx, vault: Vault, case: CaseRef, residents: Sequence[UUID]) -> bool:
    """Whether one of these people announced the 転居 of this case."""
    codes = await _codes(tx, case.municipality, residents)
    return any([await expected.is_about(tx, vault, case, _MOVE, code) for code in codes])


async def _takes_report(tx: Tx, case: CaseRef) -> bool:
    """Whether a case still waits for its 届出, and is not being called off."""
    come = await expected.has_come(tx, case.municipality, case.case_id)
    return not come and not await cases.is_turning(tx, case.municipality, case.case_id)


async def _resident(tx: Tx, municipality: str, code: ResidentCode) -> UUID | None:
    found = await departures.by_code(tx, municipality, [code])
    return next((one.resident_id for one in found.values() if one.here), None)


async def _codes(tx: Tx, municipality: str, residents: Sequence[UUID]) -> list[ResidentCode]:
    rows = await tx.fetch(
        "SELECT code FROM resident_present WHERE municipality = $1 AND resident_id = ANY($2)"
        " AND code IS NOT NULL ORDER BY array_position($2, resident_id)",
        municipality,
        list(residents),
    )
    return [ResidentCode(row["code"]) for row in rows]


async def _reported(tx: Tx, municipality: str, resident_id: UUID, plan: VisitPlan) -> Row | None:
    """The 転居 of somebody, its file locked, that a 転居予約 says again.

    That is one under way, one that ended after the plan was filed, or one of the same day.
    """
    return await tx.fetchrow(
        "SELECT c.municipality, c.case_id, c.case_number, c.state FROM case_file c"
        " JOIN case_person p USING (municipality, case_id)"
        " WHERE c.municipality = $1 AND c.procedure = $2 AND p.resident_id = $3"
        " AND c.state IN ('open', 'completed') AND c.direction = 'forward' AND EXISTS ("
        "  SELECT FROM notification n WHERE n.municipality = $1 AND n.case_id = c.case_id"
        "  AND n.body -> 'residents' ? $3::text AND (c.state = 'open' OR c.ended_at >= $4"
        "   OR (n.body ->> 'moved_on')::date = $5))"
        " ORDER BY c.accepted_at DESC LIMIT 1 FOR UPDATE OF c",
        municipality,
        _MOVE,
        resident_id,
        plan.filed_at,
        plan.moving_on,
    )


def _ref(row: Row) -> CaseRef:
    return CaseRef(
        municipality=row["municipality"], case_id=row["case_id"], case_number=row["case_number"]
    )
