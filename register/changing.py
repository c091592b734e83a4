"""本登録 of an 異動: locked, checked against what it was examined on, and written, all at once.

A procedure's 届出 says what becomes of whom (``domain.changes``); nothing here knows procedures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.address_change import AddressChange
from domain.cancellation import Cancellation
from domain.cases import Procedure, StepRef
from domain.changes import Becoming, Household, Situation
from domain.correction import Correction
from domain.dates import jst_day
from domain.death import Death
from domain.errors import Refused
from domain.household_change import HouseholdChange
from domain.identifier_changes import CodeChange, NumberChange
from domain.identifiers import new_id
from domain.residents import Address, Presence, Reason
from register import (
    cancelling,
    cases,
    clock,
    code_pool,
    current_values,
    giving_way,
    heads,
    households,
    lanes,
    ledger,
    notifications,
    residents,
)
from register.cases import Acceptance
from register.current_values import Whose
from register.residents import NewRow
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from domain.acting import Acting
    from domain.cases import CaseRef
    from domain.changes import Report
    from domain.residents import Present
    from register.transactions import Tx

REPORTS: Mapping[Procedure, type[Report]] = {
    Procedure.ADDRESS_CHANGE: AddressChange,
    Procedure.HOUSEHOLD_CHANGE: HouseholdChange,
    Procedure.DEATH: Death,
    Procedure.CORRECTION: Correction,
    Procedure.CODE_CHANGE: CodeChange,
    Procedure.NUMBER_CHANGE: NumberChange,
    Procedure.CANCELLATION: Cancellation,
}
"""The 届出 of each procedure that changes people who live here."""


async def accept(
    tx: Tx,
    acting: Acting,
    procedure: Procedure,
    reported: Report,
    reference: str = "",
    *,
    due_on: date | None = None,
) -> CaseRef:
    """Accept a 届出 once it is clear what it makes of whom: all of them are persons of the case.

    Raises `Refused` as the 届出 itself does.
    """
    acceptance = await examined(tx, acting, procedure, reported, reference, due_on=due_on)
    return await cases.accept(tx, acting.municipality, acceptance)


async def examined(
    tx: Tx,
    acting: Acting,
    procedure: Procedure,
    reported: Report,
    reference: str = "",
    *,
    due_on: date | None = None,
) -> Acceptance:
    """What there is to accept of a 届出, with whoever it may touch locked; raises as `accept`."""
    before = await situation(tx, acting.municipality, reported, new_id())
    changed = [one.resident_id for one in reported.becomes(before)]
    concerned = reported.concerns(before)
    return Acceptance(
        procedure,
        reported.model_dump(mode="json"),
        acting.actor,
        reference,
        residents=tuple(dict.fromkeys((*reported.residents, *changed, *concerned))),
        due_on=due_on,
        late=reported.is_late(due_on),
        examined={str(one.resident_id): one.history_no for one in before.people.values()},
    )


async def notification(tx: Tx, ref: StepRef) -> Report:
    """The 届出 of a case in its latest version."""
    procedure = await tx.fetchval(
        "SELECT procedure FROM case_file WHERE municipality = $1 AND case_id = $2",
        ref.municipality,
        ref.case_id,
    )
    body = await notifications.latest(tx, ref.municipality, ref.case_id)
    return REPORTS[procedure].model_validate(body)


async def situation(tx: Tx, municipality: str, reported: Report, new_household: UUID) -> Situation:
    """Whoever a 届出 may touch, locked: households first, then residents, each in id order."""
    await households.lock(tx, reported.households)
    places = {one: await heads.of_household(tx, one) for one in reported.households}
    touched = {*reported.residents}.union(*places.values())
    people = await residents.lock(tx, municipality, [*touched])
    standing = {
        one: Household(one, address, tuple(people[each] for each in places[one]))
        for one, address in (await households.addresses(tx, reported.households)).items()
    }
    today = jst_day(await clock.now(tx))
    undone = reported.undoes and await cancelling.undone(tx, municipality, reported.undoes)
    return Situation(standing, people, new_household, today, undone or {})


async def enter(tx: Tx, ref: StepRef, following: Sequence[str]) -> bool:
    """Enter what the 届出 makes of everybody; ``False`` where a code is wanted and none in stock.

    ``following`` are the steps of a 転出 that look again when somebody drops out of it.  Raises
    `Refused` RESIDENT_CHANGED where somebody stands otherwise than when the case was examined, and
    as the 届出 itself does.
    """
    reported = await notification(tx, ref)
    departures = await giving_way.hold(tx, reported) if reported.ends_departures else []
    before = await situation(tx, ref.municipality, reported, ref.case_id)
    await _check_examined(tx, ref, before)
    if departures:
        await giving_way.release(tx, ref, departures, reported.residents, following)
        before = await situation(tx, ref.municipality, reported, ref.case_id)
    changed = reported.becomes(before)
    await _join(tx, ref, changed)
    drawn = await _with_codes(tx, ref, changed)
    if drawn is None:
        return False
    for one in drawn:
        await _append(tx, ref, reported, one)
    await _settle_households(tx, ref.municipality, before, changed)
    return True


async def take_back(tx: Tx, ref: StepRef) -> None:
    """Take back what the case entered, of everybody; `Refused` LATER_CASE_STANDS as one of them."""
    reported = await notification(tx, ref)
    await households.lock(tx, {*reported.households, ref.case_id})
    written = await cancelling.touched(tx, ref.municipality, ref.case_id)
    await residents.lock(tx, ref.municipality, written)
    for resident_id in written:
        await cancelling.take_back(tx, ref, resident_id)
        whose = Whose(ref.municipality, resident_id, MY_NUMBER)
        await current_values.take_back(tx, whose, ref.case_id)
        await lanes.settle(tx, ref, resident_id, "void")
        await code_pool.give_back(tx, await _of(tx, ref, resident_id))
    for household_id in reported.households:
        await households.follow_members(tx, household_id)


async def follow(tx: Tx, ref: StepRef) -> None:
    """誤記修正: everybody becomes what the corrected 届出 makes of them, who was entered or not.

    What it makes of them is told from how they stood before this case; who is not changed by it any
    more becomes as before.
    """
    written = await cancelling.touched(tx, ref.municipality, ref.case_id)
    if not written:
        return  # not entered yet: the entry will be made from the corrected 届出
    reported = await notification(tx, ref)
    now = await situation(tx, ref.municipality, reported, ref.case_id)
    people = now.people | await residents.lock(tx, ref.municipality, written)
    before = await _as_before(tx, ref, now._replace(people=people))
    changed = reported.becomes(before)
    meant = {one.resident_id: one for one in changed}
    meant |= {one: _again(before.people[one]) for one in written if one not in meant}
    await _join(tx, ref, changed)
    for resident_id, one in meant.items():
        if one.entry != people[resident_id].entry:
            known = resident_id in written
            again = one._replace(reason=Reason.CLERICAL_CORRECTION) if known else one
            await _append(tx, ref, reported, again)
    await _settle_households(tx, ref.municipality, now, changed)


def _again(person: Present) -> Becoming:
    """Somebody as they stood; 続柄 alone is no 本人確認情報, and nobody else is dropped."""
    return Becoming.of(person, Reason.CLERICAL_CORRECTION, upstream=False)


async def _as_before(tx: Tx, ref: StepRef, now: Situation) -> Situation:
    """The situation without what this case has entered."""
    people = dict(now.people)
    for resident_id, person in now.people.items():
        was = await cancelling.restored(tx, ref, resident_id)
        if was is not None:
            people[resident_id] = person.model_copy(
                update={"entry": was.entry, "presence": was.presence, "code": was.code}
            )
    standing = {
        one: Household(one, place.address, _members(people, one))
        for one, place in now.households.items()
    }
    return now._replace(people=people, households=standing)


def _members(people: Mapping[UUID, Present], household_id: UUID) -> tuple[Present, ...]:
    here = (one for one in people.values() if one.here)
    return tuple(
        sorted(
            (one for one in here if one.entry.household_id == household_id),
            key=lambda one: one.resident_id,
        )
    )


async def _check_examined(tx: Tx, ref: StepRef, before: Situation) -> None:
    """Law 13: the case was examined on these rows; a retry of staff examines afresh."""
    examined = await cases.examined(tx, ref.model_copy(update={"subject": 1}))
    standing = {str(one.resident_id): one.history_no for one in before.people.values()}
    if examined and examined != standing:
        raise Refused("RESIDENT_CHANGED")


async def _join(tx: Tx, ref: StepRef, changed: Iterable[Becoming]) -> None:
    """Whoever is changed is a person of the case; after a fresh look there may be more of them."""
    for one in changed:
        subject = await tx.fetchval(
            "INSERT INTO case_person (municipality, case_id, subject, resident_id)"
            " SELECT $1, $2, coalesce(max(subject), 0) + 1, $3 FROM case_person"
            " WHERE municipality = $1 AND case_id = $2"
            " HAVING $3 <> ALL(coalesce(array_agg(resident_id), '{}')) RETURNING subject",
            ref.municipality,
            ref.case_id,
            one.resident_id,
        )
        if subject is not None:
            await ledger.catch_up(tx, ref.model_copy(update={"subject": subject}))


async def _with_codes(tx: Tx, ref: StepRef, changed: Sequence[Becoming]) -> list[Becoming] | None:
    """The same with a code from the pool for whoever draws one; ``None`` while stock is empty."""
    drawn: list[Becoming] = []
    for one in changed:
        code = one.code
        if one.draws_code:
            code = await code_pool.reserve(tx, await _of(tx, ref, one.resident_id))
            await code_pool.order_if_low(tx, ref.municipality, "worker")
        if code is None and one.draws_code:
            return None
        drawn.append(one._replace(code=code))
    return drawn


async def _of(tx: Tx, ref: StepRef, resident_id: UUID) -> StepRef:
    """A step of the case about one of its persons."""
    subject = await tx.fetchval(
        "SELECT subject FROM case_person WHERE municipality = $1 AND case_id = $2"
        " AND resident_id = $3",
        ref.municipality,
        ref.case_id,
        resident_id,
    )
    return ref.model_copy(update={"subject": subject})


async def _append(tx: Tx, ref: StepRef, reported: Report, one: Becoming) -> None:
    row = NewRow(
        reason=one.reason,
        effective_on=reported.effective_on,
        notified_on=reported.notified_on,
        entry=one.entry,
        presence=one.presence,
        code=one.code,
        cancels=one.cancels,
        owes_notice=one.upstream,
        restates=one.restates,
    )
    await residents.append(tx, ref, one.resident_id, row)


async def _settle_households(
    tx: Tx, municipality: str, before: Situation, changed: Iterable[Becoming]
) -> None:
    """A household founded by the case gets its number; one that moved as a whole, its address."""
    for household_id in before.households:
        await households.follow_members(tx, household_id)
    founded: dict[UUID, Address] = {
        one.entry.household_id: one.entry.address
        for one in changed
        if one.entry.household_id == before.new_household and one.presence is Presence.RESIDENT
    }
    for household_id, address in founded.items():
        await households.found(tx, municipality, household_id, address)
