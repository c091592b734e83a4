"""Steps through 住基ネット: the number, the 本人確認情報, where the notice is mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from activities.person import number_of, person_of
from activities.step import ByHand, step, undo
from clients import jlis
from domain.cases import Progress, StepRef, WaitKind
from domain.dates import RegisterDate
from domain.notices import Change, IdentityNotice, MailingAddress
from domain.telegrams import Message, Peer
from register import lanes, residents, telegrams
from register.telegrams import TelegramState
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from activities.desk import Work
    from activities.dispatch import Dispatch
    from register.telegrams import Sent
    from register.transactions import Row
    from register.vault import Vault

# A lane wakes those who wait in it; this is only how long one would sleep by itself.
_LANE_PATIENCE = 600.0


class JukiNet:
    """住基ネット as the steps of a case use it."""

    def __init__(self, dispatch: Dispatch, vault: Vault) -> None:
        self._dispatch = dispatch
        self._vault = vault

    @step("個人番号を要求して登録する", peer=Peer.JLIS, by_hand=ByHand.WITH_NUMBER)
    async def request_number(self, ref: StepRef) -> Progress:
        """CS-02: ask for the 個人番号 of the code, and put the answer into the vault."""
        return await self._dispatch.deliver(ref, _NumberRequest(self._vault))

    @step(
        "本人確認情報を送信する",
        peer=Peer.JLIS,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        announces=True,
    )
    async def announce(self, ref: StepRef) -> Progress:
        """CS-04 in the resident's lane; after an amendment, a correction of what it said."""
        return await self._dispatch.deliver(ref, _Announcement(self._vault))

    @undo(announce, "取消の本人確認情報を送信する", by_hand=ByHand.WITH_EVIDENCE)
    async def withdraw_announcement(self, ref: StepRef) -> Progress:
        """CS-04 消除, naming every entry it takes back; nothing where none arrived."""
        await self._dispatch.settle_doubts(ref, "本人確認情報を送信する", Peer.JLIS)
        return await self._dispatch.deliver(ref, _CounterAnnouncement(self._vault))

    @step("送付先情報を送る", peer=Peer.JLIS, follows_amendments=True, by_hand=ByHand.WITH_EVIDENCE)
    async def send_mailing_address(self, ref: StepRef) -> Progress:
        """CS-12: where J-LIS mails the 個人番号通知書; sent anew when the address was amended."""
        return await self._dispatch.deliver(ref, _Mailing(self._vault))


class _NumberRequest:
    peer = Peer.JLIS
    message = Message.NUMBER_REQUEST

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft:
        del earlier
        person = await person_of(work)
        return Draft(jlis.number_request(work.ref.municipality, telegram, person.code))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram
        number = jlis.read_number(answer, (await person_of(work)).code)
        await self._vault.store(work.tx, work.ref.municipality, work.resident_id, MY_NUMBER, number)
        return await work.done()


class _Announcement:
    """CS-04 for the rows this case wrote: the entry first, then corrections of what was said."""

    peer = Peer.JLIS
    message = Message.IDENTITY_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
        told = [sent for sent in earlier if sent.state is TelegramState.DELIVERED]
        if told and not await _owes(work):
            return None
        behind = await lanes.in_front(work.tx, work.ref, work.resident_id)
        if behind is not None:
            return await work.waits(WaitKind.LANE, _LANE_PATIENCE, behind)
        person = await person_of(work)
        update_no = await lanes.next_number(work.tx, work.ref.municipality, work.resident_id)
        first, last = rows[0], rows[-1]
        notice = IdentityNotice(
            change=Change.AMEND if told else Change.RECORD,
            reason="職権修正等" if told else first["reason"],
            effective_on=_effective_on(last if told else first, person.entry.born_on),
            notified_on=_reported_on(first),
            update_number=update_no,
            code=person.code,
            number=await number_of(work, self._vault),
            entry=person.entry,
        )
        body = jlis.identity_notice(work.ref.municipality, telegram, notice)
        return Draft(body, work.resident_id, update_no)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        await lanes.settle(work.tx, work.ref, work.resident_id, "settled")
        return await work.done()


class _CounterAnnouncement:
    """CS-04 消除 (異動の取消し（減）), taking back every entry of this case that arrived."""

    peer = Peer.JLIS
    message = Message.IDENTITY_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        del earlier
        told = await telegrams.of_step(work.tx, work.ref, work.line)
        arrived = [sent.telegram_id for sent in told if sent.state is TelegramState.DELIVERED]
        await lanes.settle(work.tx, work.ref, work.resident_id, "void")
        if not arrived:
            return None
        behind = await lanes.in_front(work.tx, work.ref, work.resident_id)
        if behind is not None:
            return await work.waits(WaitKind.LANE, _LANE_PATIENCE, behind)
        person = await person_of(work)
        rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
        update_no = await lanes.next_number(work.tx, work.ref.municipality, work.resident_id)
        notice = IdentityNotice(
            change=Change.STRIKE,
            reason="職権消除等",
            effective_on=_effective_on(rows[0], person.entry.born_on),
            notified_on=_reported_on(rows[0]),
            update_number=update_no,
            code=person.code,
            number=await number_of(work, self._vault),
            entry=person.entry,
            cancels=tuple(arrived),
        )
        body = jlis.identity_notice(work.ref.municipality, telegram, notice)
        return Draft(body, work.resident_id, update_no)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class _Mailing:
    peer = Peer.JLIS
    message = Message.MAILING_ADDRESS

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        person = await person_of(work)
        mailing = MailingAddress(
            number=await number_of(work, self._vault), code=person.code, entry=person.entry
        )
        return Draft(jlis.mailing_address(work.ref.municipality, telegram, mailing))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


async def _owes(work: Work) -> bool:
    return await lanes.owes(work.tx, work.ref, work.resident_id)


def _effective_on(row: Row, fallback: RegisterDate) -> RegisterDate:
    if row["effective_on"] == fallback.day:
        return fallback
    return RegisterDate(day=row["effective_on"], notation=row["effective_notation"])


def _reported_on(row: Row) -> date:
    return row["notified_on"] or row["effective_on"]
