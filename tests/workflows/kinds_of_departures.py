"""People who leave: 転出受理, and the 転入通知受理 about who left before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from clients import jlis_moves
from domain.move_out import AWAIT_NOTICE, MoveOutNotification
from domain.moves import MoveInNotice
from domain.residents import Destination
from domain.telegrams import Peer
from register import move_outs
from tests.moving import NEW_HOME
from tests.workflows.kind import Begun, Kind

if TYPE_CHECKING:
    from domain.numbers import ResidentCode
    from tests.workflows.stage import Stage
    from tests.workflows.trial import Trial


@dataclass(frozen=True)
class MovesOut(Kind):
    """転出受理 of head and spouse, filed online; a child stays and heads the household."""

    async def begin(self, stage: Stage) -> Begun:
        """What マイナポータル sent, once it is known who signed it."""
        family = await stage.household()
        application = await stage.files(family, stage.here, stage.there)
        body = await stage.filed(stage.here, application, "OS-01")
        async with stage.here.transaction() as tx:
            case = await stage.arrives(tx, stage.here, Peer.MYNAPORTAL, body, family.codes[0])
        return Begun(case, family)

    async def happens(self, trial: Trial) -> None:
        """The 転入通知, as soon as everybody waits for it."""
        await trial.waits_at(AWAIT_NOTICE, people=2)
        told = await _notice(trial.stage, trial.movers)
        async with trial.town.transaction() as tx:
            await trial.stage.arrives(tx, trial.town, Peer.JLIS, told)

    def may_amend(self, step: str) -> bool:
        """Wherever the case stands: its 届出 is amended while it waits."""
        del step
        return True

    async def amend(self, trial: Trial) -> bool:
        """They go somewhere else."""
        elsewhere = await self.elsewhere(trial.stage)
        return await trial.asks("amendments", {"reason": "申出による。", "destination": elsewhere})

    async def amended(self, trial: Trial) -> bool:
        """The new place is entered for both."""
        [place] = (await self.elsewhere(trial.stage)).values()
        meant = "entry #> '{leaving,destination}' ->>"
        told = f"'{place}' IN ({meant} 'municipality', {meant} 'country')"
        return await trial.people("resident_present", told) == 2

    async def elsewhere(self, stage: Stage) -> dict[str, str]:
        """Where they go instead."""
        return {"municipality": (await stage.elsewhere()).code}


@dataclass(frozen=True)
class MovesAbroad(MovesOut):
    """転出受理 of the same two to a foreign country: nobody will tell that they have arrived."""

    async def begin(self, stage: Stage) -> Begun:
        """A 転出届 of today, at the counter."""
        family = await stage.household()
        today = await stage.frontier.today()
        reported = MoveOutNotification(
            household_id=family.household_id,
            residents=tuple(family.people[:2]),
            notified_on=today,
            planned_on=today,
            destination=Destination(country="フランス共和国"),
        )
        async with stage.here.transaction() as tx:
            return Begun(await move_outs.accept(tx, stage.here.acting(), reported), family)

    async def happens(self, trial: Trial) -> None:
        """Nothing."""

    async def elsewhere(self, stage: Stage) -> dict[str, str]:
        """Another country."""
        del stage
        return {"country": "カナダ"}


@dataclass(frozen=True)
class LateNotices(Kind):
    """転入通知受理 about two who left before."""

    async def begin(self, stage: Stage) -> Begun:
        """CS-07."""
        family = await stage.gone(stage.here)
        told = await _notice(stage, family.codes[:2])
        async with stage.here.transaction() as tx:
            return Begun(await stage.arrives(tx, stage.here, Peer.JLIS, told), family)

    async def stands(self, trial: Trial) -> object:
        """Of how many it is noted where they went."""
        return await trial.people("resident_present", "entry ->> 'left' IS NOT NULL")


async def _notice(stage: Stage, codes: list[ResidentCode]) -> bytes:
    """CS-07 of the other town about people of this one."""
    today = await stage.frontier.today()
    said = MoveInNotice(
        origin=stage.here.code,
        codes=tuple(codes),
        moved_in_on=today,
        address=NEW_HOME,
        notified_on=today,
    )
    body = jlis_moves.move_in_notice(stage.there.code, uuid4(), said)
    return stage.letter(stage.there, stage.here, body)
