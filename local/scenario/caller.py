"""The town hall's other systems and its staff, as they use the public API."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import date

    import aiohttp

    from local.scenario.cast import Household

Json = dict[str, Any]
T = TypeVar("T")
_GLANCE = 0.05


class Missed(Exception):
    """Something did not come out as the scene says; the text tells what was seen instead."""


class Answer(NamedTuple):
    """What the API answered."""

    status: int
    body: Json

    def expect(self, status: int) -> Json:
        """The body, if this is the status; else `Missed` with the problem's code."""
        if self.status != status:
            raise Missed(f"HTTP {self.status} {self.body.get('code', '')}")
        return self.body


class Caller:
    """Everybody who may call, each by the token of their role (``client``, ``examiner``, …)."""

    def __init__(self, session: aiohttp.ClientSession, url: str, tokens: Mapping[str, str]) -> None:
        self._session = session
        self._url = url
        self._tokens = tokens

    async def household_id(self, household: Household) -> str:
        """Choose the household for a birth: by its number, and there is one."""
        criteria = {"household_number": household.number}
        page = (await self.post("client", "households/search", criteria)).expect(200)
        if len(page["households"]) != 1:
            raise Missed(f"世帯が {len(page['households'])} 件")
        return page["households"][0]["household_id"]

    async def members(self, household: Household) -> list[Json]:
        """Who lives in a household now."""
        household_id = await self.household_id(household)
        return (await self.get("counter", f"households/{household_id}")).expect(200)["members"]

    async def report_birth(self, household: Household, born_on: date, **child: Any) -> Answer:
        """Hand in a 出生届; ``child`` replaces what it says of the child."""
        name, name_kana = household.child
        told = {"name": name, "name_kana": name_kana, "sex": "女", "born_on": born_on.isoformat()}
        body = {"household_id": await self.household_id(household), "child": {**told, **child}}
        return await self.post("client", "births", body)

    async def case(self, number: str) -> Json:
        """Where a case stands."""
        return (await self.get("client", f"cases/{number}")).expect(200)

    async def cases(self, **filters: str) -> list[Json]:
        """Cases by their filters, newest first."""
        query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **filters}.items())
        return (await self.get("client", f"cases?{query}")).expect(200)["cases"]

    async def decide(self, number: str, verb: str, **said: Any) -> Json:
        """Decide about a case as the chief."""
        return (
            await self.post("chief", f"cases/{number}/decisions", {"verb": verb, **said})
        ).expect(202)

    async def stock(self) -> Json:
        """The stock of 住民票コード."""
        return (await self.get("operations", "code-pool")).expect(200)

    async def order_codes(self) -> str:
        """Order a top-up; its case number."""
        return (await self.post("operations", "code-pool/top-ups", {})).expect(202)["case_number"]

    async def until(
        self, number: str, seen: Callable[[Json], bool], wanted: str, seconds: float = 30
    ) -> Json:
        """Wait until a case looks as ``seen`` says; `Missed` tells what it waits for instead."""

        async def look() -> Json:
            return await self.case(number)

        return await eventually(look, seen, wanted, standing, seconds)

    async def completed(self, numbers: Iterable[str], seconds: float = 30) -> list[Json]:
        """Wait until all of these cases are completed."""
        deadline = monotonic() + seconds
        return [
            await self.until(
                number, lambda case: case["state"] == "completed", "完了", deadline - monotonic()
            )
            for number in numbers
        ]

    async def get(self, role: str, path: str) -> Answer:
        """GET as somebody."""
        return await self._ask("GET", role, path, None)

    async def post(self, role: str, path: str, body: object) -> Answer:
        """POST as somebody, under a key of its own."""
        return await self._ask("POST", role, path, body)

    async def _ask(self, method: str, role: str, path: str, body: object) -> Answer:
        headers = {"Authorization": f"Bearer {self._tokens[role]}", "Idempotency-Key": str(uuid4())}
        url = f"{self._url}/v1/{path}"
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            return Answer(answer.status, await answer.json(content_type=None))


async def eventually(
    look: Callable[[], Awaitable[T]],
    right: Callable[[T], object],
    wanted: str,
    tell: Callable[[T], str] = str,
    seconds: float = 30,
) -> T:
    """Look until what is seen is right, and return it; `Missed` tells what was seen at last."""
    deadline = monotonic() + seconds
    while not right(seen := await look()):
        if monotonic() > deadline:
            raise Missed(f"{wanted}にならない: {tell(seen)}")
        await asyncio.sleep(_GLANCE)
    return seen


def standing(case: Json) -> str:
    """A case in one line, for people who wonder why it does not move."""
    waits = [
        f"{wait['ja']}（{wait['step']} {wait['code']}、{wait['failed_attempts']}回）"
        for wait in case["waiting_for"]
    ]
    return f"{case['case_number']} {case['state']} {' '.join(waits)}"


def step_of(case: Json, title: str) -> Json:
    """One step of a case's only child."""
    found = next(step for step in case["steps"] if step["step"] == title)
    return found["persons"][0]
