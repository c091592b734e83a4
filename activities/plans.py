"""来庁予定 and 転居予約 as they are answered: 処理状況, what to bring, where to come (OS-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from clients import inbox as wire
from clients import mynaportal
from domain.cases import Progress
from domain.moves import PortalState, PortalStatus, VisitPlan
from domain.telegrams import Message, Peer
from register import arrivals, expected, inbox, municipalities, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from register.telegrams import Sent
    from register.vault import Vault

_MOVE_IN = {
    PortalState.RECEIVED: "来庁予定を受け付けました。転入した日から14日以内、かつ転出予定日から"
    "30日以内にお越しください。",
    PortalState.DONE: "転入の手続が完了しました。",
    PortalState.WITHDRAWN: "来庁予定は取りやめになりました。",
    PortalState.LAPSED: "来庁がないまま期限を過ぎたため、来庁予定は効力を失い、"
    "マイナンバーカードによる転入の手続（特例転入）はできなくなりました。転出地の市区町村で紙の転出証明書の交付を受け、"
    "それを持って転入の手続をしてください。他の市区町村で転入の手続を済ませた方は、何も要りません。",
}
_ADDRESS_CHANGE = {
    PortalState.RECEIVED: "転居予約を受け付けました。転居をした日から14日以内にお越しになり、"
    "転居届をしてください。転居予約だけでは、届出をしたことになりません。",
    PortalState.DONE: "転居の手続が完了しました。",
    PortalState.WITHDRAWN: "転居予約は取りやめになりました。",
    PortalState.LAPSED: "来庁がないまま期限を過ぎたため、転居予約は効力を失い、申請の内容を"
    "消去しました。転居をした方は、窓口で転居届をしてください（14日を過ぎても受け付けます）。"
    "転居を取りやめた方は、何も要りません。",
}


class Answers:
    """The status of one application after the other; ``told`` counts those told by now.

    完了 is 期限切れ where nobody has come; once every citizen knows, what they filed is erased.
    """

    peer = Peer.MYNAPORTAL
    message = Message.PORTAL_STATUS

    def __init__(self, vault: Vault, state: PortalState) -> None:
        self._vault = vault
        self._state = state
        self.told = 0

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """The status of the next application that was not told."""
        if self._state is PortalState.RECEIVED and await _is_visited(work):
            return None
        lapsed = await arrivals.is_over(work.tx, work.ref.municipality, work.ref.case_id)
        if lapsed and self._state is PortalState.DONE:
            self._state = PortalState.LAPSED
        told = await self._told(work, earlier)
        for plan in await plans_of(work, self._vault):
            if plan.application_id not in told:
                status = await self._status(work, plan)
                return Draft(mynaportal.status(work.ref.municipality, telegram, status))
        if self._state is PortalState.LAPSED:
            await inbox.erase_of_case(work.tx, work.ref.municipality, work.ref.case_id)
        return None

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Taken; whether more are to be told the next letter finds out."""
        del work, telegram, answer
        self.told += 1
        return Progress()

    async def _told(self, work: Work, earlier: list[Sent]) -> set[UUID]:
        arrived = [sent for sent in earlier if sent.state is TelegramState.DELIVERED]
        bodies = [
            await telegrams.body(
                work.tx, self._vault, work.ref.municipality, sent.telegram_id, "out"
            )
            for sent in arrived
        ]
        return {mynaportal.application_of(body) for body in bodies if body is not None}

    async def _status(self, work: Work, plan: VisitPlan) -> PortalStatus:
        told = status(plan, self._state, work.ref.municipality)
        if self._state is not PortalState.RECEIVED:
            return told
        settled = (await municipalities.load(work.tx)).parameters
        expected = {
            "documents": settled.visit_documents,
            "place": plan.office or settled.visit_place,
        }
        return told.model_copy(update=expected)


def status(plan: VisitPlan, state: PortalState, municipality: str) -> PortalStatus:
    """A status of this municipality in words."""
    words = _ADDRESS_CHANGE if plan.within(municipality) else _MOVE_IN
    return PortalStatus(application_id=plan.application_id, state=state, words=words[state])


async def plans_of(work: Work, vault: Vault) -> list[VisitPlan]:
    """The 来庁予定 of the case that hold, oldest first."""
    ref = work.ref
    kept = await inbox.of_case(work.tx, vault, ref.municipality, ref.case_id, Message.VISIT_PLAN)
    found = [
        wire.read(Peer.MYNAPORTAL, message.body) for message in kept if message.body is not None
    ]
    return [one.contents for one in found if isinstance(one.contents, VisitPlan)]


async def _is_visited(work: Work) -> bool:
    return await expected.has_come(work.tx, work.ref.municipality, work.ref.case_id)
