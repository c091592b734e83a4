"""Whom a 特例転入 waits for: its applicant, and everybody its 転出証明書情報 names.

One card stands for all who move together (法24条の2第2項), so a case is found by any of them.  It
is opened under one code, of which there is one open case; what turns out later to be about the
same people is brought together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.arrivals import PREPARE, REPORT_BACK, Visit
from domain.cases import CaseRef, Procedure, StepRef
from domain.telegrams import Message
from register import case_keys, cases, inbox, ledger, wakeups
from register.cases import Acceptance
from register.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from domain.moves import Certificate
    from domain.numbers import ResidentCode
    from register.transactions import Tx
    from register.vault import Vault

_CODE = "住民票コード"


async def note_persons(
    tx: Tx, vault: Vault, municipality: str, message_id: UUID, certificate: Certificate
) -> None:
    """Let the case a 転出証明書情報 joins be found by everybody it names; again changes nothing."""
    await tx.executemany(
        "INSERT INTO certificate_person (municipality, message_id, key) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        [
            (municipality, message_id, key)
            for key in _keys(vault, municipality, (one.code for one in certificate.persons))
        ],
    )


async def find_or_open(
    tx: Tx,
    vault: Vault,
    municipality: str,
    codes: Sequence[ResidentCode],
    due_on: date | None,
    client: str,
) -> CaseRef:
    """The open 特例転入 of these people, its file locked; opened under the first if there is none.

    Where they had more than one, because nothing had told that they belong together, only this one
    waits on, unless somebody has come to the others as well.
    """
    keys = _keys(vault, municipality, codes)
    for key in sorted(set(keys)):
        await case_keys.lock(tx, municipality, Procedure.SPECIAL_MOVE_IN, key)
    while found := await _open_cases(tx, municipality, keys):
        # A case that closes at this moment lets go of its person: look again.
        locked = {case_id: await lock(tx, municipality, case_id) for case_id in sorted(found)}
        if await _open_cases(tx, municipality, keys) == found:
            for other in found[1:]:
                await _bring_together(tx, locked[found[0]], locked[other])
            return locked[found[0]]
    acceptance = Acceptance(Procedure.SPECIAL_MOVE_IN, {}, client, due_on=due_on)
    case = await cases.accept(tx, municipality, acceptance)
    await case_keys.keep(tx, Procedure.SPECIAL_MOVE_IN, case, keys[0])
    return case


async def is_about(tx: Tx, vault: Vault, case: CaseRef, code: ResidentCode) -> bool:
    """Whether a case is this person's: its applicant, or one who moves along."""
    return await tx.fetchval(
        f"SELECT EXISTS (SELECT {_ABOUT} AND k.case_id = $4)",
        case.municipality,
        Procedure.SPECIAL_MOVE_IN,
        _keys(vault, case.municipality, [code]),
        case.case_id,
    )


async def is_in_use(tx: Tx, ref: StepRef, message_id: UUID) -> bool:
    """Whether another case is just entering people by the same 転出証明書情報."""
    held = await inbox.standing(tx, ref.municipality, message_id)
    if held is None or held.case_id in {None, ref.case_id}:
        return False
    return held.state is InboxState.ATTACHED and await tx.fetchval(
        "SELECT k.open AND EXISTS (SELECT FROM visit v WHERE v.municipality = $1"
        "  AND v.case_id = $2) FROM case_key k WHERE k.municipality = $1 AND k.case_id = $2",
        ref.municipality,
        held.case_id,
    )


async def just_ended(tx: Tx, vault: Vault, municipality: str, code: ResidentCode) -> UUID | None:
    """The case that has ended with this person living here."""
    return await tx.fetchval(
        f"SELECT k.case_id {_ABOUT} {_LIVES_HERE}",
        municipality,
        Procedure.SPECIAL_MOVE_IN,
        _keys(vault, municipality, [code]),
        code,
    )


async def latest_visit(tx: Tx, municipality: str, case_id: UUID) -> Visit | None:
    """The latest visit to a case."""
    body = await tx.fetchval(
        "SELECT body FROM visit WHERE municipality = $1 AND case_id = $2"
        " ORDER BY log_id DESC LIMIT 1",
        municipality,
        case_id,
    )
    return None if body is None else Visit.model_validate(body)


async def answer_again(tx: Tx, case: CaseRef) -> None:
    """A 来庁予定 has joined the case: the steps that answer citizens look again."""
    whole = StepRef(municipality=case.municipality, case_id=case.case_id, subject=0)
    await ledger.reopen(tx, whole, [PREPARE, REPORT_BACK], generation=0)


async def lock(tx: Tx, municipality: str, case_id: UUID) -> CaseRef:
    """Hold a case's file until the transaction ends."""
    number = await tx.fetchval(
        "SELECT case_number FROM case_file WHERE municipality = $1 AND case_id = $2 FOR UPDATE",
        municipality,
        case_id,
    )
    return CaseRef(municipality=municipality, case_id=case_id, case_number=number)


# Cases about somebody of $3: opened under their code, or joined by a certificate that names them.
_ABOUT = """
FROM case_key k JOIN case_file c USING (municipality, case_id)
WHERE k.municipality = $1 AND k.procedure = $2 AND (k.key = ANY($3) OR k.case_id IN (
    SELECT s.case_id FROM certificate_person p JOIN inbox_state s USING (municipality, message_id)
    WHERE p.municipality = $1 AND p.key = ANY($3) AND s.state = 'attached'))
"""
_LIVES_HERE = """
AND c.state = 'completed' AND EXISTS (SELECT FROM resident_today r
    WHERE r.municipality = $1 AND r.code = $4 AND r.presence = '現存')
ORDER BY c.ended_at DESC LIMIT 1
"""
# Where somebody has come first, then in the order of the keys.
_OPEN = """
AND k.open ORDER BY
    NOT EXISTS (SELECT FROM visit v WHERE v.municipality = $1 AND v.case_id = k.case_id),
    array_position($3, k.key) NULLS LAST, k.case_id
"""


async def _open_cases(tx: Tx, municipality: str, keys: list[bytes]) -> list[UUID]:
    rows = await tx.fetch(
        f"SELECT k.case_id {_ABOUT} {_OPEN}", municipality, Procedure.SPECIAL_MOVE_IN, keys
    )
    return [row["case_id"] for row in rows]


async def _bring_together(tx: Tx, case: CaseRef, other: CaseRef) -> None:
    """What has joined another case joins this one; the other has nobody left to wait for."""
    if await latest_visit(tx, other.municipality, other.case_id):
        return
    joined = [
        one
        for one in await inbox.joined(tx, other.municipality, other.case_id)
        if one.state is InboxState.ATTACHED
    ]
    for one in joined:
        await inbox.place(tx, case.municipality, one.message_id, one.state, case.case_id)
    if any(one.message == Message.VISIT_PLAN for one in joined):
        await answer_again(tx, case)
    await cases.turn_back(tx, other)
    await wakeups.wake(tx, other.municipality, other.case_id, wakeups.Cause.MESSAGE)


def _keys(vault: Vault, municipality: str, codes: Iterable[ResidentCode]) -> list[bytes]:
    return [vault.key_of(municipality, _CODE, code) for code in codes]
