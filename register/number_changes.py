"""個人番号変更 in the register: the right number, put away until it is entered; what is final."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.cases import Procedure, StepState
from domain.errors import Refused
from domain.identifier_changes import CHANGE_NUMBER, NumberChange
from domain.telegrams import Message
from register import cases, changing
from register.vault import MY_NUMBER, Whose

if TYPE_CHECKING:
    from uuid import UUID

    from domain.acting import Acting
    from domain.cases import CaseRef, StepRef
    from domain.numbers import MyNumber
    from register.transactions import Tx
    from register.vault import Vault


async def put_away(
    tx: Tx, vault: Vault, case: CaseRef, resident_id: UUID, number: MyNumber
) -> None:
    """Keep the right number of a case that generates none, until the case registers it.

    Raises `Refused` NUMBER_ALREADY_BOUND when somebody else here has it.
    """
    holder = await vault.find(tx, case.municipality, MY_NUMBER, number)
    if holder not in {None, resident_id}:
        raise Refused("NUMBER_ALREADY_BOUND")
    await vault.store(tx, _put_away(case), number, case.case_id)


async def generates(tx: Tx, ref: StepRef) -> bool:
    """Whether J-LIS is asked for another number."""
    reported = await changing.notification(tx, ref)
    return isinstance(reported, NumberChange) and reported.generates


async def register_right_one(tx: Tx, vault: Vault, acting: Acting, ref: StepRef) -> None:
    """Register the number put away; the former one stays as history.  Twice is once."""
    number = await vault.reveal(
        tx, acting, ref.case_id, _put_away(ref).field, ref.case_id, acting.purpose
    )
    if number is None:
        raise Refused("NO_NUMBER")
    resident_id = await cases.person(tx, ref)
    whose = Whose(ref.municipality, resident_id, MY_NUMBER)
    await vault.store(tx, whose, number, ref.case_id)


async def is_final(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether J-LIS may have changed the number, or may have found it right: that stands.

    So it is as well where staff had it changed outside this system.
    """
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM telegram t JOIN telegram_state s"
        " USING (municipality, telegram_id) JOIN case_file c ON c.municipality = $1"
        " AND c.case_id = $2 AND c.procedure = $6 WHERE t.municipality = $1 AND t.case_id = $2"
        " AND t.message = ANY($3) AND s.state NOT IN ('refused', 'never_arrived'))"
        " OR EXISTS (SELECT FROM step_ledger WHERE municipality = $1 AND case_id = $2"
        " AND step = $4 AND state = $5)",
        municipality,
        case_id,
        [Message.NUMBER_CHANGE, Message.IDENTITY_NOTICE],
        CHANGE_NUMBER,
        StepState.BY_HAND,
        Procedure.NUMBER_CHANGE,
    )


def _put_away(case: CaseRef | StepRef) -> Whose:
    """Where the case keeps its number: a place of its own, for others may have named the same."""
    return Whose(case.municipality, case.case_id, f"right_number {case.case_id}")
