"""The step that keeps 住民票コード in stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from activities.letters import Draft
from activities.step import step
from clients import jlis
from domain.cases import Progress, StepRef
from domain.errors import ContractBroken
from domain.telegrams import Message, Peer
from register import code_pool, municipalities, wakeups

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from activities.dispatch import Dispatch
    from register.telegrams import Sent


class CodePool:
    """The stock, as 住民票コード補充 fills it."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch

    @step("空きコードを要求して格納する", peer=Peer.JLIS, amendable=False)
    async def order_codes(self, ref: StepRef) -> Progress:
        """CS-01: ask for codes up to the target stock; store the list whole or not at all."""
        return await self._dispatch.deliver(ref, _Order())


class _Order:
    peer = Peer.JLIS
    message = Message.VACANT_CODES

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft:
        del earlier
        town = await municipalities.load(work.tx)
        free = await code_pool.stock(work.tx, work.ref.municipality)
        count = max(town.target_stock - free, 1)
        return Draft(jlis.vacant_codes(work.ref.municipality, telegram, count))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        codes = jlis.read_vacant_codes(answer)
        try:
            await code_pool.allot(work.tx, work.ref.municipality, telegram, codes)
        except asyncpg.UniqueViolationError:
            raise ContractBroken("CODE_ALREADY_ALLOTTED") from None
        await wakeups.wake_stock(work.tx, work.ref.municipality)
        return await work.done()
