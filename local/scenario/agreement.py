"""A register and the systems around it compared: where they disagree about anybody (突合)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.residents import Entry, Presence
from local.scenario.comparison import (
    Ledgers,
    about,
    misused,
    strangers,
    unanswered,
    uncountered,
    unwritten,
)
from local.scenario.due import steps_due
from local.scenario.person import Person
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.acting import Acting
    from register.transactions import Row, Transactions, Tx
    from register.vault import Vault

__all__ = ["Agreement", "Ledgers", "Person", "Register", "agreement"]


class Agreement(NamedTuple):
    """Who was compared, and every difference found; no differences when all tell one story."""

    people: list[Person]
    differences: list[str]


class Register(NamedTuple):
    """The register as reconciliation (突合) reads it: each number revealed is audited."""

    transactions: Transactions
    vault: Vault
    acting: Acting

    async def people(self) -> list[Person]:
        """Everybody who is or was a resident, 除票 too."""
        async with self.transactions.open(self.acting) as tx:
            due = await steps_due(tx)
            return [
                _person(row, await self._number(tx, row["resident_id"]), due)
                for row in await tx.fetch(_PEOPLE)
            ]

    async def codes(self) -> list[Row]:
        """Every 住民票コード ever allotted to the town, and what became of it."""
        async with self.transactions.open(self.acting) as tx:
            return await tx.fetch(_CODES)

    async def telegrams(self) -> dict[str, str]:
        """The id of every telegram ever written, with the state of its case."""
        async with self.transactions.open(self.acting) as tx:
            rows = await tx.fetch(_TELEGRAMS)
        return {str(row["telegram_id"]): row["state"] for row in rows}

    async def applications(self) -> dict[str, str]:
        """The 申請番号 of every 転出届 that is closed, with the state of its case."""
        async with self.transactions.open(self.acting) as tx:
            rows = await tx.fetch(_APPLICATIONS)
        return {row["application_id"]: row["state"] for row in rows}

    async def _number(self, tx: Tx, resident_id: UUID) -> str | None:
        return await self.vault.reveal(tx, self.acting, resident_id, MY_NUMBER, None, "突合")


async def agreement(register: Register, outside: Ledgers) -> Agreement:
    """Compare everybody with everybody."""
    people = await register.people()
    telegrams = await register.telegrams()
    taken_back = {telegram for telegram, state in telegrams.items() if state == "withdrawn"}
    found = [
        *(difference for person in people for difference in about(person, outside)),
        *strangers(register.acting.municipality, people, outside),
        *misused(await register.codes(), outside.jlis),
        *unwritten(telegrams, outside),
        *uncountered(taken_back, outside.jlis),
        *unanswered(await register.applications(), outside.mynaportal),
    ]
    return Agreement(people, found)


_CODES = """
SELECT p.code, p.state,
    EXISTS (SELECT FROM code_reservation r JOIN case_person USING (municipality, case_id, subject)
            JOIN resident_present q USING (municipality, resident_id)
            JOIN case_file f USING (municipality, case_id)
        WHERE r.code = p.code AND q.code = p.code AND f.state <> 'withdrawn') AS held,
    EXISTS (SELECT FROM code_reservation r JOIN telegram t USING (municipality, case_id, subject)
        WHERE r.code = p.code) AS written
FROM pool_code p
"""

_TELEGRAMS = """
SELECT t.telegram_id, f.state FROM telegram t JOIN case_file f USING (municipality, case_id)
"""

_APPLICATIONS = """
SELECT DISTINCT n.body ->> 'application_id' AS application_id, f.state
FROM notification n JOIN case_file f USING (municipality, case_id)
WHERE f.state <> 'open' AND n.body ->> 'application_id' IS NOT NULL
"""

# What stood before the open cases of a person is the row in front of the first of theirs.
_PEOPLE = """
SELECT r.municipality, r.resident_id, r.addressee_number, t.presence, t.presence_since, t.leaving,
    t.entry::text AS entry, last.reason, before.presence AS was,
    NOT EXISTS (SELECT FROM resident_history h WHERE h.resident_id = r.resident_id
        AND h.cancels = '{}' AND NOT EXISTS (SELECT FROM resident_history o
            WHERE o.resident_id = r.resident_id AND h.history_no = ANY(o.cancels))) AS never,
    CASE WHEN c.state = 'released' THEN NULL ELSE t.code END AS code,
    c.code IS NOT NULL AS numbered_here,
    first.case_number || '/' || first.subject AS brought_in
FROM resident r JOIN resident_today t USING (municipality, resident_id)
    JOIN resident_history last USING (municipality, resident_id, history_no)
    LEFT JOIN LATERAL (SELECT f.case_number, q.case_id, q.subject FROM resident_history h
        JOIN case_person q USING (municipality, case_id, resident_id)
        JOIN case_file f USING (municipality, case_id)
        WHERE h.resident_id = r.resident_id AND h.history_no = 1) first ON true
    LEFT JOIN code_reservation c ON (c.case_id, c.subject) = (first.case_id, first.subject)
    LEFT JOIN LATERAL (SELECT h.presence FROM resident_history h
        WHERE h.resident_id = r.resident_id AND h.history_no < coalesce((
            SELECT min(o.history_no) FROM resident_history o JOIN case_file f
                USING (municipality, case_id)
            WHERE o.resident_id = r.resident_id AND f.state = 'open'), t.history_no + 1)
        ORDER BY h.history_no DESC LIMIT 1) before ON true
ORDER BY r.addressee_number
"""


def _person(row: Row, number: str | None, due: Mapping[UUID, frozenset[str]]) -> Person:
    return Person(
        municipality=row["municipality"],
        resident_id=row["resident_id"],
        name=row["brought_in"] or f"宛名番号 {row['addressee_number']}",
        addressee_number=row["addressee_number"],
        code=row["code"],
        number=number,
        present=row["presence"] == Presence.RESIDENT,
        entry=Entry.model_validate_json(row["entry"]),
        since=row["presence_since"],
        reason=row["reason"],
        leaving=row["leaving"],
        never=row["never"],
        brought_in=row["brought_in"] is not None,
        numbered_here=row["numbered_here"],
        was_present=row["was"] == Presence.RESIDENT,
        due=due.get(row["resident_id"], frozenset()),
    )
