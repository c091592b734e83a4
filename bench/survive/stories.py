"""What happens to families: a child is born, they move by card, online, or one of them on paper."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from bench.survive.stubborn import insist
from domain.cases import CaseState, Procedure
from local.scenario import forms
from local.scenario.caller import Missed
from local.scenario.cast import THERE
from local.scenario.habits import hand_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from random import Random

    from bench.survive.ground import Family, Ground
    from local.scenario.caller import Caller, Json
    from local.scenario.person import Person

_GLANCE = 1.0
_EXPECTED = "受付"


@dataclass
class Stories:
    """Tells them, and counts what the registers must hold once all are over."""

    ground: Ground
    rng: Random
    cases: Counter[Procedure] = field(default_factory=Counter[Procedure])
    """Cases handed in; those the office opens by itself are not counted."""
    over: int = 0
    """Cases believed over, for those who watch; the verdict looks for itself."""
    born: int = 0
    moved: int = 0
    """How many people have come to live in the other town."""

    missed: list[str] = field(default_factory=list[str])
    """Stories that could not be told to their end, and why."""

    async def tell(self, kind: Kind, family: Family) -> None:
        """Tell one; what the office refuses, it should not have refused."""
        try:
            await kind.tell(self, family)
        except Missed as missed:
            self.missed.append(f"{kind.tell.__name__}: {missed}")
        except asyncio.CancelledError:
            self.missed.append(f"{kind.tell.__name__}: nobody waited for its end")
            raise

    async def birth(self, family: Family) -> None:
        """A child is born."""
        await self._born(family)

    async def by_card(self, family: Family) -> None:
        """A family moves with a card."""
        await self._with_card(family, family.people)

    async def birth_and_move(self, family: Family) -> None:
        """A child is born, and the three of them move with a card."""
        child = await self._born(family)
        await self._with_card(family, [*family.people, child])

    async def online(self, family: Family) -> None:
        """A family files its move at マイナポータル, and comes once it reads that it may."""
        household, people = family
        outside = self.ground.here.outside
        self.cases[Procedure.MOVE_OUT] += 1
        await insist(lambda: outside.issue_card(household.serial, people[0].code or ""))
        move = forms.online(household, people, THERE, self.ground.today)
        # Whoever gets no answer files once more: the same move, filed twice, is one move.
        application = await insist(lambda: outside.file_move(move))
        while (await insist(lambda: outside.seen(application))).visit != _EXPECTED:  # noqa: ASYNC110 - another process's rows
            await asyncio.sleep(_GLANCE)
        await self._until_over(self.ground.there.caller, await self._visit(family))
        self.over += 1  # 転出受理, whose number the family was never told
        self.moved += len(people)

    async def on_paper(self, family: Family) -> None:
        """One of a couple moves with a paper 転出証明書, the head or the other."""
        mover = self.rng.choice(family.people)
        leaving = await self._leave(family, [mover], with_card=False)
        form = forms.with_certificate(family.household, THERE, mover, self.ground.today)
        self.cases[Procedure.MOVE_IN] += 1
        coming = await hand_in(self._there, "counter", "move-ins", form)
        await self._until_over(self._there, coming)
        await self._until_over(self._here, leaving)
        self.moved += 1

    async def _with_card(self, family: Family, people: Sequence[Person]) -> None:
        """Some are at the new counter before anybody there can know of them."""
        leaving = await self._leave(family, people, with_card=True)
        if self.rng.random() < _PATIENT:
            await self._until(self._here, leaving, _has_left)
        coming = await self._visit(family)
        await self._until_over(self._there, coming)
        await self._until_over(self._here, leaving)
        self.moved += len(people)

    async def _born(self, family: Family) -> Person:
        self.cases[Procedure.BIRTH] += 1
        answer = await self._here.report_birth(family.household, self.ground.born_on)
        case = await self._until_over(self._here, answer.expect(202)["case_number"])
        self.born += 1
        parent, (name, _) = family.people[0], family.household.child
        entry = parent.entry.model_copy(update={"name": name})
        born = UUID(case["persons"][0]["resident_id"])
        return parent._replace(resident_id=born, entry=entry)

    async def _leave(self, family: Family, people: Sequence[Person], *, with_card: bool) -> str:
        self.cases[Procedure.MOVE_OUT] += 1
        day = self.ground.today
        leaving = {
            "household_id": str(people[0].entry.household_id),
            "residents": [str(one.resident_id) for one in people],
        }
        form = forms.at_the_counter(family.household, leaving, THERE, day, with_card=with_card)
        return await hand_in(self._here, "counter", "move-outs", form)

    async def _visit(self, family: Family) -> str:
        """Come with the card and without a case number: the open case is found, or opened now."""
        self.cases[Procedure.SPECIAL_MOVE_IN] += 1
        visit = forms.visit(family.household, THERE, family.people[0], self.ground.today)
        return await hand_in(self._there, "counter", "special-move-ins", visit)

    async def _until_over(self, caller: Caller, number: str) -> Json:
        case = await self._until(caller, number, lambda case: case["state"] != CaseState.OPEN)
        self.over += 1
        return case

    async def _until(self, caller: Caller, number: str, seen: Callable[[Json], bool]) -> Json:
        while not seen(case := await caller.case(number)):  # noqa: ASYNC110 - another process's rows
            await asyncio.sleep(_GLANCE)
        return case

    @property
    def _here(self) -> Caller:
        return self.ground.here.caller

    @property
    def _there(self) -> Caller:
        return self.ground.there.caller


class Kind(NamedTuple):
    """A story, how many cases it hands in, and how often it is told."""

    tell: Callable[[Stories, Family], Awaitable[None]]
    cases: int
    weight: int


KINDS = (
    Kind(Stories.birth, 1, 5),
    Kind(Stories.by_card, 2, 3),
    Kind(Stories.online, 2, 2),
    Kind(Stories.on_paper, 2, 2),
    Kind(Stories.birth_and_move, 3, 2),
)
_PATIENT = 0.7


def chosen(rng: Random, cases: int) -> Iterator[Kind]:
    """Stories that together hand in exactly so many cases."""
    while cases:
        fitting = [kind for kind in KINDS if kind.cases <= cases]
        kind = rng.choices(fitting, [one.weight for one in fitting])[0]
        cases -= kind.cases
        yield kind


def _has_left(case: Json) -> bool:
    """Whether nothing but the 転入通知 is missing: what was to be sent ahead has been sent."""
    waits = {wait["kind"] for wait in case["waiting_for"]}
    return "move_in_notice" in waits or case["state"] != CaseState.OPEN
