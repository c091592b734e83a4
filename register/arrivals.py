"""What messages and visits make of people who come: one open case of those who move together.

CS-05 names their codes.  OS-01 and OS-02 wait as 本人特定中 until staff, or their
certificate's serial number, have told whose they are.  Whoever comes first opens the case, the
others join it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.arrivals import IDENTIFY
from domain.cases import CaseRef, CaseState, Procedure, StepRef, StepState
from domain.errors import Unavailable
from domain.moves import (
    Arrival,
    Certificate,
    CertificateVoid,
    MoveInNotice,
    PortalMoveOut,
    PortalWithdrawal,
    VisitPlan,
)
from domain.telegrams import Message
from register import (
    address_changes,
    cases,
    departures,
    expected,
    inbox,
    ledger,
    taking_notice,
    wakeups,
)
from register.cases import Acceptance
from register.expected import KEPT_FOR, Coming
from register.inbox import InboxState

if TYPE_CHECKING:
    from uuid import UUID

    from domain.arrivals import Visit
    from domain.numbers import ResidentCode
    from register.inbox import Standing
    from register.transactions import Tx
    from register.vault import Vault


async def take(tx: Tx, vault: Vault, municipality: str, arrival: Arrival) -> None:
    """Place a message just received: join it to its case, ask whose it is, or list it for staff."""
    contents = arrival.contents
    match contents:
        case Certificate():
            await _certificate(tx, vault, municipality, arrival, contents)
        case CertificateVoid():
            await _void(tx, municipality, arrival, contents)
        case MoveInNotice():
            await taking_notice.take(tx, municipality, arrival)
        case PortalMoveOut() | VisitPlan():
            await _ask_whose(tx, municipality, arrival)
        case PortalWithdrawal():
            await _withdrawal(tx, vault, municipality, arrival, contents)


async def identified(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, code: ResidentCode
) -> None:
    """Join an application of マイナポータル to the case of its person, who is known by now."""
    contents = arrival.contents
    if isinstance(contents, PortalMoveOut):
        await departures.take_application(tx, vault, municipality, arrival, code)
    elif isinstance(contents, VisitPlan) and contents.within(municipality):
        await address_changes.take_plan(tx, vault, municipality, arrival, contents, code)
    elif isinstance(contents, VisitPlan):
        await _plan(tx, vault, municipality, arrival, contents, code)


async def note_visit(tx: Tx, case: CaseRef, visit: Visit, author: str) -> None:
    """Store who came, and wake the case; of several visits the latest counts."""
    await tx.execute(
        "INSERT INTO visit (municipality, case_id, visited_on, moved_in_on, body, author)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        case.municipality,
        case.case_id,
        visit.visited_on,
        visit.moved_in_on,
        visit.model_dump(mode="json"),
        author,
    )
    await wakeups.wake(tx, case.municipality, case.case_id, wakeups.Cause.VISIT)


async def is_reported(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether the 届出 of a case has been made: one that waits for people begins without."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM notification WHERE municipality = $1 AND case_id = $2)",
        municipality,
        case_id,
    )


async def is_over(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether a case has come to an end of its own (期限切れ), closed or about to be."""
    return await tx.fetchval(
        "SELECT ending <> '' FROM case_file WHERE municipality = $1 AND case_id = $2",
        municipality,
        case_id,
    )


async def is_voided(tx: Tx, municipality: str, case_id: UUID) -> bool:
    """Whether a 転出証明書情報 of this case was taken back."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM inbox_state WHERE municipality = $1 AND case_id = $2"
        " AND message = $3 AND state = 'merged' AND about IS NULL)",
        municipality,
        case_id,
        Message.CERTIFICATE,
    )


async def _certificate(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, certificate: Certificate
) -> None:
    """CS-05: all persons of one 転出届, under the code of the one whose card stands for them."""
    if await inbox.is_taken_back(tx, municipality, arrival.message_id):
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED)
    elif not certificate.special:
        await _list(tx, municipality, arrival.message_id, "NOT_SPECIAL")
    elif ended := await expected.just_ended(tx, vault, municipality, certificate.applicant):
        # Pulled at the visit, and pushed only afterwards: it says what is entered already.
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED, ended)
    else:
        due_on = certificate.planned_on + KEPT_FOR
        movers = [certificate.applicant, *(one.code for one in certificate.persons)]
        coming = Coming(Procedure.SPECIAL_MOVE_IN, movers, due_on, arrival.sender)
        case = await expected.find_or_open(tx, vault, municipality, coming)
        await expected.note_persons(tx, vault, municipality, arrival.message_id, certificate)
        await inbox.place(tx, municipality, arrival.message_id, InboxState.ATTACHED, case.case_id)


async def _plan(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, plan: VisitPlan, code: ResidentCode
) -> None:
    """OS-02: joins the open case, or the one that has just ended with the person living here."""
    if await inbox.is_taken_back(tx, municipality, arrival.message_id):
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED)
        return
    if ended := await expected.just_ended(tx, vault, municipality, code):
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED, ended)
        return
    due_on = plan.moving_on + KEPT_FOR
    coming = Coming(Procedure.SPECIAL_MOVE_IN, [code], due_on, arrival.sender)
    case = await expected.find_or_open(tx, vault, municipality, coming)
    await expected.join(tx, case, arrival.message_id)


async def _ask_whose(tx: Tx, municipality: str, arrival: Arrival) -> None:
    """OS-01 and OS-02 name their sender by a serial number only: a case of its own asks (CS-14)."""
    acceptance = Acceptance(
        Procedure.CERTIFICATE_SERIAL, {"message_id": str(arrival.message_id)}, arrival.sender
    )
    case = await cases.accept(tx, municipality, acceptance)
    await inbox.place(tx, municipality, arrival.message_id, InboxState.IDENTIFYING, case.case_id)
    # The application is out of everybody's sight from now on: withdrawn at any time, it is listed.
    whole = StepRef(municipality=municipality, case_id=case.case_id, subject=0)
    await ledger.record(tx, whole, IDENTIFY, StepState.BEGUN, 0)


async def _void(tx: Tx, municipality: str, arrival: Arrival, void: CertificateVoid) -> None:
    """CS-05 取消: a case that still waits is closed; after the visit staff must know."""
    await inbox.note_target(tx, municipality, arrival.message_id, void.voids)
    target, case = await _target(tx, municipality, void.voids)
    if target is None or case is None:
        # Ahead of what it takes back, which will be passed over when it comes.
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED)
        return
    state = await _state(tx, case)
    used = await is_reported(tx, municipality, case.case_id)
    if used and state in {CaseState.OPEN, CaseState.COMPLETED}:
        await _list(tx, municipality, arrival.message_id, "CERTIFICATE_USED", case.case_id)
        return
    await inbox.place(tx, municipality, void.voids, InboxState.MERGED, case.case_id)
    if state != CaseState.OPEN:
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED, case.case_id)
        return
    await inbox.place(tx, municipality, arrival.message_id, InboxState.ATTACHED, case.case_id)
    await _call_off(tx, case, [Message.CERTIFICATE])


async def _withdrawal(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, said: PortalWithdrawal
) -> None:
    """The citizen takes OS-01 or OS-02 back."""
    await inbox.note_target(tx, municipality, arrival.message_id, said.withdraws)
    target, case = await _target(tx, municipality, said.withdraws)
    if target is None or case is None or target.state is not InboxState.ATTACHED:
        await _pass_over(tx, municipality, arrival, target)
    elif target.message == Message.PORTAL_MOVE_OUT:
        await departures.take_withdrawal(tx, vault, municipality, arrival, case.case_id)
    else:
        await inbox.place(tx, municipality, said.withdraws, InboxState.MERGED, case.case_id)
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED, case.case_id)
        if await _state(tx, case) == CaseState.OPEN:
            await _call_off(tx, case, [Message.CERTIFICATE, Message.VISIT_PLAN])
            await wakeups.wake(tx, municipality, case.case_id, wakeups.Cause.MESSAGE)


async def _target(tx: Tx, municipality: str, about: UUID) -> tuple[Standing | None, CaseRef | None]:
    """What a 取消 takes back, and its case: the case locked before the message, as everywhere."""
    seen = await inbox.standing(tx, municipality, about)
    if seen is None:
        return None, None
    case = await expected.lock(tx, municipality, seen.case_id) if seen.case_id else None
    if await inbox.lock(tx, municipality, about) != seen:
        raise Unavailable("MESSAGE_MOVED", left=False)  # joined a case just now: look again
    return seen, case


async def _pass_over(tx: Tx, municipality: str, arrival: Arrival, target: Standing | None) -> None:
    """Nobody had begun with what is taken back; its 本人特定 finds it taken back."""
    if target is not None and target.state in {InboxState.IDENTIFYING, InboxState.UNCLAIMED}:
        await inbox.place(tx, municipality, target.message_id, InboxState.MERGED, target.case_id)
    await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED)


async def _call_off(tx: Tx, case: CaseRef, kinds: list[Message]) -> None:
    """Turn a case back for which none of these holds any more, if nobody has come in time."""
    holding = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM inbox_state WHERE municipality = $1 AND case_id = $2"
        " AND message = ANY($3) AND state = 'attached' AND about IS NULL)",
        case.municipality,
        case.case_id,
        kinds,
    )
    come = await expected.has_come(tx, case.municipality, case.case_id)
    over = await is_over(tx, case.municipality, case.case_id)
    if not holding and not come and not over:
        await cases.turn_back(tx, case)


async def _list(
    tx: Tx, municipality: str, message_id: UUID, flaw: str, case_id: UUID | None = None
) -> None:
    await inbox.place(tx, municipality, message_id, InboxState.UNCLAIMED, case_id, flaw)


async def _state(tx: Tx, case: CaseRef) -> str:
    return await tx.fetchval(
        "SELECT state FROM case_file WHERE municipality = $1 AND case_id = $2",
        case.municipality,
        case.case_id,
    )
