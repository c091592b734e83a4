"""The verdict: whether everything came to its end, once, and everybody tells the same story."""

from __future__ import annotations

import asyncio
from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from domain.cases import CaseState
from local.scenario.caller import Missed
from local.scenario.comparison import told_twice
from local.scenario.whereabouts import Where, everybody_once
from local.supervisor import StackFailed
from runtime import temporal
from runtime.settings import EngineSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.survive.ground import Ground
    from bench.survive.stories import Stories
    from domain.cases import Procedure
    from local.scenario.person import Person
    from local.scenario.town import Town
    from local.stack import LocalStack
    from register.transactions import Row

_GLANCE = 1.0
_SECONDS_TO_AGREE = 60


class Verdict(NamedTuple):
    """Cases by procedure and state, how many people were compared, and every difference found."""

    cases: Counter[tuple[str, str]]
    people: int
    differences: list[str]


class Held(NamedTuple):
    """How many cases of a procedure stand in a state, and the number of one of them."""

    procedure: str
    state: str
    cases: int
    example: str


async def until_all_over(stack: LocalStack, seconds: float) -> None:
    """Wait until no case is open; past the time whatever still is will be a difference."""
    deadline = monotonic() + seconds
    while await _any_open(stack) and monotonic() < deadline:  # noqa: ASYNC110 - another process's rows
        await asyncio.sleep(_GLANCE)


async def _any_open(stack: LocalStack) -> bool:
    """Whether a case is open; nobody can say so while the database gets up again."""
    try:
        connection = await asyncpg.connect(stack.database_url("postgres"))
    except (OSError, asyncpg.PostgresError):
        return True
    try:
        return await connection.fetchval(_OPEN)
    finally:
        await connection.close()


async def verdict(ground: Ground, stories: Stories) -> Verdict:
    """Look at everything there is to look at; nothing is being killed any more."""
    connection = await asyncpg.connect(ground.stack.database_url("postgres"))
    try:
        held = [Held(*row) for row in await connection.fetch(_CASES)]
        left = await connection.fetch(_LEFT)
    finally:
        await connection.close()
    differences = [*stories.missed, *of_cases(held, stories.cases), *_left_over(left)]
    people: dict[str, Sequence[Person]] = {}
    for town in ground.towns:
        people[town.code], found = await _in_town(town)
        differences += found
    differences += _whereabouts(people, ground, stories)
    differences += await _of_the_engine(ground.stack)
    differences += await _of_the_seals(ground.stack)
    states = Counter({(one.procedure, one.state): one.cases for one in held})
    return Verdict(states, sum(map(len, people.values())), differences)


def of_cases(held: Sequence[Held], handed_in: Mapping[Procedure, int]) -> Iterator[str]:
    """Every case at its end, and none more or less than was handed in."""
    in_all: Counter[str] = Counter()
    for one in held:
        in_all[one.procedure] += one.cases
        if one.state != CaseState.COMPLETED:
            yield f"{one.procedure}: {one.cases} {one.state} ({one.example})"
    for procedure, cases in handed_in.items():
        if in_all[procedure] != cases:
            yield f"{procedure}: {cases} handed in, {in_all[procedure]} in the registers"


def _left_over(left: Sequence[Row]) -> Iterator[str]:
    """What nobody will come back to."""
    for row in left:
        if row["times"]:
            yield f"{row['what']}: {row['times']}"


async def _in_town(town: Town) -> tuple[Sequence[Person], list[str]]:
    """Register and systems compared, and whether anybody was told anything twice."""
    try:
        people, _ = await town.agrees(_SECONDS_TO_AGREE)
    except Missed as missed:
        people, differences = await town.register.people(), [str(missed)]
    else:
        differences = []
    return people, [*differences, *told_twice(people, await town.outside.ledgers())]


def _whereabouts(
    people: Mapping[str, Sequence[Person]], ground: Ground, stories: Stories
) -> Iterator[str]:
    """Everybody 現存 in exactly one town, and as many as there must be in each."""
    found = everybody_once(people)
    yield from found.differences
    yield from found.listed
    born, moved = stories.born, stories.moved
    started = sum(len(family.people) for family in ground.families)
    due = {ground.here.code: started + born - moved, ground.there.code: ground.neighbours + moved}
    for code, number in due.items():
        present = sum(one.present for one in people[code])
        if present != number:
            yield f"{code}: {present} {Where.HERE}, {number} due"


async def _of_the_engine(stack: LocalStack) -> list[str]:
    """Nothing runs any more, and nothing ended otherwise than by its own end."""
    client = await temporal.connect(
        EngineSettings(temporal_address=stack.temporal_address), identity="survive", lazy=False
    )
    counted = await client.count_workflows("ExecutionStatus NOT IN ('Completed', 'ContinuedAsNew')")
    return [f"workflows not completed: {counted.count}"] if counted.count else []


async def _of_the_seals(stack: LocalStack) -> list[str]:
    """``jukiflow verify``."""
    try:
        await stack.command("verify")
    except StackFailed as failed:
        return [str(failed)]
    return []


_OPEN = "SELECT EXISTS (SELECT FROM case_file WHERE state = 'open')"
_CASES = """
SELECT procedure, state, count(*) AS cases, min(case_number) AS example
FROM case_file GROUP BY procedure, state ORDER BY procedure, state
"""
# One telegram of a step and person is delivered once for each version of the 届出.
_LEFT = """
SELECT 'incidents not closed' AS what, count(*) AS times FROM incident WHERE state <> 'closed'
UNION ALL SELECT 'telegrams whose outcome is not known', count(*) FROM telegram_state
    WHERE state NOT IN ('delivered', 'refused', 'never_arrived')
UNION ALL SELECT 'wake-ups never taken', count(*) FROM wakeup WHERE taken_at IS NULL
UNION ALL SELECT 'notices never announced', count(*) FROM lane_debt WHERE state = 'owed'
UNION ALL SELECT 'messages nobody claims', count(*) FROM inbox_state
    WHERE state IN ('unclaimed', 'identifying', 'received')
UNION ALL SELECT 'telegrams delivered twice', count(*) FROM (SELECT FROM telegram t
    JOIN telegram_state s USING (municipality, telegram_id) WHERE s.state = 'delivered'
    GROUP BY t.municipality, t.case_id, t.step, t.subject, t.generation HAVING count(*) > 1) twice
"""
