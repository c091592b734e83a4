"""Cases about one resident without a 届出: what must be true, and the case, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.case_answers import Receipt
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import CaseState
from register import case_lists, cases, residents
from register.cases import Acceptance
from register.idempotency import Answer
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from uuid import UUID

    from api.counter import Counter
    from domain.cases import CaseRef, Procedure
    from register.transactions import Tx

PROBLEMS = (
    ProblemType.UNKNOWN_RESIDENT,
    ProblemType.ALREADY_UNDER_WAY,
    ProblemType.NO_RESIDENT_CODE,
)
"""What such a case may be refused with."""


async def accept(
    tx: Tx, counter: Counter, procedure: Procedure, resident_id: UUID, reference: str
) -> Answer:
    """Open the case; the person is locked, so that two who ask at once get one.  `PROBLEMS`."""
    municipality = counter.acting.municipality
    await _check(tx, counter, resident_id)
    standing = await case_lists.open_about(tx, procedure, resident_id)
    if standing:
        raise Problem(ProblemType.ALREADY_UNDER_WAY, case_numbers=standing)
    acceptance = Acceptance(procedure, {}, counter.acting.actor, reference, residents=[resident_id])
    return receipt(await cases.accept(tx, municipality, acceptance))


def receipt(case: CaseRef) -> Answer:
    """The answer to whoever opened a case."""
    told = Receipt(case_number=case.case_number, state=CaseState.OPEN)
    return Answer(202, told.model_dump(mode="json"), f"/v1/cases/{case.case_number}")


async def _check(tx: Tx, counter: Counter, resident_id: UUID) -> None:
    municipality = counter.acting.municipality
    found = (await residents.lock(tx, municipality, [resident_id])).get(resident_id)
    if found is None:
        raise Problem(ProblemType.UNKNOWN_RESIDENT)
    if not found.here:
        raise Problem(ProblemType.INVALID_INPUT, wrong("resident_id", "NOT_A_RESIDENT"))
    numbered = await counter.office.vault.holds(tx, municipality, resident_id, MY_NUMBER)
    if found.code is None or not numbered:
        raise Problem(ProblemType.NO_RESIDENT_CODE)
