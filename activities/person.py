"""What a telegram about one person is made from: the register's latest row, and the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.errors import Refused
from domain.moves import Mover
from domain.numbers import AddresseeNumber, MyNumber, ResidentCode
from domain.residents import HEAD, Presence
from register import cancelling, residents
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from domain.residents import Entry
    from register.vault import Vault


class Person(NamedTuple):
    """The person of a step as the register has them now."""

    entry: Entry
    code: ResidentCode
    addressee_number: AddresseeNumber


async def person_of(work: Work) -> Person:
    """Read the person of the step; raises `Refused` NOT_ENTERED or NO_CODE when there is none."""
    return await _person(work, work.resident_id)


async def _person(work: Work, resident_id: UUID) -> Person:
    found = await residents.present(work.tx, work.ref.municipality, resident_id)
    if found is None:
        raise Refused("NOT_ENTERED")
    if found.code is None:
        raise Refused("NO_CODE")
    addressee = await residents.addressee_number(work.tx, work.ref.municipality, resident_id)
    return Person(found.entry, ResidentCode(found.code), AddresseeNumber(addressee))


class ChangedPerson(NamedTuple):
    """Somebody as a case has left them, or found them, and whether they are a resident so."""

    person: Person
    here: bool


async def changed_person(
    work: Work, fields: frozenset[str], *, back: bool = False
) -> ChangedPerson | None:
    """The person of the step as the case left them, or ``back`` as it found them.

    ``None`` where the case changed none of these fields of theirs.
    """
    return await changed_beside(work, work.resident_id, fields, back=back)


async def changed_beside(
    work: Work, resident_id: UUID, fields: frozenset[str], *, back: bool = False
) -> ChangedPerson | None:
    """As `changed_person`, of anybody whom the case changed, one of its persons or not."""
    rows = await residents.own_rows(work.tx, work.ref, resident_id)
    if not any(fields & {*row["changed"]} for row in rows):
        return None
    person = await _person(work, resident_id)
    standing = await residents.present(work.tx, work.ref.municipality, resident_id)
    if not back:
        return ChangedPerson(person, standing is not None and standing.here)
    was = await cancelling.restored(work.tx, work.ref, resident_id)
    if was is None:
        return None
    return ChangedPerson(person._replace(entry=was.entry), was.presence is Presence.RESIDENT)


async def number_of(work: Work, vault: Vault) -> MyNumber:
    """Open the vault for this sending, on record; raises `Refused` NO_NUMBER when there is none."""
    number = await vault.reveal(
        work.tx, work.acting, work.resident_id, MY_NUMBER, work.ref.case_id, work.step
    )
    if number is None:
        raise Refused("NO_NUMBER")
    return MyNumber(number)


async def mover_of(work: Work, vault: Vault, resident_id: UUID) -> Mover:
    """Somebody of the case as a 転出証明書情報 tells of them; their number is read on record."""
    found = await residents.present(work.tx, work.ref.municipality, resident_id)
    if found is None or found.code is None:
        raise Refused("NO_CODE")
    number = await vault.reveal(
        work.tx, work.acting, resident_id, MY_NUMBER, work.ref.case_id, work.step
    )
    return Mover.leaving(
        ResidentCode(found.code),
        None if number is None else MyNumber(number),
        found.entry,
        is_head=found.entry.relationship == HEAD,
    )
