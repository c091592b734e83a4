"""Taking people over from the system before (データ移行): a whole file, or nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.identifiers import new_id
from domain.residents import Presence, Reason
from register import audit, households, municipalities
from register.history import FIELDS
from register.people_review import review
from register.search import tokens_for
from register.vault import MY_NUMBER, Whose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from domain.acting import Acting
    from domain.people_flaws import Flaw
    from domain.person_record import PersonRecord
    from domain.residents import Entry
    from register.transactions import Tx
    from register.vault import Vault

CHUNK = 2_000


class Imported(NamedTuple):
    """What an import has done; with flaws, nothing.

    ``standing`` counts the people of the file who were in the register already, exactly so.
    """

    residents: int = 0
    households: int = 0
    standing: int = 0
    flaws: tuple[Flaw, ...] = ()


async def import_people(
    tx: Tx,
    acting: Acting,
    people: Sequence[PersonRecord],
    vault: Vault,
    progress: Callable[[int], None] = lambda _written: None,
) -> Imported:
    """Enter the people of a file, each with the first row of a history (移行).

    Whoever stands in the register as the file says is passed over, so a file may come twice.  The
    counters of 宛名番号 and 世帯番号 stay locked until the transaction ends: births wait for theirs
    till then, and follow the highest of the file.  ``progress`` is told how many are written.
    Raises `Refused` (``MUNICIPALITY_UNKNOWN``) for a municipality nobody has opened.
    """
    municipality = (await municipalities.load(tx)).code
    await _raise_counters(tx, people)
    fresh, flaws = await review(tx, municipality, people, vault)
    if flaws:
        return Imported(flaws=tuple(flaws))
    homes = await _enter_households(tx, municipality, fresh)
    for start in range(0, len(fresh), CHUNK):
        written = [_Newcomer(one, homes) for one in fresh[start : start + CHUNK]]
        await _enter(tx, municipality, written)
        await _keep_numbers(tx, municipality, written, vault)
        progress(start + len(written))
    entered = {"residents": len(fresh), "households": len(homes)}
    await audit.record(tx, acting, "import", detail=entered)
    return Imported(len(fresh), len(homes), len(people) - len(fresh))


class _Newcomer:
    """A person about to be entered, under an id of their own."""

    def __init__(self, record: PersonRecord, homes: dict[str, UUID]) -> None:
        self.resident_id = new_id()
        self.record = record
        self.entry: Entry = record.entry(homes[record.household_number])
        self.entry_text = self.entry.model_dump_json()


async def _raise_counters(tx: Tx, people: Sequence[PersonRecord]) -> None:
    # Locked before anything is written: a birth that waits for its number holds no row of ours.
    await households.raise_counters(
        tx,
        addressee=max((int(person.addressee_number[:-1]) for person in people), default=0),
        household=max((int(person.household_number[:-1]) for person in people), default=0),
    )


async def _enter_households(
    tx: Tx, municipality: str, fresh: Sequence[PersonRecord]
) -> dict[str, UUID]:
    addresses = {str(person.household_number): person.address for person in fresh}
    homes = {number: new_id() for number in addresses}
    await tx.execute(
        "INSERT INTO household (municipality, household_id, household_number, address)"
        " SELECT $1, h.id, h.number, h.address::jsonb"
        " FROM unnest($2::uuid[], $3::text[], $4::text[]) AS h (id, number, address)",
        municipality,
        list(homes.values()),
        list(homes),
        [address.model_dump_json() for address in addresses.values()],
    )
    return homes


async def _enter(tx: Tx, municipality: str, newcomers: Sequence[_Newcomer]) -> None:
    ids = [one.resident_id for one in newcomers]
    codes = [str(one.record.code) for one in newcomers]
    entries = [one.entry_text for one in newcomers]
    await tx.execute(
        "INSERT INTO resident (municipality, resident_id, addressee_number)"
        " SELECT $1, r.id, r.number FROM unnest($2::uuid[], $3::text[]) AS r (id, number)",
        municipality,
        ids,
        [str(one.record.addressee_number) for one in newcomers],
    )
    # What was before is not known here: the entry counts from the day the person came.
    await tx.execute(
        "INSERT INTO resident_history (municipality, resident_id, history_no, reason, presence,"
        " effective_on, effective_notation, code, entry, changed)"
        " SELECT $1, r.id, 1, $2, $3, r.since, r.notation, r.code, r.entry::jsonb, $4"
        " FROM unnest($5::uuid[], $6::date[], $7::text[], $8::text[], $9::text[])"
        " AS r (id, since, notation, code, entry)",
        municipality,
        Reason.MIGRATED,
        Presence.RESIDENT,
        sorted(FIELDS),
        ids,
        [one.record.resident_since.day for one in newcomers],
        [one.record.resident_since.notation for one in newcomers],
        codes,
        entries,
    )
    await tx.execute(
        "INSERT INTO resident_present (municipality, resident_id, history_no, presence,"
        " household_id, code, entry)"
        " SELECT $1, r.id, 1, $2, r.home, r.code, r.entry::jsonb"
        " FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[])"
        " AS r (id, home, code, entry)",
        municipality,
        Presence.RESIDENT,
        ids,
        [one.entry.household_id for one in newcomers],
        codes,
        entries,
    )
    tokens = [(one.resident_id, token) for one in newcomers for token in tokens_for(one.entry)]
    await tx.execute(
        "INSERT INTO search_token (municipality, token, resident_id)"
        " SELECT $1, t.token, t.id FROM unnest($2::uuid[], $3::text[]) AS t (id, token)",
        municipality,
        [resident_id for resident_id, _ in tokens],
        [token for _, token in tokens],
    )


async def _keep_numbers(
    tx: Tx, municipality: str, newcomers: Sequence[_Newcomer], vault: Vault
) -> None:
    for one in newcomers:
        if one.record.my_number:
            whose = Whose(municipality, one.resident_id, MY_NUMBER)
            await vault.store(tx, whose, one.record.my_number)
