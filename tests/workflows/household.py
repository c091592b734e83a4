"""A family that a trial is about: their 個人番号, and how they stood before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from register import residents
from register.vault import MY_NUMBER
from tests.moving import Family

if TYPE_CHECKING:
    from domain.numbers import MyNumber
    from domain.residents import Present
    from tests.house import Case


@dataclass
class Household(Family):
    """A family and its 個人番号, which the register does not tell."""

    numbers: list[MyNumber] = field(default_factory=list["MyNumber"])
    _stood: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def members(self, who: tuple[int, ...]) -> list[Present]:
        """Some of them as the register has them."""
        return [await self.person(one) for one in who]

    async def is_remembered(self) -> None:
        """Remember how everybody stands."""
        self._stood = await self._stands()

    async def differs(self) -> frozenset[str]:
        """Whose fields are not what they were when they were remembered, as ``1 address``."""
        return frozenset(
            f"{who} {field}"
            for who, (was, now) in enumerate(zip(self._stood, await self._stands(), strict=True))
            for field in now
            if was[field] != now[field]
        )

    async def has_rows_of(self, case: Case) -> bool:
        """Whether anything a case wrote about them counts in their history."""
        async with self.town.transaction() as tx:
            rows = [await residents.own_rows(tx, case.whole, one) for one in self.people]
        return any(rows)

    async def _stands(self) -> list[dict[str, Any]]:
        """Everything the register says of each today."""
        vault, acting = self.town.house.vault, self.town.acting()
        async with self.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT resident_id, entry, presence, code FROM resident_today"
                " WHERE resident_id = ANY($1)",
                self.people,
            )
            said = {
                row["resident_id"]: row["entry"]
                | {"presence": row["presence"], "code": row["code"]}
                | {
                    "number": await vault.reveal(
                        tx, acting, row["resident_id"], MY_NUMBER, None, "試験"
                    )
                }
                for row in rows
            }
        return [said[one] for one in self.people]
