"""Births as another system of the town hall reports them, and the instant each is completed."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import asyncpg

from bench.town import ACTING, TOWN
from domain.cases import Procedure, workflow_id
from register import births, cases
from register.cases import Acceptance

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    import aiohttp

    from bench.town import Town
    from domain.notifications import BirthNotification
    from local.stack import LocalStack

    # Where a 出生届 is handed in; the case's number comes back.
    Door: TypeAlias = Callable[[], Awaitable[str]]

_GLANCE = 0.02
_SECONDS_FOR_A_BIRTH = 120
# Which case ended when, asked once for all that are open.
_ENDED = (
    "SELECT case_number, extract(epoch FROM ended_at)::float8 AS ended, state FROM case_file"
    " WHERE municipality = $1 AND case_number = ANY($2) AND ended_at IS NOT NULL"
)


class Watch:
    """Tells when cases ended, by one connection that looks at all of them every 20 ms.

    The instant itself is the register's ``ended_at``, so how often we look changes no latency; it
    only delays, by 10 ms in the mean, when the next birth may follow.
    """

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection
        self._open: dict[str, asyncio.Future[float]] = {}

    async def ended(self, case_number: str) -> float:
        """Wait for the end of one case; seconds since the epoch."""
        self._open[case_number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_SECONDS_FOR_A_BIRTH):
                return await self._open[case_number]
        finally:
            del self._open[case_number]

    async def look(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(_GLANCE)
            if self._open:
                await self._look_once()

    async def _look_once(self) -> None:
        for row in await self._connection.fetch(_ENDED, TOWN, list(self._open)):
            waiting = self._open[row["case_number"]]
            if waiting.done():
                continue
            if row["state"] == "completed":
                waiting.set_result(row["ended"])
            else:
                waiting.set_exception(RuntimeError(f"a birth ended {row['state']}"))


@asynccontextmanager
async def watching(stack: LocalStack) -> AsyncGenerator[Watch]:
    """A watch for as long as the block lasts; as administrator, so that no count includes it."""
    connection = await asyncpg.connect(stack.database_url("postgres"))
    watch = Watch(connection)
    looking = asyncio.create_task(watch.look())
    try:
        yield watch
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await connection.close()


class Births:
    """One birth after the other, each from the first byte of its POST to the end of its case."""

    def __init__(self, door: Door, watch: Watch) -> None:
        self._door = door
        self._watch = watch

    async def one(self) -> tuple[float, str]:
        """Hand in one 届出 and wait for its end: seconds it took, and the workflow's id."""
        began = time.time()
        number = await self._door()
        ended = await self._watch.ended(number)
        return ended - began, workflow_id(Procedure.BIRTH, number)


def by_http(session: aiohttp.ClientSession, stack: LocalStack, town: Town) -> Door:
    """The public way: POST /v1/births."""
    headers = {"Authorization": f"Bearer {stack.tokens[f'{TOWN}/counter']}"}
    address = f"{stack.url('api')}/v1/births"

    async def hand_in() -> str:
        once = headers | {"Idempotency-Key": str(uuid4())}
        async with session.post(address, json=_form(town.next_birth()), headers=once) as answer:
            if answer.status != HTTPStatus.ACCEPTED:
                raise RuntimeError(f"POST /v1/births answered {answer.status}")
            return (await answer.json())["case_number"]

    return hand_in


def by_register(town: Town) -> Door:
    """The same transaction without HTTP around it: shows what the API itself costs."""

    async def hand_in() -> str:
        reported = town.next_birth()
        acceptance = Acceptance(
            Procedure.BIRTH, reported.model_dump(mode="json"), "bench", persons=1
        )
        async with town.transactions.open(ACTING) as tx:
            case = await cases.accept(tx, TOWN, acceptance)
            await births.claim(tx, case, reported)
        return case.case_number

    return hand_in


def _form(reported: BirthNotification) -> dict[str, Any]:
    """The 届出 as a caller writes it."""
    child = reported.child(1)
    return {
        "household_id": str(reported.household_id),
        "notified_on": reported.notified_on.isoformat(),
        "child": {
            "name": child.name,
            "name_kana": child.name_kana,
            "sex": child.sex,
            "born_on": child.born_on.day.isoformat(),
        },
    }
