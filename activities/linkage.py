"""The step that leaves through 住基ネット and ends in 中間サーバー: 機関別符号の取得."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.attention import watch
from activities.letters import Draft
from activities.person import number_of
from activities.step import ByHand, step
from clients import jlis
from domain.cases import Progress, StepRef
from domain.telegrams import Message, Peer
from register import telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.attention import Attention
    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from clients.intermediate_server import IntermediateServerClient
    from register.telegrams import Sent
    from register.vault import Vault


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
        """CS-13 under a 処理通番 of ours; then wait until 中間サーバー has the 符号."""
        progress = await self._dispatch.deliver(ref, _LinkageRequest(self._vault))
        if progress.wait is not None:
            return progress
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            asked = await telegrams.of_step(work.tx, ref, work.step)
        number = str(
            [sent for sent in asked if sent.state is TelegramState.DELIVERED][-1].telegram_id
        )
        return await watch(
            self._desk, ref, self._attention, lambda: self._client.linked(ref.municipality, number)
        )


class _LinkageRequest:
    """The telegram's own id is the 処理通番; being taken settles nothing, the 符号 does."""

    peer = Peer.JLIS
    message = Message.LINKAGE_REQUEST

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | Progress:
        if any(sent.state is TelegramState.DELIVERED for sent in earlier):
            return Progress()
        number = await number_of(work, self._vault)
        return Draft(jlis.linkage_request(work.ref.municipality, telegram, str(telegram), number))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del work, telegram, answer
        return Progress()
