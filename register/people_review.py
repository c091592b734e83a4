"""A file of people held against the register, before any of them is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.people_flaws import Flaw
from domain.residents import Entry
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from domain.person_record import PersonRecord
    from register.transactions import Row, Tx
    from register.vault import Vault


class Review(NamedTuple):
    """Who of the file is new here, and what is wrong."""

    fresh: list[PersonRecord]
    flaws: list[Flaw]


async def review(tx: Tx, municipality: str, people: Sequence[PersonRecord], vault: Vault) -> Review:
    """Compare with what is there; whoever was entered before exactly so is not new, nor wrong."""
    migrated = await _migrated(tx, people)
    flaws: list[Flaw] = []
    fresh: list[PersonRecord] = []
    for person in people:
        before = migrated.get(person.addressee_number)
        if before is None:
            fresh.append(person)
        elif not await _is_same(tx, municipality, person, before, vault):
            flaws.append(Flaw(person.line, "宛名番号", "DIFFERS_FROM_REGISTER"))
    flaws += await _collisions(tx, fresh)
    flaws += [flaw async for flaw in _numbers_held(tx, municipality, fresh, vault)]
    return Review(fresh, sorted(flaws, key=lambda flaw: flaw.line))


class _Migrated(NamedTuple):
    """A person as an earlier import entered them."""

    resident_id: UUID
    household_number: str
    code: str | None
    entry: Entry


async def _migrated(tx: Tx, people: Sequence[PersonRecord]) -> dict[str, _Migrated]:
    rows = await tx.fetch(
        "SELECT r.addressee_number, r.resident_id, w.household_number, h.code,"
        " h.entry::text AS entry FROM resident r"
        " JOIN resident_history h USING (municipality, resident_id)"
        " JOIN household w ON w.municipality = r.municipality"
        "  AND w.household_id = (h.entry ->> 'household_id')::uuid"
        " WHERE r.addressee_number = ANY($1::text[]) AND h.history_no = 1",
        [str(person.addressee_number) for person in people],
    )
    return {row["addressee_number"]: _as_migrated(row) for row in rows}


def _as_migrated(row: Row) -> _Migrated:
    entry = Entry.model_validate_json(row["entry"])
    return _Migrated(row["resident_id"], row["household_number"], row["code"], entry)


async def _is_same(
    tx: Tx, municipality: str, person: PersonRecord, before: _Migrated, vault: Vault
) -> bool:
    if (person.household_number, person.code) != (before.household_number, before.code):
        return False
    if person.entry(before.entry.household_id) != before.entry:
        return False
    if person.my_number is None:
        return True
    holder = await vault.find(tx, municipality, MY_NUMBER, person.my_number)
    return holder == before.resident_id


async def _collisions(tx: Tx, fresh: Sequence[PersonRecord]) -> Iterable[Flaw]:
    """What of the new people is somebody else's here, or has not happened yet."""
    return [
        *await _taken(
            tx,
            "SELECT household_number FROM household WHERE household_number = ANY($1::text[])",
            {person.line: person.household_number for person in fresh},
            ("世帯番号", "HOUSEHOLD_IN_REGISTER"),
        ),
        *await _taken(
            tx,
            "SELECT code FROM resident_present WHERE code = ANY($1::text[])",
            {person.line: person.code for person in fresh},
            ("住民票コード", "NUMBER_IN_REGISTER"),
        ),
        *await _taken(
            tx,
            "SELECT code FROM pool_code WHERE code = ANY($1::text[])",
            {person.line: person.code for person in fresh},
            ("住民票コード", "CODE_IN_POOL"),
        ),
        *_not_yet(fresh, await tx.fetchval("SELECT business_day()")),
    ]


async def _taken(tx: Tx, query: str, numbers: dict[int, str], flaw: tuple[str, str]) -> list[Flaw]:
    taken = {row[0] for row in await tx.fetch(query, [str(one) for one in numbers.values()])}
    return [Flaw(line, *flaw) for line, number in numbers.items() if number in taken]


def _not_yet(fresh: Sequence[PersonRecord], today: date) -> Iterator[Flaw]:
    for person in fresh:
        if person.born_on.day > today:
            yield Flaw(person.line, "生年月日", "FUTURE_DATE")
        if person.resident_since.day > today:
            yield Flaw(person.line, "住民となった年月日", "FUTURE_DATE")


async def _numbers_held(
    tx: Tx, municipality: str, fresh: Sequence[PersonRecord], vault: Vault
) -> AsyncIterator[Flaw]:
    for person in fresh:
        if person.my_number and await vault.find(tx, municipality, MY_NUMBER, person.my_number):
            yield Flaw(person.line, "個人番号", "NUMBER_IN_REGISTER")
