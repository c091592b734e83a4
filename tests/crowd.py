"""Many who leave on one day."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.cases import Procedure, StepRef, StepState
from domain.dates import jst_day
from domain.move_out import MoveOutNotification
from domain.residents import Destination
from register import clock, leaving, ledger, move_outs
from tests.people import families
from workflows.rehearsal import card_of, lines_of

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from register.transactions import Tx
    from tests.house import Town
    from tests.moving import Movers

_ordinals = itertools.count(900)


@dataclass
class Crowd:
    """Many who leave on one day, each alone, their cases put at the wait by their ledger."""

    town: Town
    people: list[UUID]
    cases: list[UUID]

    @classmethod
    async def leaving(cls, movers: Movers, size: int, day: date) -> Crowd:
        """So many of them, every sixteenth of whom the engine hears of."""
        town = await movers.house.open_town()
        first = next(_ordinals) * 1000
        await town.settle(families(size, size=1, first=first))
        async with town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT resident_id, household_id FROM resident_present"
                " WHERE entry ->> 'relationship' = '世帯主' ORDER BY resident_id DESC LIMIT $1",
                size,
            )
            waiting = [await _at_the_wait(tx, movers, town, row, day) for row in rows]
            await tx.execute(
                "UPDATE case_file SET started_at = now() WHERE case_id = ANY($1)",
                [case_id for place, case_id in enumerate(waiting) if place % 16],
            )
        return cls(town, [row["resident_id"] for row in rows], waiting[::16])

    async def present(self) -> int:
        """How many are residents today."""
        async with self.town.transaction() as tx:
            return await tx.fetchval(
                "SELECT count(*) FROM resident_today WHERE resident_id = ANY($1)"
                " AND presence = '現存'",
                self.people,
            )

    async def all_told(self) -> None:
        """Wait until 住基ネット has been told of every one, and all stand at the next wait."""
        async with asyncio.timeout(100):
            while await self._telegrams() < len(self.cases) or await self._standing():  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def _standing(self) -> int:
        async with self.town.transaction() as tx:
            return len(self.cases) - await tx.fetchval(
                "SELECT count(*) FROM case_wait WHERE case_id = ANY($1)"
                " AND kind = 'move_in_notice' AND NOT over",
                self.cases,
            )

    async def _telegrams(self) -> int:
        async with self.town.transaction() as tx:
            return await tx.fetchval(
                "SELECT count(*) FROM telegram_state WHERE case_id = ANY($1)"
                " AND step = '本人確認情報を送信する' AND state = 'delivered'",
                self.cases,
            )


async def _at_the_wait(tx: Tx, movers: Movers, town: Town, row: Any, day: date) -> UUID:
    """Accept and enter one 転出; its ledger says that everything before the wait is done."""
    reported = MoveOutNotification(
        household_id=row["household_id"],
        residents=(row["resident_id"],),
        notified_on=jst_day(await clock.now(tx)),
        planned_on=day,
        destination=Destination(municipality=movers.destination.code),
    )
    case = await move_outs.accept(tx, town.acting(), reported)
    ref = StepRef(municipality=town.code, case_id=case.case_id, subject=1)
    await leaving.enter(tx, ref, row["resident_id"])
    for line in itertools.takewhile(
        lambda line: line.step != "転出予定日又は転入通知を待つ", lines_of(Procedure.MOVE_OUT)
    ):
        subject = 0 if card_of(line.step).whole_case else 1
        at = ref.model_copy(update={"subject": subject})
        await ledger.record(tx, at, line.step, StepState.DONE, 0)
    return case.case_id
