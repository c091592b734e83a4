"""A town whose gates are watched at work: what its tests do to them, and what they see of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from domain.cases import Direction, Procedure, Progress, StepRef, WaitKind
from domain.gates import GateEvent
from domain.opening_hours import OpeningCalendar
from domain.telegrams import Peer
from register import cases, gate_rounds, gates, ledger, municipalities
from register.cases import Acceptance
from register.gates import Change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from register.ledger import Gate
    from register.transactions import Pool, Row
    from tests.towns import Town

STEP = "個人番号を要求して登録する"
N = 3
AT_ONCE = timedelta()
BY_STAFF = Change(GateEvent.HELD, "chief", "回線工事")


class Gated(NamedTuple):
    """A town whose gates are held after three silences, and the relay that serves them."""

    town: Town
    relay: Pool

    async def fails(self, ref: StepRef) -> bool:
        """An attempt of a case is not answered; whether the gate is held."""
        async with self.town.open() as tx:
            return await gates.unanswered(tx, ref, Peer.JLIS, "HTTP_503")

    async def answers(self) -> None:
        """The peer says something."""
        async with self.town.open() as tx:
            await gates.answered(tx, self.town.code, Peer.JLIS)

    async def is_held(self, what: Change = BY_STAFF) -> None:
        """Staff hold the gate."""
        async with self.town.open() as tx:
            await gates.hold(tx, self.town.code, Peer.JLIS, what)

    async def is_released(self) -> bool:
        """Staff release it."""
        async with self.town.open() as tx:
            return await gates.release(tx, self.town.code, Peer.JLIS, "chief", "復旧の連絡")

    async def goes_round(self) -> int:
        """The relay looks once; how many cases it lets through."""
        here = [one for one in await gate_rounds.due(self.relay) if one[0] == self.town.code]
        return sum([await gate_rounds.let_through(self.relay, one) for one in here])

    async def case(self, due_on: date | None = None, *, waits: bool = True) -> StepRef:
        """A case, which stands at the gate."""
        async with self.town.open() as tx:
            acceptance = Acceptance(Procedure.BIRTH, {}, "test", persons=1, due_on=due_on)
            case = await cases.accept(tx, self.town.code, acceptance)
        ref = StepRef(municipality=self.town.code, case_id=case.case_id, subject=1)
        if waits:
            await self.comes(ref)
        return ref

    async def comes(self, ref: StepRef) -> None:
        """A case comes to stand at the gate."""
        async with self.town.open() as tx:
            progress = Progress(wait=WaitKind.GATE, seconds=60)
            await ledger.wait(tx, ref, STEP, progress, Peer.JLIS)

    async def gate(self, ref: StepRef) -> Gate:
        """The gate as a step of a case finds it."""
        async with self.town.open() as tx:
            return (await ledger.stand_at(tx, ref, STEP, Direction.FORWARD, Peer.JLIS)).gate

    async def row(self) -> Row:
        """The gate itself."""
        return (await self.rows("SELECT * FROM peer_gate"))[0]

    async def rows(self, question: str) -> list[Row]:
        """Whatever the town's office sees."""
        async with self.town.open() as tx:
            return await tx.fetch(question)

    async def events(self) -> list[str]:
        """What became of the gate, in order."""
        return [row[0] for row in await self.rows("SELECT event FROM gate_event ORDER BY log_id")]

    async def incidents(self) -> tuple[int, int]:
        """How many incidents of peers there ever were, and how many of them are open."""
        (row,) = await self.rows("SELECT count(*), count(*) - count(closed_at) FROM peer_note")
        return row[0], row[1]

    async def let_through(self) -> list[UUID]:
        """The cases that were woken at the gate, in order."""
        rows = await self.rows("SELECT case_id FROM wakeup WHERE cause = 'gate' ORDER BY wakeup_id")
        return [row[0] for row in rows]


async def settle(town: Town, urls: Mapping[str, str], **parameters: object) -> None:
    """Settle some parameters of a town, as its installation would; it is always open."""
    owner = await asyncpg.connect(urls["juki_owner"])
    try:
        (standing,) = [one for one in await municipalities.every(owner) if one.code == town.code]
        settled = standing.parameters.model_copy(update=parameters)
        always = OpeningCalendar(always_open=True)
        update = {"opening": always, "parameters": settled}
        await municipalities.change(owner, standing.model_copy(update=update))
    finally:
        await owner.close()
