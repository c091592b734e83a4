"""止まっている案件 over HTTP: stuck but green, as the watchdog found them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from api import cursors
from api.counter import ForCases
from api.problems import problems
from api.stuck_answers import StuckPage, stuck_case
from register import stuck_views

if TYPE_CHECKING:
    from register.transactions import Tx

router = APIRouter(prefix="/v1/stuck-cases", tags=["案件"])


@router.get("", summary="止まっている案件を見る", responses=problems())
async def find(
    counter: ForCases,
    cursor: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> StuckPage:
    """台帳では進行中なのに Temporal では動いていない案件を、長く止まっているものから返す。

    Cases that are open in the register and stand still in the engine, the longest standing first.
    """
    async with counter.open() as tx:
        return await page(tx, cursor, limit)


async def page(tx: Tx, cursor: str, limit: int) -> StuckPage:
    """One page of the list."""
    behind = cursors.to_stuck(cursor) if cursor else None
    found = await stuck_views.page(tx, behind, limit + 1)
    looked = await stuck_views.last_round(tx)
    more = len(found) > limit
    return StuckPage(
        cases=[stuck_case(one) for one in found[:limit]],
        looked_at=looked.looked_at,
        late=looked.late,
        next_cursor=cursors.of_stuck(found[limit - 1]) if more else None,
    )
