"""Somebody who comes from elsewhere, and what has become of them where they came to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import StepRef
from domain.dates import RegisterDate
from domain.moves import Mover
from domain.numbers import ResidentCode
from domain.residents import Address, Entry, Presence, Reason, Sex
from register import cases, residents
from register.residents import NewRow
from tests.eventually import SETTLED
from tests.numbers import my_number, resident_code

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Case

OLD_HOME = Address(postal_code="", line="東京都千代田区飯田橋三丁目１番")
_ordinals = iter(range(500_000, 900_000))


@dataclass
class Person:
    """Somebody who lives in the town they come from, as J-LIS knows them."""

    ordinal: int = field(default_factory=lambda: next(_ordinals))
    name: str = "佐藤　花子"
    relationship: str = "世帯主"
    born_on: date = date(1990, 4, 1)

    @property
    def code(self) -> ResidentCode:
        """住民票コード."""
        return ResidentCode(resident_code(self.ordinal))

    @property
    def serial(self) -> str:
        """The serial number of their certificate."""
        return str(10**18 + self.ordinal)

    @property
    def known(self) -> dict[str, Any]:
        """As the simulators load them."""
        serials = {"signature": self.serial, "authentication": str(2 * 10**18 + self.ordinal)}
        return {
            "code": self.code,
            "number": my_number(self.ordinal),
            "contents": {},
            "serials": serials,
        }

    def mover(self) -> Mover:
        """As a 転出証明書情報 has them."""
        return Mover(
            code=self.code,
            number=my_number(self.ordinal),
            name=self.name,
            name_kana="サトウ　ハナコ",
            sex=Sex.FEMALE,
            born_on=RegisterDate.on(self.born_on),
            relationship=self.relationship,
            is_head=self.relationship == "世帯主",
            domicile="東京都千代田区丸の内一丁目１番",
            head_of_family_register=self.name,
            former_address=OLD_HOME,
        )


async def waits(case: Case, step: str) -> None:
    """Wait until a case stands at a step and waits there."""
    async with asyncio.timeout(SETTLED):
        while step not in await _waiting(case):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def entries(case: Case) -> list[Entry]:
    """The residents of a case as entered, in order."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT entry::text AS entry FROM resident_today JOIN case_person"
            " USING (municipality, resident_id) WHERE case_id = $1 AND presence = '現存'"
            " ORDER BY subject",
            case.ref.case_id,
        )
    return [Entry.model_validate_json(row["entry"]) for row in rows]


async def addressee_numbers(case: Case) -> list[str]:
    """The 宛名番号 of the persons of a case."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT addressee_number FROM resident JOIN case_person"
            " USING (municipality, resident_id) WHERE case_id = $1 ORDER BY subject",
            case.ref.case_id,
        )
    return [row["addressee_number"] for row in rows]


async def strike(frontier: Frontier, case: Case) -> None:
    """Strike the first person of a case, as a 転出 of yesterday would."""
    ref = StepRef(municipality=case.ref.municipality, case_id=case.ref.case_id, subject=1)
    async with case.town.transaction() as tx:
        resident_id = await cases.person(tx, ref)
        held = (await residents.lock(tx, ref.municipality, [resident_id]))[resident_id]
        row = NewRow(
            reason=Reason.MOVE_OUT,
            effective_on=RegisterDate.on(await frontier.today() - timedelta(days=1)),
            notified_on=None,
            entry=held.entry,
            presence=Presence.STRUCK,
            code=held.code,
            owes_notice=False,
        )
        await residents.append(tx, ref, resident_id, row)


async def _waiting(case: Case) -> list[str]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT step FROM case_wait WHERE case_id = $1 AND NOT over", case.ref.case_id
        )
    return [row["step"] for row in rows]
