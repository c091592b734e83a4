"""Register, J-LIS, 統合宛名 and 中間サーバー compared: where they disagree about anybody (突合)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.residents import Entry, Presence
from local.scenario.comparison import Ledgers, Person, about, misused, strangers, unwritten
from register.vault import MY_NUMBER

if TYPE_CHECKING:
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
        """Everybody, 除票 too."""
        async with self.transactions.open(self.acting) as tx:
            rows = await tx.fetch(_PEOPLE)
            return [_person(row, await self._number(tx, row["resident_id"])) for row in rows]

    async def codes(self) -> list[Row]:
        """Every 住民票コード ever allotted to the town, and what became of it."""
        async with self.transactions.open(self.acting) as tx:
            return await tx.fetch(_CODES)

    async def telegrams(self) -> set[str]:
        """The id of every telegram ever written."""
        async with self.transactions.open(self.acting) as tx:
            rows = await tx.fetch("SELECT telegram_id FROM telegram")
        return {str(row["telegram_id"]) for row in rows}

    async def _number(self, tx: Tx, resident_id: UUID) -> str | None:
        return await self.vault.reveal(tx, self.acting, resident_id, MY_NUMBER, None, "突合")


async def agreement(register: Register, outside: Ledgers) -> Agreement:
    """Compare everybody with everybody."""
    people = await register.people()
    found = [
        *(difference for person in people for difference in about(person, outside)),
        *strangers(people, outside),
        *misused(await register.codes(), outside.jlis),
        *unwritten(await register.telegrams(), outside),
    ]
    return Agreement(people, found)


_CODES = """
SELECT p.code, p.state,
    EXISTS (SELECT FROM resident_present r WHERE r.code = p.code) AS present,
    EXISTS (SELECT FROM code_reservation r JOIN telegram t USING (municipality, case_id, subject)
        WHERE r.code = p.code) AS written
FROM pool_code p
"""

_PEOPLE = """
SELECT r.resident_id, r.addressee_number, p.presence, p.entry::text AS entry,
    CASE WHEN c.state = 'released' THEN NULL ELSE p.code END AS code,
    f.case_number || '/' || c.subject AS born_in
FROM resident r JOIN resident_present p USING (municipality, resident_id)
    LEFT JOIN case_person q USING (municipality, resident_id)
    LEFT JOIN code_reservation c USING (municipality, case_id, subject)
    LEFT JOIN case_file f ON f.case_id = c.case_id
ORDER BY r.addressee_number
"""


def _person(row: Row, number: str | None) -> Person:
    return Person(
        resident_id=row["resident_id"],
        name=row["born_in"] or f"宛名番号 {row['addressee_number']}",
        addressee_number=row["addressee_number"],
        code=row["code"],
        number=number,
        present=row["presence"] == Presence.RESIDENT,
        entry=Entry.model_validate_json(row["entry"]),
        born_here=row["born_in"] is not None,
    )
