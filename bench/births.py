"""Births as another system of the town hall reports them, and the instant each is completed."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from bench.town import ACTING, TOWN
from domain.cases import Procedure, workflow_id
from register import births, cases
from register.cases import Acceptance

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import aiohttp

    from bench.town import Town
    from bench.watch import Watch
    from domain.notifications import BirthNotification
    from local.stack import LocalStack

    # Where a 出生届 is handed in; the case's number comes back.
    Door: TypeAlias = Callable[[], Awaitable[str]]


class Births:
    """One birth after the other, each from the first byte of its POST to the end of its case."""

    def __init__(self, door: Door, watch: Watch) -> None:
        self._door = door
        self._watch = watch

    async def one(self) -> tuple[float, str]:
        """Hand in one 届出 and wait for its end: seconds it took, and the workflow's id."""
        began = time.time()
        number = await self._door()
        case = await self._watch.seen(number)
        if case["state"] != "completed":
            raise RuntimeError(f"a birth ended {case['state']}")
        return case["ended"] - began, workflow_id(Procedure.BIRTH, number)


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
