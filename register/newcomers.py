"""転入届 and 職権記載 in the register: who the newcomers are to us, and their entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.arrivals import MoveInNotification, entry_of
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.folding import fold_name
from domain.identifiers import new_id
from domain.residents import Address, Reason
from register import births, cases, households, notifications, residents, search
from register.notifications import Correction
from register.residents import NewRow
from register.vault import MY_NUMBER, Whose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from domain.arrivals import Newcomer
    from domain.cases import CaseRef, StepRef
    from domain.numbers import MyNumber
    from domain.residents import Entry, Present
    from register.transactions import Tx
    from register.vault import Vault


class Recognised(NamedTuple):
    """Who a newcomer is to us: an id, and the 履歴番号 of whoever was here before."""

    resident_id: UUID
    history_no: int | None


async def notification(tx: Tx, ref: StepRef) -> MoveInNotification:
    """The 転入届 of a case in its latest version."""
    body = await notifications.latest(tx, ref.municipality, ref.case_id)
    return MoveInNotification.model_validate(body)


async def recognise(
    tx: Tx, vault: Vault, municipality: str, person: Newcomer, number: MyNumber | None
) -> Recognised:
    """Find out whether we know somebody by code or number (再転入); otherwise give them an id.

    Raises `Refused` NUMBER_AND_CODE_DIFFER when they are two different people's here, and
    UNKNOWN_RESIDENT when staff have named somebody who is not here.
    """
    by_code = await _by_code(tx, municipality, person)
    by_number = await vault.find(tx, municipality, MY_NUMBER, number) if number else None
    known = {each for each in (by_code, by_number, person.same_as) if each is not None}
    if len(known) > 1:
        raise Refused("NUMBER_AND_CODE_DIFFER")
    if not known:
        return Recognised(new_id(), None)
    resident_id = known.pop()
    standing = await residents.present(tx, municipality, resident_id)
    if standing is None and person.same_as is not None:
        raise Refused("UNKNOWN_RESIDENT")
    return Recognised(resident_id, standing.history_no if standing else None)


async def report(
    tx: Tx,
    vault: Vault,
    ref: StepRef,
    reported: MoveInNotification,
    numbers: Sequence[MyNumber | None],
) -> None:
    """Store the 転入届 that a visit has made: its persons become the persons of the case."""
    author = await tx.fetchval(
        "SELECT author FROM visit WHERE municipality = $1 AND case_id = $2"
        " ORDER BY log_id DESC LIMIT 1",
        ref.municipality,
        ref.case_id,
    )
    made = Correction(reported.model_dump(mode="json"), {}, author, "来庁")
    await notifications.correct(tx, ref.municipality, ref.case_id, made)
    for subject, (person, number) in enumerate(zip(reported.persons, numbers, strict=True), 1):
        known = await recognise(tx, vault, ref.municipality, person, number)
        await tx.execute(
            "INSERT INTO case_person (municipality, case_id, subject, resident_id, examined)"
            " VALUES ($1, $2, $3, $4, $5)",
            ref.municipality,
            ref.case_id,
            subject,
            known.resident_id,
            examined([known]),
        )
        await keep_number(tx, vault, ref, known.resident_id, number)


def examined(known: Sequence[Recognised]) -> dict[str, int]:
    """The 履歴番号 a case is examined on, for those who were here before."""
    return {str(one.resident_id): one.history_no for one in known if one.history_no is not None}


async def keep_number(
    tx: Tx, vault: Vault, case: CaseRef | StepRef, resident_id: UUID, number: MyNumber | None
) -> None:
    """Put a newcomer's 個人番号 into the vault; raises `Refused` NUMBER_ALREADY_BOUND."""
    if number is not None:
        whose = Whose(case.municipality, resident_id, MY_NUMBER)
        await vault.store(tx, whose, number, case.case_id)


async def home(tx: Tx, ref: StepRef, reported: MoveInNotification) -> tuple[UUID, Address]:
    """Where they will live, an existing household locked; `Refused` HOUSEHOLD_GONE, HEAD_GONE.

    A household of their own has an id of the case, so that all of them find the same one.
    """
    if reported.household_id is None:
        return ref.case_id, reported.address
    address = await births.household_address(tx, reported.household_id)
    if address is None:
        raise Refused("HOUSEHOLD_GONE")
    if await households.head_of(tx, reported.household_id) is None:
        raise Refused("HEAD_GONE")
    return reported.household_id, address


async def standing(tx: Tx, ref: StepRef, resident_id: UUID) -> Present | None:
    """Whoever is entered again (再転入), locked; ``None`` for somebody who never was here.

    Raises `Refused`: ALREADY_RESIDENT, RESIDENT_CHANGED.
    """
    found = (await residents.lock(tx, ref.municipality, [resident_id])).get(resident_id)
    if found is None:
        return None
    if found.here:
        raise Refused("ALREADY_RESIDENT")
    if (await cases.examined(tx, ref)).get(str(resident_id)) not in {None, found.history_no}:
        raise Refused("RESIDENT_CHANGED")
    return found


async def lookalikes(tx: Tx, ref: StepRef, person: Newcomer) -> list[UUID]:
    """Who else of this register has the same 3情報 (氏名, 生年月日, 性別)."""
    found = await search.born_on(tx, ref.municipality, person.born_on.day)
    name = fold_name(person.name)
    alike = [
        resident_id
        for resident_id, entry in found.items()
        if name and fold_name(entry.name) == name and entry.sex == person.sex
    ]
    of_case = await tx.fetch(
        "SELECT resident_id FROM case_person WHERE municipality = $1 AND case_id = $2",
        ref.municipality,
        ref.case_id,
    )
    return sorted(set(alike) - {row["resident_id"] for row in of_case})


async def enter(
    tx: Tx, ref: StepRef, resident_id: UUID, entry: Entry, code: str, before: Present | None
) -> None:
    """Append the 転入 of one person, who keeps the 宛名番号 they had or gets one."""
    reported = await notification(tx, ref)
    row = NewRow(
        reason=reported.reason,
        effective_on=RegisterDate.on(reported.moved_in_on),
        notified_on=reported.reported_on,
        entry=entry,
        code=code,
    )
    await residents.append(tx, ref, resident_id, row)
    if before is None:
        number = await households.next_addressee_number(tx)
        await residents.enroll(tx, ref.municipality, resident_id, number)
    if reported.household_id is None:
        await households.found(tx, ref.municipality, entry.household_id, reported.address)


def entry_for(
    person: Newcomer,
    reported: MoveInNotification,
    place: tuple[UUID, Address],
    before: Entry | None,
) -> Entry:
    """The entry of a newcomer; of somebody who returns, the register's own 氏名 stands.

    Received data take priority except 氏名 (標準仕様書 4.1.1.2), unless staff have corrected it.
    """
    entry = entry_of(person, *place, reported.moved_in_on)
    if before is None or "name" in person.amended:
        return entry
    return entry.model_copy(update={"name": before.name})


async def follow(tx: Tx, ref: StepRef) -> None:
    """誤記修正: an entry already made follows the corrected 転入届."""
    reported = await notification(tx, ref)
    resident_id = await cases.person(tx, ref)
    latest = (await residents.lock(tx, ref.municipality, [resident_id])).get(resident_id)
    own = await residents.own_rows(tx, ref, resident_id)
    if latest is None or not own:
        return  # not entered yet: the entry will be made from the corrected 届出
    place = latest.entry.household_id, reported.address
    if reported.household_id is not None:
        place = await home(tx, ref, reported)
    entry = entry_for(reported.person(ref.subject), reported, place, latest.entry)
    if entry == latest.entry:
        return
    row = NewRow(
        reason=Reason.CLERICAL_CORRECTION,
        effective_on=RegisterDate.on(reported.moved_in_on),
        notified_on=reported.reported_on,
        entry=entry,
        presence=latest.presence,
        code=latest.code,
    )
    await residents.append(tx, ref, resident_id, row)


async def _by_code(tx: Tx, municipality: str, person: Newcomer) -> UUID | None:
    if person.code is None:
        return None
    return await tx.fetchval(
        "SELECT resident_id FROM resident_history WHERE municipality = $1 AND code = $2"
        " ORDER BY log_id DESC LIMIT 1",
        municipality,
        person.code,
    )
