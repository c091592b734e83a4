"""A peer that is away: its gate is held, cases wait behind it and are let through in order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Verb
from domain.dates import RegisterDate
from domain.gates import GateEvent
from domain.telegrams import Peer
from register import gates
from register.gates import Change
from register.verification import verify
from tests.acceptance.deeds import well_again
from tests.agreement import agrees
from tests.eventually import eventually
from tests.frontier import DAY

if TYPE_CHECKING:
    from tests.frontier import Frontier
    from tests.house import Case, House, Town

A_SECOND = timedelta(seconds=1)
QUARTERS = 8
"""Quarters of an hour, by the office's clock, for which J-LIS is away."""
BUDGET = 5
FIRST_DUE = date(2026, 12, 1)
STAFF = Change(GateEvent.HELD, "chief", "回線工事")


async def test_an_outage_is_one_incident_and_drains_within_the_budget(
    frontier: Frontier, births: int
) -> None:
    """Births within the two hours for which J-LIS is away: one incident of it, none of a case.

    Once it answers they are let through by themselves: no second sees more than the budget, and
    the nearest legal deadline comes first, though the births came in the reverse order.

    Red: let every case pass a gate that is being let through; order by acceptance.
    """
    limits = {"gate_budget": BUDGET}
    town = await frontier.open_town(target_stock=births, gates=limits)
    await town.fault("jlis", "UNAVAILABLE", on="any", times=None)
    reported: list[Case] = []
    for quarter in range(QUARTERS):
        share = range(len(reported), births * (quarter + 1) // QUARTERS)
        reported += [await _birth(town, ordinal, births) for ordinal in share]
        await _all_wait(town, len(reported))
        await frontier.on(DAY, 12 + (quarter + 1) // 4, (quarter + 1) % 4 * 15)

    assert await _value(town, "SELECT count(*) FROM peer_note WHERE closed_at IS NULL") == 1
    await well_again(town)
    await eventually(
        lambda: _value(town, "SELECT state = 'open' FROM peer_gate"), within=births * 0.5 + 30
    )
    for birth in reported:
        await birth.closes()

    woken = await _woken(town)
    seconds = [[at for at, _ in woken if one <= at < one + A_SECOND] for one, _ in woken]
    assert max(map(len, seconds)) <= BUDGET
    days = [due for _, due in woken]
    assert len(days) > births // 2
    assert days == sorted(days)
    assert await _events(town) == ["held_automatically", "draining", "opened"]
    assert await _value(town, "SELECT count(*) FROM peer_note") == 1
    assert await _value(town, "SELECT count(*) FROM peer_note WHERE closed_at IS NULL") == 0
    assert await _value(town, "SELECT count(*) FROM incident") == 0
    assert (await verify(frontier.house.transactions, town.acting())).sound
    await agrees(town)


async def test_what_staff_hold_sends_nothing_until_it_is_released(town: Town) -> None:
    """Everything before J-LIS is done; nothing is written for it, and nothing has failed."""
    await _hold(town)
    birth = await town.report_birth()
    await birth.waits("gate")

    assert await _value(town, "SELECT count(*) FROM telegram WHERE message = 'CS-02'") == 0
    assert (await birth.lines())["住民票を記載し住民票コードを割り当てる"] == "done"
    assert await _value(town, "SELECT count(*) FROM step_failure") == 0
    async with town.transaction() as tx:
        assert await gates.release(tx, town.code, Peer.JLIS, "chief", "復旧")
    await birth.closes()
    assert await _events(town) == ["held", "draining", "opened"]


async def test_a_peer_that_is_only_looked_at_has_a_gate_too(house: House) -> None:
    """中間サーバー is away: what leaves for 住基ネット leaves; the 符号 is looked for later."""
    town = await _soon_held(house)
    await town.fault("intermediate_server", "UNAVAILABLE", on="look_up", times=None)
    birth = await town.report_birth()
    await birth.waits("gate")

    held = await _value(town, "SELECT peer FROM peer_gate WHERE state = 'held'")
    assert held == Peer.INTERMEDIATE_SERVER
    await well_again(town)
    await birth.closes()


async def test_a_telegram_in_doubt_waits_at_the_gate_and_so_does_its_undo(house: House) -> None:
    """Nobody asks a peer that is away; a withdrawal waits for the answer and takes back by it.

    Red: let the undo go on without having asked.
    """
    town = await _soon_held(house)
    await town.fault("jlis", "LOSE_REPLY", message="CS-04")
    await town.fault("jlis", "UNAVAILABLE", message="CS-04", on="any", times=None)
    birth = await town.report_birth()
    await birth.waits("gate")
    await birth.decide(Verb.WITHDRAW)
    await eventually(lambda: _waits_at(birth, "取消の本人確認情報を送信する"))

    await well_again(town)

    await birth.closes(CaseState.WITHDRAWN)
    await agrees(town)


async def _birth(town: Town, ordinal: int, births: int) -> Case:
    """The later it comes, the nearer its deadline."""
    born = RegisterDate.on(date(2026, 11, 20) - timedelta(days=ordinal // 2))
    birth = await town.report_birth(household=ordinal % 2, born_on=born)
    due_on = FIRST_DUE + timedelta(days=births - ordinal)
    async with town.transaction() as tx:
        await tx.execute(
            "UPDATE case_file SET due_on = $2 WHERE case_id = $1", birth.ref.case_id, due_on
        )
    return birth


async def _soon_held(house: House) -> Town:
    town = await house.open_town(gates={"gate_failures": 1})
    await town.stock()
    return town


async def _hold(town: Town) -> None:
    async with town.transaction() as tx:
        await gates.hold(tx, town.code, Peer.JLIS, STAFF)


async def _all_wait(town: Town, births: int) -> None:
    question = "SELECT count(DISTINCT case_id) = {} FROM case_wait WHERE kind = 'gate' AND NOT over"
    await eventually(lambda: _value(town, question.format(births)))


async def _waits_at(birth: Case, step: str) -> bool:
    async with birth.town.transaction() as tx:
        return await tx.fetchval(
            "SELECT EXISTS (SELECT FROM case_wait WHERE case_id = $1 AND step = $2"
            " AND kind = 'gate' AND NOT over)",
            birth.ref.case_id,
            step,
        )


async def _woken(town: Town) -> list[tuple[Any, date]]:
    """When the gate let whom through since the peer answered again, and by when that was due."""
    async with town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT g.released_at, c.due_on FROM wakeup w JOIN case_file c"
            " USING (municipality, case_id) JOIN case_wait g USING (municipality, case_id)"
            " WHERE w.cause = 'gate' AND g.kind = 'gate' AND w.made_at >"
            " (SELECT max(at) FROM gate_event WHERE event = 'draining') ORDER BY w.wakeup_id"
        )
    return [(row["released_at"], row["due_on"]) for row in rows]


async def _events(town: Town) -> list[str]:
    async with town.transaction() as tx:
        rows = await tx.fetch("SELECT event FROM gate_event WHERE peer = 'jlis' ORDER BY log_id")
    return [row["event"] for row in rows]


async def _value(town: Town, question: str) -> Any:
    async with town.transaction() as tx:
        return await tx.fetchval(question)
