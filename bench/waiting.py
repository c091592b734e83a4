"""Cases that wait for weeks, put at their wait by their ledger, and what each of them costs.

A 転出 on paper, of somebody who leaves in six weeks.  What its steps would have written before the
wait is written by the register's own functions; the relay starts it as it starts any other, and
its run finds everything settled up to the wait.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from activities.departures import Departures
from activities.step import card_of
from bench.town import ACTING, THERE, TOWN
from domain.cases import Procedure, StepRef, StepState, workflow_id
from domain.dates import jst_day
from domain.move_out import MoveOutNotification
from domain.residents import Address, Destination
from register import leaving, ledger, move_outs
from workflows.rehearsal import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    import asyncpg

    from bench.town import Resident, Town
    from domain.cases import CaseRef
    from register.transactions import Tx

    Progress: TypeAlias = Callable[[int, int], None]

_WEEKS_AHEAD = timedelta(weeks=6)
_AT_ONCE = 4
_GLANCE = 0.25
_SECONDS_FOR_ONE = 1.0
_LEAST_SECONDS = 60.0
_TOLD_EVERY = 500


class Size(NamedTuple):
    """How much is kept: rows and bytes of the register, bytes of the engine's file."""

    rows: int
    register: int
    engine: int


class Put(NamedTuple):
    """Cases put at their wait, and how it went."""

    seconds: float
    """From the first row until the last run stood at its wait."""
    grown: Size
    ids: list[str]
    """The workflows."""


async def put(
    town: Town, connection: asyncpg.Connection[asyncpg.Record], engine: Path, tell: Progress
) -> Put:
    """Put everybody's case who is to wait at its wait."""
    before, began = await size(connection, engine), time.perf_counter()
    cases: list[CaseRef] = []
    left = iter(town.leavers)

    async def lane() -> None:
        for leaver in left:
            async with town.transactions.open(ACTING) as tx:
                cases.append(await _stand_at_its_wait(tx, leaver))

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(lane())
        group.create_task(_until_all_wait(connection, len(town.leavers), tell))
    took = time.perf_counter() - began
    after = await size(connection, engine)
    grown = Size(*(more - less for more, less in zip(after, before, strict=True)))
    ids = [workflow_id(Procedure.MOVE_OUT, case.case_number) for case in cases]
    return Put(took, grown, ids)


async def size(connection: asyncpg.Connection[asyncpg.Record], engine: Path) -> Size:
    """Count everything; rows exactly, files as they are on disk."""
    tables = [row["name"] for row in await connection.fetch(_TABLES)]
    rows = [await connection.fetchval(_COUNT.format(table)) for table in tables]
    bytes_kept = await connection.fetchval(
        "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest($1::text[]) name", tables
    )
    files = (engine, engine.with_name(f"{engine.name}-wal"))
    kept = sum(file.stat().st_size for file in files if file.exists())
    return Size(sum(rows), int(bytes_kept), kept)


async def _stand_at_its_wait(tx: Tx, leaver: Resident) -> CaseRef:
    """One case as its steps would have left it, in the transaction that accepts it."""
    case = await move_outs.accept(tx, ACTING, _reported(leaver))
    await leaving.enter(tx, _ref(case, 1), leaver.resident_id)
    for step in before_the_wait():
        subject = 0 if card_of(step).whole_case else 1
        await ledger.record(tx, _ref(case, subject), step, StepState.DONE, generation=0)
    return case


def before_the_wait() -> Iterator[str]:
    """The steps of a 転出 that are settled when it waits for its day."""
    wait = card_of(Departures.await_departure).name
    steps = (line.step for line in lines_of(Procedure.MOVE_OUT))
    return takewhile(lambda step: step != wait, steps)


def _reported(leaver: Resident) -> MoveOutNotification:
    today = jst_day(datetime.now(UTC))
    return MoveOutNotification(
        household_id=leaver.household_id,
        residents=(leaver.resident_id,),
        notified_on=today,
        planned_on=today + _WEEKS_AHEAD,
        destination=Destination(municipality=THERE, address=Address(line="北海道函館市東雲町")),
    )


def _ref(case: CaseRef, subject: int) -> StepRef:
    return StepRef(municipality=case.municipality, case_id=case.case_id, subject=subject)


async def _until_all_wait(
    connection: asyncpg.Connection[asyncpg.Record], count: int, tell: Progress
) -> None:
    """Look until every run has come to stand, and say now and then how many have."""
    told = 0
    async with asyncio.timeout(_LEAST_SECONDS + count * _SECONDS_FOR_ONE):
        while (waiting := await connection.fetchval(_WAITING, TOWN)) < count:
            if waiting >= told + _TOLD_EVERY:
                told = waiting
                tell(waiting, count)
            await asyncio.sleep(_GLANCE)


_COUNT = "SELECT count(*) FROM {}"
_TABLES = """
SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables ORDER BY relname
"""
_WAITING = """
SELECT count(*) FROM case_wait WHERE municipality = $1 AND kind = 'departure_day' AND NOT over
"""
