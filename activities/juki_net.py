"""Steps through 住基ネット: the number, the 本人確認情報, where the notice is mailed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from activities.person import number_of, person_of
from activities.step import ByHand, step, undo
from clients import jlis
from domain.cases import Progress, StepRef, StepState, WaitKind
from domain.dates import RegisterDate
from domain.notices import Change, IdentityNotice, MailingAddress
from domain.residents import Presence, Reason
from domain.telegrams import Message, Peer
from register import cancelling, lanes, ledger, residents, telegrams
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

_REQUEST = "個人番号を要求して登録する"
_ANNOUNCE = "本人確認情報を送信する"

# A lane wakes those who wait in it; this is only how long one would sleep by itself.
_LANE_PATIENCE = 600.0


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
        return await self._dispatch.deliver(ref, _Announcement(self._vault))

    @undo(announce, "取消の本人確認情報を送信する", by_hand=ByHand.WITH_EVIDENCE)
    async def withdraw_announcement(self, ref: StepRef) -> Progress:
        """CS-04 the other way round, naming what it takes back; nothing where none arrived."""
        await self._dispatch.settle_doubts(ref, _ANNOUNCE, Peer.JLIS)
        return await self._dispatch.deliver(ref, _CounterAnnouncement(self._vault))

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
        await self._vault.store(work.tx, work.ref.municipality, work.resident_id, MY_NUMBER, number)
        return await work.done()


class _Announcement:
    """CS-04 for the rows this case wrote: what they did first, then corrections of that."""

    peer = Peer.JLIS
    message = Message.IDENTITY_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        if not await lanes.owes(work.tx, work.ref, work.resident_id):
            return None
        behind = await lanes.in_front(work.tx, work.ref, work.resident_id)
        if behind is not None:
            return await work.waits(WaitKind.LANE, _LANE_PATIENCE, behind)
        rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
        told = any(sent.state is TelegramState.DELIVERED for sent in earlier)
        change = Change.AMEND if told else await _change(work, rows)
        said = rows[-1] if told else _deciding(rows)
        person = await person_of(work)
        notice = IdentityNotice(
            change=change,
            reason=_EX_OFFICIO[change] if told else _upstream(rows[0]["reason"], change),
            effective_on=_effective_on(said, person.entry.born_on),
            notified_on=_reported_on(rows[0]),
            update_number=await _next_number(work),
            code=person.code,
            number=await number_of(work, self._vault),
            entry=person.entry,
            cancels=() if told else await _told_of(work, rows),
        )
        body = jlis.identity_notice(work.ref.municipality, telegram, notice)
        return Draft(body, work.resident_id, notice.update_number)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        await lanes.settle(work.tx, work.ref, work.resident_id, "settled")
        return await work.done()


class _CounterAnnouncement:
    """CS-04 the other way round (異動の取消し), taking back every entry of this case that arrived.

    Whom the case brought here is struck (消除); whom it struck is a resident again (記載).
    """

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
        rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
        change = _OPPOSITE[await _change(work, rows)]
        person = await person_of(work)
        restored = await cancelling.restored(work.tx, work.ref, work.resident_id)
        notice = IdentityNotice(
            change=change,
            reason=_EX_OFFICIO[change],
            effective_on=_effective_on(rows[0], person.entry.born_on),
            notified_on=_reported_on(rows[0]),
            update_number=await _next_number(work),
            code=person.code,
            number=await number_of(work, self._vault),
            entry=restored.entry if restored else person.entry,
            cancels=tuple(arrived),
        )
        body = jlis.identity_notice(work.ref.municipality, telegram, notice)
        return Draft(body, work.resident_id, notice.update_number)

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


# 異動事由 of 規則11条; whatever is not reported by anybody is ex officio.
_UPSTREAM = {
    Reason.BIRTH: "出生",
    Reason.MOVE_IN: "転入等",
    Reason.MOVE_OUT: "転出",
    Reason.DEATH: "死亡",
    Reason.ADDRESS_CHANGE: "転居",
}
_EX_OFFICIO = {
    Change.RECORD: "職権記載等",
    Change.STRIKE: "職権消除等",
    Change.AMEND: "職権修正等",
}
_OPPOSITE = {
    Change.RECORD: Change.STRIKE,
    Change.STRIKE: Change.RECORD,
    Change.AMEND: Change.AMEND,
}


def _upstream(reason: str, change: Change) -> str:
    return _UPSTREAM.get(Reason(reason), _EX_OFFICIO[change])


async def _change(work: Work, rows: list[Row]) -> Change:
    """What the case's rows did to the person's 住民票."""
    before = await residents.before(
        work.tx, work.ref.municipality, work.resident_id, rows[0]["history_no"]
    )
    was_here = before is not None and before["presence"] == Presence.RESIDENT
    is_here = rows[-1]["presence"] == Presence.RESIDENT
    if was_here is is_here:
        return Change.AMEND
    return Change.RECORD if is_here else Change.STRIKE


async def _told_of(work: Work, rows: list[Row]) -> tuple[UUID, ...]:
    """The telegrams that told of what these rows take back (異動の取消し)."""
    cancelled = [number for row in rows for number in row["cancels"]]
    return await telegrams.announcing(work.tx, work.ref.municipality, work.resident_id, cancelled)


def _deciding(rows: list[Row]) -> Row:
    """The row whose day is the 異動年月日: the last that said who is here, and who is not."""
    return next((row for row in reversed(rows) if "presence" in row["changed"]), rows[0])


async def _next_number(work: Work) -> int:
    return await lanes.next_number(work.tx, work.ref.municipality, work.resident_id)


async def _brought_a_number(work: Work) -> bool:
    """Whether the person has their number from this case."""
    asked = await telegrams.of_step(work.tx, work.ref, _REQUEST)
    if any(sent.state is TelegramState.DELIVERED for sent in asked):
        return True
    return await ledger.state_of(work.tx, work.ref, _REQUEST) is StepState.BY_HAND


def _effective_on(row: Row, fallback: RegisterDate) -> RegisterDate:
    if row["effective_on"] == fallback.day:
        return fallback
    return RegisterDate(day=row["effective_on"], notation=row["effective_notation"])


def _reported_on(row: Row) -> date:
    return row["notified_on"] or row["effective_on"]
