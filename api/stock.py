"""How many 住民票コード a municipality has left, for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from register import case_lists, code_pool, municipalities, statistics

if TYPE_CHECKING:
    from domain.acting import Acting
    from register.transactions import Tx


class Stock(BaseModel):
    """在庫の状況。コードそのものは返さない。"""

    stock: int = Field(description="未使用のコードの数")
    low_water: int = Field(description="これを下回ると補充を始める")
    target: int = Field(description="補充で満たす数")
    open_top_up: str | None = Field(description="進行中の補充の案件番号")


async def seen(tx: Tx, acting: Acting) -> Stock:
    """The stock now, and whether more is on order."""
    town = await municipalities.load(tx)
    return Stock(
        stock=await code_pool.stock(tx, acting.municipality),
        low_water=town.low_water,
        target=town.target_stock,
        open_top_up=await case_lists.open_top_up(tx),
    )


MONTH = 28
"""Days by whose use it is judged how long the stock will last."""


async def days_left(tx: Tx, left: int) -> int | None:
    """How long so many codes last at the pace of the last weeks; ``None`` if none was used."""
    used = await statistics.codes_used(tx, MONTH)
    return left * MONTH // used if used else None
