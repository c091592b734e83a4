"""Whom a case waits for before it has a 届出: who announced a visit, or was announced by another.

A case is opened under one person's code, of which there is one open case for each procedure.  One
card stands for all who move in together (法24条の2第2項), so a 特例転入 is found by anybody its
転出証明書情報 names.  What turns out later to be about the same people is brought together.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.arrivals import PREPARE, REPORT_BACK, Visit
from domain.cases import CaseRef, Procedure, StepRef
from domain.telegrams import Message
from register import case_keys, cases, inbox, ledger, wakeups
from register.cases import Acceptance
from register.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from domain.moves import Certificate
    from domain.numbers import ResidentCode
    from register.transactions import Tx
    from register.vault import Vault

_CODE = "住民票コード"
KEPT_FOR = timedelta(days=30)
"""How long after the day of the move what was sent ahead is kept (令24条の2)."""


class Coming(NamedTuple):
    """Who is expected for which procedure: any of these codes, until when, as whose system said."""

    procedure: Procedure
    codes: Sequence[ResidentCode]
    due_on: date | None
    client: str


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


async def find_or_open(tx: Tx, vault: Vault, municipality: str, coming: Coming) -> CaseRef:
    """The open case of these people, its file locked; opened under the first if there is none.

    Where they had more than one, because nothing had told that they belong together, only this one
    waits on, unless somebody has come to the others as well.
    """
    found = await find(tx, vault, municipality, coming.procedure, coming.codes)
    if found is not None:
        return found
    acceptance = Acceptance(coming.procedure, {}, coming.client, due_on=coming.due_on)
    case = await cases.accept(tx, municipality, acceptance)
    key = _keys(vault, municipality, coming.codes)[0]
    await case_keys.keep(tx, coming.procedure, case, key)
    return case


async def find(
    tx: Tx,
    vault: Vault,
    municipality: str,
    procedure: Procedure,
    codes: Sequence[ResidentCode],
    *,
    first: UUID | None = None,
) -> CaseRef | None:
    """As `find_or_open`; ``None`` if there is none, and nobody opens one meanwhile.

    ``first`` is the case that waits on where nobody has come to any.
    """
    keys = _keys(vault, municipality, codes)
    await alone_with(tx, vault, municipality, procedure, codes)
    while found := await _open_cases(tx, municipality, procedure, keys, first):
        # A case that closes at this moment lets go of its person: look again.
        locked = {case_id: await lock(tx, municipality, case_id) for case_id in sorted(found)}
        if await _open_cases(tx, municipality, procedure, keys, first) == found:
            for other in found[1:]:
                await _bring_together(tx, locked[found[0]], locked[other])
            return locked[found[0]]
    return None


async def alone_with(
    tx: Tx, vault: Vault, municipality: str, procedure: Procedure, codes: Iterable[ResidentCode]
) -> None:
    """Let nobody else find or open a case of these people until the transaction ends."""
    for key in sorted(set(_keys(vault, municipality, codes))):
        await case_keys.lock(tx, municipality, procedure, key)


async def is_about(tx: Tx, vault: Vault, case: CaseRef, procedure: str, code: ResidentCode) -> bool:
    """Whether a case is this person's: its applicant, or one who moves along."""
    return await tx.fetchval(
        f"SELECT EXISTS (SELECT {_ABOUT} AND k.case_id = $4)",
        case.municipality,
        procedure,
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
    """The 特例転入 that has ended with this person living here."""
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


async def has_come(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether somebody has come to a case: a visit is noted, or a 届出 was made at it."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM visit WHERE municipality = $1 AND case_id = $2)"
        " OR EXISTS (SELECT FROM notification WHERE municipality = $1 AND case_id = $2)",
        municipality,
        case_id,
    )


async def join(tx: Tx, case: CaseRef, message_id: UUID) -> None:
    """Let a 来庁予定 join a case: it is answered with it."""
    await inbox.place(tx, case.municipality, message_id, InboxState.ATTACHED, case.case_id)
    await answer_again(tx, case)


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
AND k.open ORDER BY NOT (
    EXISTS (SELECT FROM visit v WHERE v.municipality = $1 AND v.case_id = k.case_id)
    OR EXISTS (SELECT FROM notification n WHERE n.municipality = $1 AND n.case_id = k.case_id)),
    k.case_id <> $4, array_position($3, k.key) NULLS LAST, k.case_id
"""


async def _open_cases(
    tx: Tx, municipality: str, procedure: Procedure, keys: list[bytes], first: UUID | None
) -> list[UUID]:
    question = f"SELECT k.case_id {_ABOUT} {_OPEN}"
    rows = await tx.fetch(question, municipality, procedure, keys, first)
    return [row["case_id"] for row in rows]


async def _bring_together(tx: Tx, case: CaseRef, other: CaseRef) -> None:
    """What has joined another case joins this one; the other has nobody left to wait for."""
    if await has_come(tx, other.municipality, other.case_id):
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
