"""What every case does besides its steps: read where it stands, take what woke it, close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import activity

from activities.step import announcing, following_amendments, undoes
from domain.acting import Acting
from domain.cases import CaseRef, Closing, Standing
from register import cases, decisions, ledger, wakeups
from register.decisions import Habits

if TYPE_CHECKING:
    from register.transactions import Transactions


READ_STANDING = "現況を読む"
TAKE_WAKEUPS = "起床を受け取る"
CLOSE = "終結する"


class Office:
    """The office itself, as a running case meets it."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @activity.defn(name=READ_STANDING)
    async def read_standing(self, case: CaseRef) -> Standing:
        """Where the case stands, by its ledger."""
        async with self._transactions.open(_acting(case)) as tx:
            return await ledger.standing(tx, case)

    @activity.defn(name=TAKE_WAKEUPS)
    async def take_wakeups(self, case: CaseRef) -> Standing:
        """Take what woke the case, carry out its decisions, and read where it stands now."""
        habits = Habits(following_amendments(), announcing(), undoes())
        async with self._transactions.open(_acting(case)) as tx:
            await cases.lock(tx, case)
            for decision in await wakeups.take(tx, case.municipality, case.case_id):
                await decisions.carry_out(tx, case, decision, habits)
            return await ledger.standing(tx, case)

    @activity.defn(name=CLOSE)
    async def close(self, case: Closing) -> bool:
        """Close the case; ``False`` while something still waits to be taken or told."""
        async with self._transactions.open(_acting(case)) as tx:
            return await cases.close(tx, case, case.told)


def _acting(case: CaseRef) -> Acting:
    return Acting(
        municipality=case.municipality, actor="worker", purpose=activity.info().activity_type
    )
