"""Cases about one person, or one application, in which nobody reports anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.cases import StepRef
from domain.differences import Repair
from domain.telegrams import Message, Peer
from register import cases, serials
from register.cases import Acceptance
from tests.workflows.kind import Begun, Kind

if TYPE_CHECKING:
    from tests.workflows.household import Household
    from tests.workflows.stage import Stage
    from tests.workflows.trial import Trial


@dataclass(frozen=True)
class AboutOne(Kind):
    """What staff order about the head of a family."""

    victim: int = 1

    async def begin(self, stage: Stage) -> Begun:
        """The order."""
        family = await stage.household()
        await self.stands_outside(stage, family)
        acceptance = Acceptance(self.procedure, self.ordered, "test", residents=family.people[:1])
        async with stage.here.transaction() as tx:
            return Begun(await cases.accept(tx, stage.here.code, acceptance), family)

    @property
    def ordered(self) -> dict[str, Any]:
        """What is ordered."""
        return {}

    def number_by_hand(self, trial: Trial) -> str:
        """The one they have."""
        assert trial.family is not None
        return trial.family.numbers[0]

    async def stands_outside(self, stage: Stage, family: Household) -> None:
        """Bring about what must be true of them before."""


@dataclass(frozen=True)
class LinkageCodes(AboutOne):
    """符号取得."""

    async def stands(self, trial: Trial) -> object:
        """How many 符号 中間サーバー has of them."""
        [code] = trial.movers[:1]
        asked = (await trial.town.ledger("jlis"))["linkage_requests"]
        ours = {one["request_number"] for one in asked if one["code"] == code}
        held = (await trial.town.ledger("intermediate_server"))["linkages"]
        return len({one["symbol"] for one in held if one["request_number"] in ours})


@dataclass(frozen=True)
class SerialsOfOne(AboutOne):
    """証明書シリアル取得 of somebody who has both certificates."""

    async def stands_outside(self, stage: Stage, family: Household) -> None:
        """Both have been issued."""
        for purpose in ("signature", "authentication"):
            issued = {"purpose": purpose, "code": family.codes[0]}
            await stage.frontier.house.world.control("PUT", "certificates", issued)

    async def stands(self, trial: Trial) -> object:
        """How many certificates are linked to them."""
        return await trial.people("certificate_serial", "certificate_serial.state = 'valid'")


@dataclass(frozen=True)
class Repairs(AboutOne):
    """差異修正: 副本 is registered once more."""

    @property
    def ordered(self) -> dict[str, Any]:
        """What is to be said once more."""
        return {"repair": Repair.REGISTER_COPY}

    async def stands(self, trial: Trial) -> object:
        """How often it has been said; what the register says is never taken back."""
        told = await trial.stage.frontier.told(trial.case, Peer.UNIFIED_ADDRESSEE)
        return told[Message.COPY]


@dataclass(frozen=True)
class Serials(Kind):
    """証明書シリアル取得 for a 来庁予定; the case is about nobody yet."""

    async def begin(self, stage: Stage) -> Begun:
        """What マイナポータル sent."""
        family = await stage.gone(stage.there)
        application = await stage.files(family, stage.there, stage.here)
        plan = await stage.filed(stage.here, application, "OS-02")
        async with stage.here.transaction() as tx:
            return Begun(await stage.arrives(tx, stage.here, Peer.MYNAPORTAL, plan), family)

    async def stands(self, trial: Trial) -> object:
        """Where the application is: with its case, or on the list for staff."""
        ref = trial.case.ref
        whole = StepRef(municipality=ref.municipality, case_id=ref.case_id, subject=0)
        async with trial.town.transaction() as tx:
            return await tx.fetchval(
                "SELECT state FROM inbox_state WHERE message_id = $1",
                await serials.asked_about(tx, whole),
            )
