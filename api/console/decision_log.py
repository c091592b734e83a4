"""判断の記録: everything staff decided, newest first, narrowed as one likes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api import decision_log
from api.console.pages import page
from api.console.seats import SeatForCases
from api.console.verbs import OUTCOMES, VERBS
from api.decision_log import LogFilters
from domain.cases import DecisionState, Verb
from register import decision_lists

router = APIRouter()


@router.get("/decisions")
async def show(
    seat: SeatForCases,
    author: Annotated[str, Query(max_length=200)] = "",
    verb: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """One page of the log; what is no verb, or no outcome, narrows nothing."""
    filters = LogFilters(
        author=author or None,
        verb=Verb(verb) if verb in set(Verb) else None,
        state=DecisionState(state) if state in set(DecisionState) else None,
        cursor=cursor or None,
    )
    async with seat.counter.open() as tx:
        found = await decision_log.page(tx, filters)
        authors = await decision_lists.authors(tx)
    return page(
        "decisions",
        seat,
        found=found,
        authors=authors,
        verbs=VERBS,
        outcomes=OUTCOMES,
        filters={"author": author, "verb": verb, "state": state},
    )
