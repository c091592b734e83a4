"""Processes killed by SIGKILL at a gate: how it stands is in the database, another goes on."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from domain.dates import RegisterDate
from domain.gates import GateEvent
from domain.telegrams import Peer
from register import gates
from register.gates import Change
from tests.agreement import agrees
from tests.crash.child import a_child, relay_of, worker_of
from tests.eventually import eventually
from tests.workflows.tried import effects

if TYPE_CHECKING:
    from tests.house import House, Town

EARLIER = RegisterDate.on(date(2026, 11, 18))
NUMBER = "個人番号を要求して登録する"


async def test_a_worker_dies_while_it_tries_a_peer_that_was_away(town: Town) -> None:
    """The case it was let through for asks by the telegram's id under the next worker.

    Its answer lets the others through; nobody has to release anything.
    """
    await town.house.world.scenario(
        town.code,
        {"system": "jlis", "kind": "UNAVAILABLE", "message": "CS-02", "times": 5},
        {"system": "jlis", "kind": "SLOW", "message": "CS-02", "seconds": 1},
    )
    async with a_child("relay", relay_of(town.house)):
        async with a_child("worker", worker_of(town.house)) as worker:
            birth = await town.report_birth()
            await eventually(lambda: _value(town, "SELECT state = 'held' FROM peer_gate"))
            await birth.sends(NUMBER)
            await worker.kill()
        async with a_child("worker", worker_of(town.house)):
            await birth.closes()
        await eventually(lambda: _value(town, "SELECT state = 'open' FROM peer_gate"))
    taken = await effects(town, [birth])
    assert taken[birth.ref.case_id]["CS-02"] == 1
    assert await _value(town, "SELECT count(*) FROM peer_note") == 1
    await agrees(town)


async def test_a_relay_dies_while_it_lets_cases_through(empty_house: House) -> None:
    """The next one goes on where it stopped, and lets through no more a second than it would have.

    Red: let the budget begin anew with every relay.
    """
    town = await empty_house.open_town(gates={"gate_budget": 1})
    async with a_child("worker", worker_of(empty_house)):
        async with a_child("relay", relay_of(empty_house)) as relay:
            await town.stock()
            async with town.transaction() as tx:
                what = Change(GateEvent.HELD, "chief", "回線工事")
                await gates.hold(tx, town.code, Peer.JLIS, what)
            births = [await town.report_birth(household=ordinal) for ordinal in range(2)]
            births.append(await town.report_birth("田中　翔", born_on=EARLIER))
            for birth in births:
                await birth.waits("gate")
            async with town.transaction() as tx:
                await gates.release(tx, town.code, Peer.JLIS, "chief", "復旧")
            await eventually(lambda: _value(town, f"SELECT count(*) > 0 {_LET_THROUGH}"))
            await relay.kill()
        async with a_child("relay", relay_of(empty_house)):
            for birth in births:
                await birth.closes()
    async with town.transaction() as tx:
        rows = await tx.fetch(f"SELECT released_at AS at {_LET_THROUGH} ORDER BY released_at")
        made = [row["at"] for row in rows]
    assert len(made) == len(births)
    assert all(later - one >= timedelta(seconds=1) for one, later in pairwise(made))


_LET_THROUGH = "FROM case_wait WHERE kind = 'gate' AND released_at IS NOT NULL"


async def _value(town: Town, question: str) -> Any:
    async with town.transaction() as tx:
        return await tx.fetchval(question)
