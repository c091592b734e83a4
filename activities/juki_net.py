"""Steps through 住基ネット: the number, the 本人確認情報, where the notice is mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.announcements import Announcement, CounterAnnouncement
from activities.letters import Draft
from activities.person import number_of, person_of
from activities.step import ByHand, step, undo
from clients import jlis
from domain.cases import Progress, StepRef, StepState
from domain.identifier_changes import CHANGE_NUMBER
from domain.notices import MailingAddress
from domain.telegrams import Message, Peer
from register import ledger, number_changes, telegrams
from register.telegrams import TelegramState
from register.vault import MY_NUMBER, Whose

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from activities.dispatch import Dispatch
    from register.telegrams import Sent
    from register.vault import Vault

_REQUEST = "個人番号を要求して登録する"
_ANNOUNCE = "本人確認情報を送信する"


class JukiNet:
    """住基ネット as the steps of a case use it."""

    def __init__(self, dispatch: Dispatch, vault: Vault) -> None:
        self._dispatch = dispatch
        self._vault = vault

    @step(_REQUEST, peer=Peer.JLIS, by_hand=ByHand.WITH_NUMBER)
    async def request_number(self, ref: StepRef) -> Progress:
        """CS-02: ask for the 個人番号 of the code, and put the answer into the vault.

        Nothing is asked about somebody whose number is known: it is theirs for life (番号法8条).
        """
        return await self._dispatch.deliver(ref, _NumberRequest(self._vault))

    @step(CHANGE_NUMBER, peer=Peer.JLIS, by_hand=ByHand.WITH_NUMBER, amendable=False)
    async def change_number(self, ref: StepRef) -> Progress:
        """CS-03: another 個人番号 in the place of one that leaked; the old one stays as history.

        Where the entry was wrong and nothing is generated, the right number is registered instead.
        """
        return await self._dispatch.deliver(ref, _NumberChange(self._vault))

    @step(
        _ANNOUNCE,
        peer=Peer.JLIS,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        announces=True,
    )
    async def announce(self, ref: StepRef) -> Progress:
        """CS-04 in the resident's lane: what this case's rows did, then corrections of it.

        What takes back another case names the telegrams that had told of it.

        記載, 消除 or 修正 as the person's presence before and after those rows tells.
        """
        return await self._dispatch.deliver(ref, Announcement(self._vault))

    @undo(announce, "取消の本人確認情報を送信する", by_hand=ByHand.WITH_EVIDENCE)
    async def withdraw_announcement(self, ref: StepRef) -> Progress:
        """CS-04 the other way round, naming what it takes back; nothing where none arrived."""
        if waits := await self._dispatch.settle_doubts(ref, _ANNOUNCE, Peer.JLIS):
            return waits
        return await self._dispatch.deliver(ref, CounterAnnouncement(self._vault))

    @step("送付先情報を送る", peer=Peer.JLIS, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE)
    async def send_mailing_address(self, ref: StepRef) -> Progress:
        """CS-12: where J-LIS mails the 個人番号通知書; sent anew when the address was amended.

        Nothing is mailed to somebody who had a number before.
        """
        return await self._dispatch.deliver(ref, _Mailing(self._vault))


class _NumberRequest:
    peer = Peer.JLIS
    message = Message.NUMBER_REQUEST

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        if await self._vault.holds(work.tx, work.ref.municipality, work.resident_id, MY_NUMBER):
            return None
        person = await person_of(work)
        return Draft(jlis.number_request(work.ref.municipality, telegram, person.code))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram
        number = jlis.read_number(answer, (await person_of(work)).code)
        await self._vault.store(work.tx, _whose(work), number, work.ref.case_id)
        return await work.done()


class _NumberChange:
    peer = Peer.JLIS
    message = Message.NUMBER_CHANGE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        if not await number_changes.generates(work.tx, work.ref):
            await number_changes.register_right_one(work.tx, self._vault, work.acting, work.ref)
            return None
        person, former = await person_of(work), await number_of(work, self._vault)
        return Draft(jlis.number_change(work.ref.municipality, telegram, person.code, former))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram
        person, former = await person_of(work), await number_of(work, self._vault)
        number = jlis.read_changed_number(answer, person.code, former)
        await self._vault.store(work.tx, _whose(work), number, work.ref.case_id)
        return await work.done()


class _Mailing:
    peer = Peer.JLIS
    message = Message.MAILING_ADDRESS

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        if not await _brought_a_number(work):
            return None
        person = await person_of(work)
        mailing = MailingAddress(
            number=await number_of(work, self._vault), code=person.code, entry=person.entry
        )
        return Draft(jlis.mailing_address(work.ref.municipality, telegram, mailing))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


async def _brought_a_number(work: Work) -> bool:
    """Whether the person has their number from this case, their first or another."""
    for step_name in (_REQUEST, CHANGE_NUMBER):
        asked = await telegrams.of_step(work.tx, work.ref, step_name)
        if any(sent.state is TelegramState.DELIVERED for sent in asked):
            return True
        if await ledger.state_of(work.tx, work.ref, step_name) is StepState.BY_HAND:
            return True
    return False


def _whose(work: Work) -> Whose:
    return Whose(work.ref.municipality, work.resident_id, MY_NUMBER)
