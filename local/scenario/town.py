"""One municipality of the scenario: its API, its register, and the world outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.scenario.agreement import agreement
from local.scenario.caller import eventually
from local.scenario.cast import as_csv, residents
from local.scenario.predecessor import as_told

if TYPE_CHECKING:
    from local.scenario.agreement import Agreement, Register
    from local.scenario.caller import Caller
    from local.scenario.cast import Household, Place
    from local.scenario.outside import Known, Outside
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
        low, target = levels
        stock = ("--low-water", str(low), "--target-stock", str(target))
        named = ("--name", self.place.name, "--opening", "always")
        await stack.command("municipality", "add", self.code, *named, *stock)
        await self.outside.print_postal_codes(self.place.postal_codes)
        await self.outside.settle(await self.take_over(stack, *households))

    async def take_over(self, stack: LocalStack, *households: Household) -> list[Known]:
        """Import these people; what the others should know of each."""
        rows = residents(*households)
        file = stack.directory / f"people-{self.code}-{households[0].ordinal}.csv"
        file.write_bytes(as_csv(rows))
        await stack.command("import", str(file), "--municipality", self.code)
        ours = {row["宛名番号"] for row in rows}
        people = await self.register.people()
        return [as_told(person) for person in people if person.addressee_number in ours]

    async def settle_parameter(self, stack: LocalStack, name: str, value: str) -> None:
        """Have the town decide something about itself."""
        await stack.command("municipality", "set", self.code, f"{name}={value}")

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
