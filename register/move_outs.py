"""転出受理: who may leave, the case made of a 転出届, and its amendment while it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cases import CaseState, Procedure, StepRef
from domain.errors import Refused
from domain.move_out import stays_headless
from register import cases, heads, households, leaving, ledger, notifications, residents, rulings
from register.cases import Acceptance

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from domain.acting import Acting
    from domain.cases import CaseRef
    from domain.move_out import MoveOutNotification
    from domain.residents import Present
    from register.rulings import Ruling
    from register.transactions import Row, Tx


async def accept(
    tx: Tx, acting: Acting, reported: MoveOutNotification, reference: str = ""
) -> CaseRef:
    """Accept a 転出届 once it is clear that these people may leave as it says.

    Raises `Refused` NOT_RESIDENT, OTHER_HOUSEHOLD, ALREADY_LEAVING, SAME_MUNICIPALITY,
    HEAD_TO_BE_NAMED, HEAD_NOT_STAYING.
    """
    if reported.destination.municipality == acting.municipality:
        raise Refused("SAME_MUNICIPALITY")
    await households.lock(tx, [reported.household_id])
    people = await residents.lock(tx, acting.municipality, reported.residents)
    await _check_leaving(tx, reported, people)
    await _check_head(tx, reported)
    return await cases.accept(
        tx,
        acting.municipality,
        Acceptance(
            Procedure.MOVE_OUT,
            reported.model_dump(mode="json"),
            acting.actor,
            reference,
            residents=reported.residents,
            due_on=reported.planned_on,
            late=reported.ex_officio,
            examined={str(one.resident_id): one.history_no for one in people.values()},
        ),
    )


async def amend(
    tx: Tx, case: CaseRef, reported: MoveOutNotification, ruling: Ruling, following: Sequence[str]
) -> UUID:
    """Amend a waiting 転出 at once: the next version, the entries, and which steps look again.

    The caller holds the case's lock and has judged the amendment.  Returns the decision's id.
    """
    whole = StepRef(municipality=case.municipality, case_id=case.case_id, subject=0)
    before = await leaving.notification(tx, whole)
    body, was = reported.model_dump(mode="json"), before.model_dump(mode="json")
    changed = {field: body[field] for field in body if body[field] != was[field]}
    correction = notifications.Correction(body, changed, ruling.author, ruling.reason)
    version = await notifications.correct(tx, case.municipality, case.case_id, correction)
    await leaving.follow(tx, whole)
    for subject in range(len(reported.residents) + 1):
        ref = whole.model_copy(update={"subject": subject})
        await ledger.reopen(tx, ref, list(following), version)
    return await rulings.accept(tx, case.municipality, ruling._replace(version=version))


class Withdrawn(NamedTuple):
    """A 転出受理 that was withdrawn (転出取消), or is being withdrawn while ``under_way``."""

    case_id: UUID
    under_way: bool


async def withdrawn(tx: Tx, people: Collection[UUID]) -> dict[UUID, Withdrawn]:
    """Those of these people whose last 転出 does not hold, and its case."""
    rows = await tx.fetch(_LAST, Procedure.MOVE_OUT, list(people))
    return {
        row["resident_id"]: Withdrawn(row["case_id"], row["state"] == CaseState.OPEN)
        for row in rows
        if row["withdrawn"]
    }


_LAST = """
SELECT DISTINCT ON (p.resident_id) p.resident_id, c.case_id, c.state,
    c.direction = 'withdrawing' OR EXISTS (SELECT FROM decision d WHERE d.municipality = tenant()
        AND d.case_id = c.case_id AND d.verb = 'withdraw') AS withdrawn
FROM case_file c JOIN case_person p USING (municipality, case_id)
WHERE c.municipality = tenant() AND c.procedure = $1 AND p.resident_id = ANY($2)
ORDER BY p.resident_id, c.accepted_at DESC
"""


async def open_cases(tx: Tx, people: Collection[UUID]) -> list[Row]:
    """The 転出受理 under way of these people, a row for each of them that is in one."""
    return await tx.fetch(
        "SELECT c.municipality, c.case_id, c.case_number, p.resident_id, p.subject"
        " FROM case_file c"
        " JOIN case_person p USING (municipality, case_id)"
        " WHERE c.municipality = tenant() AND c.procedure = $1 AND c.state = 'open'"
        " AND p.resident_id = ANY($2) AND NOT p.left_out ORDER BY c.case_id, p.subject",
        Procedure.MOVE_OUT,
        list(people),
    )


async def _check_leaving(
    tx: Tx, reported: MoveOutNotification, people: dict[UUID, Present]
) -> None:
    if any(one not in people or not people[one].here for one in reported.residents):
        raise Refused("NOT_RESIDENT")
    if any(one.entry.household_id != reported.household_id for one in people.values()):
        raise Refused("OTHER_HOUSEHOLD")
    under_way = await open_cases(tx, people.keys())
    if under_way or any(one.leaving for one in people.values()):
        raise Refused("ALREADY_LEAVING")


async def _check_head(tx: Tx, reported: MoveOutNotification) -> None:
    head = await households.head_of(tx, reported.household_id)
    members = await heads.of_household(tx, reported.household_id)
    if stays_headless(members, head, reported):
        raise Refused("HEAD_TO_BE_NAMED")
    staying = set(members) - set(reported.residents)
    named = {one.resident_id for one in reported.relationships}
    if reported.new_head is not None:
        named |= {reported.new_head}
    if named - staying or (named and head not in reported.residents):
        raise Refused("HEAD_NOT_STAYING")
