"""The step that leaves through 住基ネット and ends in 中間サーバー: 機関別符号の取得."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from activities.attention import watch
from activities.gates import listening
from activities.letters import Draft
from activities.person import number_of
from activities.step import ByHand, step
from clients import jlis
from domain.cases import Progress, StepRef, WaitKind
from domain.telegrams import Message, Peer
from register import ledger, linkages, municipalities
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from activities.attention import Attention
    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from clients.intermediate_server import IntermediateServerClient
    from register.ledger import Gate
    from register.linkages import Asked
    from register.telegrams import Sent
    from register.vault import Vault


_BREATH = 1.0


class Linkage:
    """機関別符号: asked for in one place, found in another, never seen by us (番号法21条の2)."""

    def __init__(
        self,
        desk: Desk,
        dispatch: Dispatch,
        vault: Vault,
        client: IntermediateServerClient,
        attention: Attention,
    ) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault
        self._client = client
        self._attention = attention

    @step("機関別符号を取得する", peer=Peer.JLIS, by_hand=ByHand.WITH_EVIDENCE)
    async def obtain_code(self, ref: StepRef) -> Progress:
        """CS-13 under a 処理通番 of ours; then wait until 中間サーバー has the 符号.

        Once the municipality's patience has passed it is asked for anew, under the next 処理通番.
        That makes no second 符号: there is one per person, and whichever 処理通番 it arrives under
        settles the step.
        """
        standing = await self._standing(ref)
        if standing.waits is not None:
            return standing.waits
        if await self._has_come(ref, standing):
            return await self._settled(ref)
        progress = await self._dispatch.deliver(ref, _LinkageRequest(self._vault))
        if progress.wait is not None:
            return self._without_losing_sight(progress, standing.asked)
        standing = await self._standing(ref)
        if standing.settled:
            return Progress()
        if standing.waits is not None:
            return standing.waits
        return await watch(
            self._desk,
            ref,
            self._attention,
            lambda: self._has_come(ref, standing),
            _waits_for_the_server,
        )

    def _without_losing_sight(self, progress: Progress, asked: list[Asked]) -> Progress:
        """住基ネット may be closed when asking anew is due: what was asked may come meanwhile."""
        longest = self._attention.at_most.total_seconds() if asked else progress.seconds
        return progress.model_copy(update={"seconds": min(progress.seconds, longest)})

    async def _standing(self, ref: StepRef) -> _Standing:
        async with self._desk.step(ref, Peer.INTERMEDIATE_SERVER) as work:
            asked = [] if work.settled else await linkages.asked(work.tx, ref)
            gate, waits = work.place.gate, None
            if asked and not gate.passes:
                waits = await work.waits_at_the_gate()
            return _Standing(work.settled, asked, gate, waits)

    async def _has_come(self, ref: StepRef, standing: _Standing) -> bool:
        for one in reversed(standing.asked):
            async with listening(self._desk, ref, standing.gate):
                come = await self._client.linked(ref.municipality, str(one.request_number))
            if come:
                return True
        return False

    async def _settled(self, ref: StepRef) -> Progress:
        async with self._desk.step(ref) as work:
            return Progress() if work.settled else await work.done()


class _Standing(NamedTuple):
    settled: bool
    asked: list[Asked]
    gate: Gate
    """中間サーバー's: that of 住基ネット is passed by whatever leaves for it."""
    waits: Progress | None


class _LinkageRequest:
    """The telegram's own id is the 処理通番; being taken settles nothing, the 符号 does."""

    peer = Peer.JLIS
    message = Message.LINKAGE_REQUEST

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | Progress:
        arrived = [sent.telegram_id for sent in earlier if sent.state is TelegramState.DELIVERED]
        # What was asked under this very 処理通番 is no reason to ask nothing more.
        if telegram in arrived or (arrived and await self._may_still_come(work)):
            return Progress()
        number = await number_of(work, self._vault)
        return Draft(jlis.linkage_request(work.ref.municipality, telegram, str(telegram), number))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del answer
        await linkages.taken(work.tx, work.ref, work.resident_id, telegram)
        return Progress()

    async def _may_still_come(self, work: Work) -> bool:
        asked = await linkages.asked(work.tx, work.ref)
        return bool(asked) and await _due(work, asked) > work.place.now


async def _waits_for_the_server(work: Work, pause: float) -> Progress:
    """住基ネット has it, 中間サーバー does not: until when, and under which number."""
    asked = await linkages.asked(work.tx, work.ref)
    due = await _due(work, asked)
    left = max((due - work.place.now).total_seconds(), 0)
    progress = Progress(
        wait=WaitKind.LINKAGE_CODE,
        # Never nothing: a run that does not rest holds its worker, and no wake-up gets in.
        seconds=max(min(pause, left), _BREATH),
        until=due,
        mark=f"処理通番 {asked[-1].request_number}",
    )
    await ledger.wait(work.tx, work.ref, work.step, progress)
    return progress


async def _due(work: Work, asked: list[Asked]) -> datetime:
    """When the newest request has been waited for long enough."""
    patience = (await municipalities.load(work.tx)).parameters.linkage_patience
    return asked[-1].accepted_at + patience
