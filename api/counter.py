"""The counter: where a caller meets the register, in transactions on the caller's own behalf."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse

from api.access import Caller, KnownCaller, Tokens, demand
from api.bodies import Body, canonical
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act, act_of
from domain.acting import Acting
from domain.cases import Verb
from register import audit, idempotency

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from api.identity import Issuer
    from domain.cases import Procedure
    from register.idempotency import Answer
    from register.transactions import Transactions, Tx
    from register.vault import Vault

# Looking for what is not there, or is another municipality's, is worth remembering.
_REMEMBERED = {
    ProblemType.UNKNOWN_CASE,
    ProblemType.UNKNOWN_MESSAGE,
    ProblemType.UNKNOWN_HOUSEHOLD,
    ProblemType.UNKNOWN_RESIDENT,
    ProblemType.UNKNOWN_DIFFERENCE,
    ProblemType.UNKNOWN_BULK_REPAIR,
}


class Counter:
    """One caller at one route."""

    def __init__(self, office: Office, caller: Caller, purpose: str) -> None:
        self.office = office
        self.caller = caller
        self.acting = Acting(municipality=caller.municipality, actor=caller.client, purpose=purpose)

    def demand(self, act: Act, *procedures: str) -> None:
        """Raise `Problem` ROLE_NOT_ALLOWED unless the caller may, with one of these procedures."""
        demand(self.caller, act, *procedures)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Tx]:
        """Work in one transaction; a look for what is not there is audited in one of its own."""
        try:
            async with self.office.transactions.open(self.acting) as tx:
                yield tx
        except Problem as problem:
            if problem.kind in _REMEMBERED:
                await self._remember(problem.kind)
            raise

    async def once(self, key: OnceOnly, act: Callable[[Tx], Awaitable[Answer]]) -> JSONResponse:
        """Do something once per key, and answer the same however often it is asked."""
        request = idempotency.Request(self.caller.client, key.key, key.route, key.body_hash)
        async with self.open() as tx:
            answer = await idempotency.begin(tx, self.caller.municipality, request)
            replayed = answer is not None
            if answer is None:
                answer = await act(tx)
                await idempotency.finish(tx, self.caller.municipality, request, answer)
        headers = {"Location": answer.location} if answer.location else {}
        if replayed:
            headers["Idempotency-Replayed"] = "true"
        return JSONResponse(answer.body, status_code=answer.status, headers=headers)

    async def _remember(self, kind: ProblemType) -> None:
        async with self.office.transactions.open(self.acting) as tx:
            await audit.record(tx, self.acting, "not_found", detail={"code": kind.code})


class Office(NamedTuple):
    """What every counter of this process shares."""

    transactions: Transactions
    vault: Vault
    tokens: Tokens
    inbox_secrets: Mapping[str, str]
    """What each system that pushes messages to us signs them with."""
    issuer: Issuer | None = None
    """Who says who somebody is, where there is such an issuer."""


class Once(NamedTuple):
    """The key of a request, with a hash of what it asks that tells nothing by itself."""

    key: str
    route: str
    body_hash: bytes


def _counter_for(*acts: Act) -> Callable[..., Counter]:
    """For whoever may do one of these."""

    def counter(request: Request, caller: KnownCaller) -> Counter:
        if not any(caller.may(act) for act in acts):
            demand(caller, acts[0])
        purpose = f"{request.method} {request.scope['route'].path}"
        return Counter(request.state.office, caller, purpose)

    return counter


def begins(*procedures: Procedure) -> Any:
    """For a route that begins cases: whoever may begin none of these is refused before all else."""

    def refuse(caller: KnownCaller) -> None:
        demand(caller, Act.REPORT, *procedures)

    return Depends(refuse)


ForReporting = Annotated[Counter, Depends(_counter_for(Act.REPORT))]
ForCases = Annotated[Counter, Depends(_counter_for(Act.SEE_CASES))]
ForPeople = Annotated[Counter, Depends(_counter_for(Act.SEE_PEOPLE))]
ForDeciding = Annotated[Counter, Depends(_counter_for(Act.DECIDE))]
ForRuling = Annotated[Counter, Depends(_counter_for(*(act_of(verb) for verb in Verb)))]
ForAmending = Annotated[Counter, Depends(_counter_for(Act.AMEND))]
ForNotes = Annotated[Counter, Depends(_counter_for(Act.NOTE))]
ForStock = Annotated[Counter, Depends(_counter_for(Act.SEE_STOCK))]
ForTheInbox = Annotated[Counter, Depends(_counter_for(Act.SEE_INBOX))]
ForApproving = Annotated[Counter, Depends(_counter_for(Act.APPROVE))]
ForReading = Annotated[Counter, Depends(_counter_for(Act.READ_REPORTS))]
ForHolding = Annotated[Counter, Depends(_counter_for(Act.HOLD_PEERS))]
ForBulk = Annotated[Counter, Depends(_counter_for(Act.SEE_BULK))]
ForTheFeed = Annotated[Counter, Depends(_counter_for(Act.READ_FEED))]

_KEY = re.compile(r"[\x21-\x7e]{8,200}")


def _once(
    request: Request,
    caller: KnownCaller,
    body: Body,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            description="この要求だけの鍵（乱数の UUID など）。送り直すときも同じ鍵を使う",
            examples=["0d9a5cf2-5c0e-4a44-9a37-2f6f2c6f4c11"],
        ),
    ],
) -> Once:
    if not _KEY.fullmatch(key):
        raise Problem(ProblemType.IDEMPOTENCY_KEY_MALFORMED)
    vault: Vault = request.state.office.vault
    body_hash = vault.content_hash(caller.municipality, canonical(body))
    return Once(key, f"{request.method} {request.url.path}", body_hash)


OnceOnly = Annotated[Once, Depends(_once)]
