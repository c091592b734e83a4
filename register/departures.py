"""What begins a 転出受理 from outside, or takes it back: a 転出届 of マイナポータル (OS-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from domain.acting import Acting
from domain.cases import CaseRef, CaseState, Verb
from domain.dates import jst_day
from domain.errors import Refused
from domain.folding import fold_name
from domain.move_out import Channel, MoveOutNotification, stays_headless
from domain.residents import Destination
from domain.telegrams import Message
from register import (
    cases,
    clock,
    decisions,
    heads,
    households,
    inbox,
    move_in_notices,
    move_outs,
    residents,
)
from register.decisions import Ruling
from register.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from domain.moves import Arrival, DeclaredPerson, PortalMoveOut
    from domain.numbers import ResidentCode
    from domain.residents import Present
    from register.transactions import Tx
    from register.vault import Vault


async def take_application(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, code: ResidentCode
) -> None:
    """OS-01 of somebody known: a 転出届 of its own, unless it says again what is under way.

    The applicant is known by the certificate; who moves along is found in the same household by day
    of birth and name.  What does not fit is listed for staff.
    """
    del vault
    filed = cast("PortalMoveOut", arrival.contents)
    if await inbox.is_taken_back(tx, municipality, arrival.message_id):
        await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED)
        return
    try:
        applicant = await _applicant(tx, municipality, code)
        if again := await _under_way(tx, applicant, filed):
            await inbox.place(tx, municipality, arrival.message_id, InboxState.MERGED, again)
            return
        reported = await _reported(tx, municipality, applicant, filed)
        acting = _portal(municipality)
        case = await move_outs.accept(tx, acting, reported, str(filed.application_id))
    except Refused as refusal:
        await _list(tx, arrival, refusal.code)
        return
    await inbox.place(tx, municipality, arrival.message_id, InboxState.ATTACHED, case.case_id)


async def take_withdrawal(
    tx: Tx, vault: Vault, municipality: str, arrival: Arrival, case_id: UUID
) -> None:
    """OS-01 取消: the citizen's 転出取消, unless somebody of the case lives elsewhere by now."""
    del vault
    file = await locked(tx, municipality, case_id)
    if file is None or await move_in_notices.has_come(tx, municipality, case_id):
        await _list(tx, arrival, "CASE_CLOSED" if file is None else "MOVED_IN_ELSEWHERE")
        return
    if not await cases.is_turning(tx, municipality, case_id):
        ruling = Ruling(
            case_id, None, Verb.WITHDRAW, "mynaportal", "citizen", "マイナポータルでの転出届の取消"
        )
        await decisions.accept(tx, municipality, ruling)
    await inbox.place(tx, municipality, arrival.message_id, InboxState.ATTACHED, case_id)


async def by_code(tx: Tx, municipality: str, codes: Iterable[ResidentCode]) -> dict[UUID, Present]:
    """Those of these people whom the register knows, by their ids."""
    rows = await tx.fetch(
        "SELECT resident_id FROM resident_present WHERE municipality = $1 AND code = ANY($2)",
        municipality,
        [str(code) for code in codes],
    )
    found = [await residents.present(tx, municipality, row["resident_id"]) for row in rows]
    return {person.resident_id: person for person in found if person is not None}


async def locked(tx: Tx, municipality: str, case_id: UUID) -> CaseRef | None:
    """Lock a case; ``None`` if it is closed."""
    row = await tx.fetchrow(
        "SELECT case_number, state FROM case_file WHERE municipality = $1 AND case_id = $2"
        " FOR UPDATE",
        municipality,
        case_id,
    )
    if row is None or row["state"] != CaseState.OPEN:
        return None
    return CaseRef(municipality=municipality, case_id=case_id, case_number=row["case_number"])


async def _applicant(tx: Tx, municipality: str, code: ResidentCode) -> Present:
    found = await by_code(tx, municipality, [code])
    applicant = next(iter(found.values()), None)
    if applicant is None or not applicant.here:
        raise Refused("NOT_RESIDENT")
    return applicant


async def _under_way(tx: Tx, applicant: Present, filed: PortalMoveOut) -> UUID | None:
    """The open case that says the same already; another one raises `Refused` ALREADY_LEAVING."""
    for row in await move_outs.open_cases(tx, [applicant.resident_id]):
        body = await tx.fetchval(
            "SELECT body FROM notification WHERE municipality = tenant() AND case_id = $1"
            " ORDER BY version DESC LIMIT 1",
            row["case_id"],
        )
        known = MoveOutNotification.model_validate(body)
        said = known.planned_on, known.destination.municipality, len(known.residents)
        if said == (filed.moving_on, filed.destination, len(filed.persons)):
            return row["case_id"]
        raise Refused("ALREADY_LEAVING")
    return None


async def _reported(
    tx: Tx, municipality: str, applicant: Present, filed: PortalMoveOut
) -> MoveOutNotification:
    household_id = applicant.entry.household_id
    await households.lock(tx, [household_id])
    members = await heads.of_household(tx, household_id)
    known = await residents.lock(tx, municipality, members)
    movers = [applicant.resident_id]
    for declared in filed.persons[1:]:
        movers.append(_matching(declared, known, movers))
    reported = MoveOutNotification(
        household_id=household_id,
        residents=tuple(movers),
        notified_on=min(jst_day(filed.filed_at), jst_day(await clock.now(tx))),
        planned_on=filed.moving_on,
        destination=_destination(filed),
        channel=Channel.PORTAL,
        with_card=True,
        application_id=filed.application_id,
    )
    head = await households.head_of(tx, household_id)
    # The portal asks no such question: the household is asked afterwards (世帯主変更依頼通知書).
    return reported.model_copy(update={"head_left_open": stays_headless(members, head, reported)})


def _matching(
    declared: DeclaredPerson, known: dict[UUID, Present], taken: Collection[UUID]
) -> UUID:
    """The one member of the household this can be; raises `Refused` PERSON_NOT_MATCHED."""
    fitting = [
        one.resident_id
        for one in known.values()
        if one.resident_id not in taken
        and one.entry.born_on.day == declared.born_on
        and fold_name(one.entry.name) == fold_name(declared.name)
    ]
    if len(fitting) != 1:
        raise Refused("PERSON_NOT_MATCHED")
    return fitting[0]


def _destination(filed: PortalMoveOut) -> Destination:
    return Destination.model_validate(
        {"municipality": filed.destination, "address": {"line": filed.destination_address}}
    )


def _portal(municipality: str) -> Acting:
    return Acting(municipality=municipality, actor="mynaportal", purpose=Message.PORTAL_MOVE_OUT)


async def _list(tx: Tx, arrival: Arrival, flaw: str) -> None:
    await inbox.place(tx, arrival.municipality, arrival.message_id, InboxState.UNCLAIMED, flaw=flaw)
