"""One municipality of the scenario: its API, its register, and the world outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.scenario.agreement import agreement
from local.scenario.caller import eventually
from local.scenario.cast import as_csv, residents

if TYPE_CHECKING:
    from local.scenario.agreement import Agreement, Register
    from local.scenario.caller import Caller
    from local.scenario.cast import Household, Place
    from local.scenario.outside import Outside
    from local.stack import LocalStack

LOW_WATER, TARGET_STOCK = 3, 5


@dataclass(frozen=True)
class Town:
    """A municipality: who calls its API, what its register holds, what others hold of it."""

    place: Place
    caller: Caller
    outside: Outside
    register: Register

    @property
    def code(self) -> str:
        """Its 全国地方公共団体コード."""
        return self.place.code

    async def found(
        self,
        stack: LocalStack,
        *households: Household,
        levels: tuple[int, int] = (LOW_WATER, TARGET_STOCK),
    ) -> None:
        """Open it with these people, inside and outside, and an empty stock of codes.

        ``levels`` are the stock below which more codes are ordered, and what it is filled up to.
        """
        people = residents(*households)
        file = stack.directory / f"people-{self.code}.csv"
        file.write_bytes(as_csv(people))
        low, target = levels
        stock = ("--low-water", str(low), "--target-stock", str(target))
        named = ("--name", self.place.name, "--opening", "always")
        await stack.command("municipality", "add", self.code, *named, *stock)
        await stack.command("import", str(file), "--municipality", self.code)
        await self.outside.settle(people)
        await self.outside.print_postal_codes(self.place.postal_codes)

    async def agreement(self) -> Agreement:
        """Everybody compared, as of now."""
        return await agreement(self.register, await self.outside.ledgers())

    async def agrees(self, seconds: float = 10) -> Agreement:
        """Wait until all systems agree: notices between them take a moment to arrive."""
        return await eventually(
            self.agreement,
            lambda compared: not compared.differences,
            f"{self.place.name}の一致",
            lambda compared: "; ".join(compared.differences),
            seconds,
        )
