"""Acts of the API at the console: tried and taken back, or done once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from api.bodies import canonical
from api.counter import Once
from api.problem_types import ProblemType
from api.problems import Problem, of_refusal
from domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

_KEY = re.compile(r"[\x21-\x7e]{8,200}")


class Taken(NamedTuple):
    """What is asked of the API, and the act that takes it; the act raises `Problem`."""

    body: dict[str, Any]
    act: Callable[[Tx], Awaitable[Answer]]


class _Tried(Exception):
    """Ends a transaction that is not to stay."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


async def tried(counter: Counter, taken: Taken) -> dict[str, Any]:
    """What the API would answer; nothing of it stays.  Raises `Problem` as the act does."""

    async def take_back(tx: Tx) -> NoReturn:
        raise _Tried(await taken.act(tx))

    try:
        async with counter.open() as tx:
            await take_back(tx)
    except _Tried as over:
        return over.answer.body
    except Refused as refused:
        kind = of_refusal(refused)
    raise Problem(kind)


async def send(counter: Counter, key: str, route: str, taken: Taken) -> str:
    """The number of the case the act has begun or decided, the same however often it is sent.

    Raises `Problem` as the act does, or IDEMPOTENCY_KEY_REUSED.
    """
    if not _KEY.fullmatch(key):
        raise Problem(ProblemType.IDEMPOTENCY_KEY_MALFORMED)
    vault, municipality = counter.office.vault, counter.caller.municipality
    once = Once(key, route, vault.content_hash(municipality, canonical(taken.body)))
    try:
        answer = await counter.once(once, taken.act)
    except Refused as refused:
        kind = of_refusal(refused)
    else:
        return answer.headers["Location"].split("/")[3]
    raise Problem(kind)
