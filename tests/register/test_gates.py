"""The gate of a peer: what holds it, what opens it, and who is let through meanwhile."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest
import pytest_asyncio

from domain.gates import GateState
from domain.identifiers import new_id
from domain.opening_hours import OpeningCalendar
from domain.telegrams import Peer
from register import clock, gate_rounds, incidents
from register.gate_rounds import Shut
from register.incidents import Attempt, Trouble
from register.verification import verify
from runtime.database import pool
from tests.apart import a_place_apart
from tests.register.gated import AT_ONCE, BY_STAFF, STEP, Gated, N, settle
from tests.towns import a_town

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from tests.server import Place


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def urls(place: Place) -> AsyncGenerator[Mapping[str, str]]:
    """A register where no other relay goes round."""
    async with a_place_apart(place, "gates") as apart:
        yield apart["database_urls"]


@pytest.fixture
async def gated(urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Gated]:
    """The town of the test, where whatever is due is due at once."""
    async with (
        a_town(urls, keyring_path) as town,
        pool(urls["juki_relay"], application="test-relay", smallest=0, largest=3) as relay,
    ):
        await settle(
            town,
            urls,
            gate_failures=N,
            gate_probe_first=AT_ONCE,
            gate_probe_most=AT_ONCE,
            gate_budget=2,
        )
        yield Gated(town, relay)


async def test_a_peer_that_keeps_silent_is_held_and_makes_one_incident(gated: Gated) -> None:
    """Whichever cases were silenced; whatever fails after that makes no further incident."""
    refs = [await gated.case(waits=False) for _ in range(N + 2)]

    assert [await gated.fails(ref) for ref in refs] == [False] * (N - 1) + [True] * 3

    row = await gated.row()
    assert (row["state"], row["automatic"], row["reason"]) == ("held", True, "HTTP_503")
    assert await gated.events() == ["held_automatically"]
    assert await gated.incidents() == (1, 1)
    assert not await gated.rows("SELECT FROM incident")


async def test_a_peer_that_answers_in_between_is_not_held(gated: Gated) -> None:
    """One that fails now and then is busy, not away; only silence in a row counts.

    Red: forget to forget the failures when it answers.
    """
    ref = await gated.case(waits=False)
    for _ in range(4):
        assert not any([await gated.fails(ref) for _ in range(N - 1)])
        await gated.answers()

    assert (await gated.row())["state"] == GateState.OPEN
    assert await gated.incidents() == (0, 0)


async def test_silence_of_long_ago_counts_no_more(gated: Gated, urls: Mapping[str, str]) -> None:
    await settle(gated.town, urls, gate_failures=N, gate_within=AT_ONCE)
    ref = await gated.case(waits=False)

    assert not any([await gated.fails(ref) for _ in range(3 * N)])


async def test_a_held_gate_lets_nobody_pass_and_an_open_one_everybody(gated: Gated) -> None:
    """Also a peer nobody ever heard of: its gate is open, and nobody doubts it."""
    ref = await gated.case(waits=False)
    before = await gated.gate(ref)
    await gated.is_held()
    held = await gated.gate(ref)

    assert (before.passes, before.doubted) == (True, False)
    assert (held.passes, held.doubted, held.state) == (False, True, GateState.HELD)


async def test_what_staff_hold_stays_held_until_they_release_it(gated: Gated) -> None:
    """Neither an answer nor the relay opens it; a second release is refused.

    Red: let whatever answers open any gate that is held.
    """
    await gated.case()
    await gated.is_held()
    await gated.answers()

    assert await gated.goes_round() == 0
    assert (await gated.row())["state"] == GateState.HELD
    assert await gated.is_released()
    assert not await gated.is_released()
    assert await gated.goes_round() == 1
    assert await gated.incidents() == (0, 0)


async def test_what_staff_hold_for_a_time_is_let_through_when_it_is_over(gated: Gated) -> None:
    """The instant is one of the business clock.  Red: never look at ``until``."""
    await gated.case()
    async with gated.town.open() as tx:
        now = await clock.now(tx)
    await gated.is_held(BY_STAFF._replace(until=now + timedelta(hours=1)))
    assert await gated.goes_round() == 0
    await gated.is_held(BY_STAFF._replace(until=now))

    assert await gated.goes_round() == 1
    assert await gated.events() == ["held", "held", "draining"]


async def test_one_case_at_a_time_tries_a_peer_that_was_held_by_itself(gated: Gated) -> None:
    """The nearest legal deadline tries first; if it fails it waits again, and the gate is held."""
    later = await gated.case(date(2026, 12, 2))
    sooner = await gated.case(date(2026, 12, 1))
    for _ in range(N):
        await gated.fails(later)

    assert await gated.goes_round() == 1
    assert await gated.let_through() == [sooner.case_id]
    assert (await gated.gate(sooner)).passes
    assert not (await gated.gate(later)).passes
    assert await gated.fails(sooner)
    assert not (await gated.gate(sooner)).passes
    assert await gated.goes_round() == 1
    assert await gated.let_through() == [sooner.case_id, sooner.case_id]
    assert await gated.events() == ["held_automatically"]


async def test_a_peer_is_tried_less_and_less_often(gated: Gated, urls: Mapping[str, str]) -> None:
    """The pause doubles up to the most the office allows."""
    settled = {"gate_probe_first": timedelta(hours=1), "gate_probe_most": timedelta(hours=3)}
    await settle(gated.town, urls, gate_failures=N, **settled)
    ref = await gated.case()
    for _ in range(N):
        await gated.fails(ref)
    assert await gated.goes_round() == 0

    pauses: list[timedelta] = []
    for _ in range(3):
        async with gated.town.open() as tx:
            await tx.execute("UPDATE peer_gate SET probe_at = clock_timestamp()")
        assert await gated.goes_round() == 1
        pauses.append((await gated.row())["probe_pause"])
        await gated.comes(ref)

    assert pauses == [timedelta(hours=2), timedelta(hours=3), timedelta(hours=3)]


async def test_those_who_wait_are_let_through_by_their_deadline(
    gated: Gated, urls: Mapping[str, str]
) -> None:
    """Then by acceptance; one without a deadline comes last.  When nobody waits, it is over.

    Whoever was let through may go on; whoever comes now queues behind by the same rule.
    """
    await settle(gated.town, urls, gate_failures=N, gate_budget=3)
    days = [date(2026, 12, 3), None, date(2026, 12, 1), date(2026, 12, 2)]
    third, last, first, second = [await gated.case(day) for day in days]
    for _ in range(N):
        await gated.fails(third)
    await gated.goes_round()
    await gated.answers()
    newcomer = await gated.case(date(2026, 11, 30), waits=False)

    assert not (await gated.gate(newcomer)).passes
    await gated.comes(newcomer)
    order = [first, newcomer, second, third, last]
    while len(await gated.let_through()) < len(order):
        await gated.goes_round()
    assert await gated.let_through() == [ref.case_id for ref in order]
    assert (await gated.gate(first)).passes
    assert await gated.incidents() == (1, 1)
    while (await gated.row())["state"] != GateState.OPEN:
        await gated.goes_round()
    assert await gated.events() == ["held_automatically", "draining", "opened"]
    assert await gated.incidents() == (1, 0)


async def test_no_second_sees_more_cases_let_through_than_the_budget(gated: Gated) -> None:
    """Counted by the instants that stand in the rows.  Red: leave out what was let through before.

    However often the relay looks, and if two of them do.
    """
    for _ in range(5):
        await gated.case()
    await gated.is_held()
    await gated.is_released()
    while len(await gated.let_through()) < 5:
        await gated.goes_round()

    rows = await gated.rows("SELECT released_at FROM case_wait WHERE kind = 'gate'")
    made = [row[0] for row in rows]
    within = [sum(one <= at < one + timedelta(seconds=1) for at in made) for one in made]
    assert max(within) == 2


async def test_who_came_as_the_gate_opened_is_let_through(gated: Gated) -> None:
    """A case may read that it must wait, and write so after the last one was let through."""
    await gated.is_held()
    await gated.is_released()
    await gated.goes_round()
    assert (await gated.row())["state"] == GateState.OPEN
    late = await gated.case()

    assert await gated.goes_round() == 1
    assert await gated.let_through() == [late.case_id]


async def test_a_hold_nobody_waits_behind_ends_by_itself(gated: Gated) -> None:
    """There is nobody who could try, and nothing to be held back; its incident ends with it."""
    ref = await gated.case(waits=False)
    for _ in range(N):
        await gated.fails(ref)
    await gated.goes_round()

    assert (await gated.row())["state"] == GateState.OPEN
    assert await gated.incidents() == (1, 0)


async def test_a_hold_somebody_is_still_trying_behind_does_not_end(gated: Gated) -> None:
    """Who failed and is on the way to the gate, or was let through and has no answer yet.

    Red: look only at who stands there; a slow attempt made an incident each time it was due.
    """
    ref = await gated.case(waits=False)
    async with gated.town.open() as tx:
        trouble = Trouble("unavailable", "HTTP_503", Peer.JLIS)
        await incidents.note_failure(tx, ref, STEP, trouble, Attempt("1", timedelta()))
    for _ in range(N):
        await gated.fails(ref)
    assert await gated.goes_round() == 0
    assert (await gated.row())["state"] == GateState.HELD

    async with gated.town.open() as tx:
        await incidents.tries_no_more(tx, ref, STEP)
    await gated.comes(ref)
    assert [await gated.goes_round() for _ in range(3)] == [1, 0, 0]
    assert await gated.events() == ["held_automatically"]


async def test_while_juki_net_is_closed_nobody_is_let_through(
    gated: Gated, urls: Mapping[str, str]
) -> None:
    """They would only wait for the opening, and all come at once then."""
    await gated.case()
    await gated.is_held()
    await gated.is_released()
    async with gated.town.open() as tx:
        today = (await clock.now(tx)).date()
    closed = {today + timedelta(days=day) for day in (-1, 0, 1)}
    owner = await asyncpg.connect(urls["juki_owner"])
    await owner.execute(
        "UPDATE municipality SET opening = $2::text::jsonb WHERE municipality = $1",
        gated.town.code,
        OpeningCalendar(closed_days=frozenset(closed)).model_dump_json(),
    )
    await owner.close()

    assert await gated.goes_round() == 0
    assert (await gated.row())["state"] == GateState.DRAINING


async def test_a_peer_that_fails_again_while_it_is_let_at_is_held_again(gated: Gated) -> None:
    """It is the same incident: it lasts until the gate is open."""
    refs = [await gated.case() for _ in range(3)]
    for _ in range(N):
        await gated.fails(refs[0])
    await gated.goes_round()
    await gated.answers()
    await gated.goes_round()
    for ref in refs:
        await gated.fails(ref)

    assert await gated.events() == ["held_automatically", "draining", "held_automatically"]
    assert await gated.incidents() == (1, 1)
    assert not any([(await gated.gate(ref)).passes for ref in refs])


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_the_gate_is_what_its_log_says(gated: Gated, seed: int) -> None:
    """Silence, answers, staff and the relay in any order: log and gate agree, one incident at most.

    Nobody but staff, or the end of their time, ends what staff have held.
    """
    chance = random.Random(seed)
    refs = [await gated.case() for _ in range(3)]
    acts = (
        lambda: gated.fails(chance.choice(refs)),
        lambda: gated.comes(chance.choice(refs)),
        gated.answers,
        gated.is_held,
        gated.is_released,
        gated.goes_round,
    )
    for _ in range(25):
        before = await gated.rows("SELECT state = 'held' AND NOT automatic FROM peer_gate")
        act = chance.choices(acts, weights=(8, 3, 2, 1, 1, 4))[0]
        await act()
        if before and before[0][0] and act not in (gated.is_held, gated.is_released):
            assert (await gated.row())["state"] == GateState.HELD
        assert (await gated.incidents())[1] <= 1

    assert (await verify(gated.town.transactions, gated.town.acting)).sound


async def test_two_relays_do_not_serve_one_gate_at_once(gated: Gated) -> None:
    """The second leaves it alone, and comes back.  Red: read the gate without its lock."""
    await gated.case()
    await gated.is_held()
    await gated.is_released()
    async with gated.relay.acquire() as other, other.transaction():
        await other.execute("SELECT set_config('juki.municipality', $1, true)", gated.town.code)
        await other.execute(
            "SELECT state FROM peer_gate WHERE municipality = $1 FOR UPDATE", gated.town.code
        )
        assert await gate_rounds.let_through(gated.relay, Shut(gated.town.code, Peer.JLIS)) == 0

    assert await gated.goes_round() == 1


async def test_a_withdrawn_case_holds_up_no_gate(gated: Gated) -> None:
    """What no case waits for any more is not waited for."""
    ref = await gated.case()
    await gated.is_held()
    async with gated.town.open() as tx:
        await tx.execute("UPDATE case_file SET state = 'withdrawn' WHERE case_id = $1", ref.case_id)
    await gated.is_released()
    await gated.goes_round()

    assert (await gated.row())["state"] == GateState.OPEN
    assert new_id() not in await gated.let_through()
