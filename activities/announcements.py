"""CS-04 本人確認情報 as letters: what a case's rows did, and that taken back.

The lane decides when it leaves, the rows what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from activities.letters import Draft
from activities.person import number_of, person_of
from clients import jlis
from domain.cases import Progress, WaitKind
from domain.dates import RegisterDate
from domain.notices import ABROAD, UNREPORTED, Change, IdentityNotice
from domain.numbers import ResidentCode
from domain.residents import Presence, Reason
from domain.telegrams import Message, Peer
from register import cancelling, lanes, newcomers, residents, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from domain.residents import Entry
    from register.telegrams import Sent
    from register.transactions import Row
    from register.vault import Vault

# A lane wakes those who wait in it; this is only how long one would sleep by itself.
_LANE_PATIENCE = 600.0


class _Said(NamedTuple):
    """What one CS-04 says, beside who it is about."""

    change: Change
    reason: str
    about: Row
    """The row whose day is the 異動年月日."""
    entry: Entry
    code: ResidentCode
    former_code: ResidentCode | None = None
    cancels: tuple[UUID, ...] = ()


class _Telling:
    """A CS-04 in the resident's lane."""

    peer = Peer.JLIS
    message = Message.IDENTITY_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def _draft(self, work: Work, telegram: UUID, said: _Said) -> Draft:
        rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
        number = await lanes.next_number(work.tx, work.ref.municipality, work.resident_id)
        notice = IdentityNotice(
            change=said.change,
            reason=said.reason,
            effective_on=_effective_on(said.about, said.entry.born_on),
            notified_on=rows[0]["notified_on"] or rows[0]["effective_on"],
            update_number=number,
            code=said.code,
            number=await number_of(work, self._vault),
            entry=said.entry,
            cancels=said.cancels,
            former_code=said.former_code,
            detail=await _detail(work, said, Reason(rows[0]["reason"])),
        )
        body = jlis.identity_notice(work.ref.municipality, telegram, notice)
        return Draft(body, work.resident_id, number)


class Announcement(_Telling):
    """CS-04 for the rows this case wrote: what they did first, then corrections of that."""

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        """The next to say, once the lane is free; nothing where nothing is owed any more."""
        if not await lanes.owes(work.tx, work.ref, work.resident_id):
            return None
        rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
        change = await _change(work, rows)
        strikes = change is Change.STRIKE
        behind = await lanes.in_front(work.tx, work.ref, work.resident_id, passes_parked=strikes)
        if behind is not None:
            return await work.waits(WaitKind.LANE, _LANE_PATIENCE, behind)
        if change is Change.AMEND and await _is_struck_since(work, rows):
            # 住基ネット has been told all of it by whoever struck the person.
            await lanes.settle(work.tx, work.ref, work.resident_id, "void")
            return None
        told = any(sent.state is TelegramState.DELIVERED for sent in earlier)
        said = await (_corrected(work, rows) if told else _first(work, rows, change))
        return await self._draft(work, telegram, said)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Applied: whoever waits in the lane may go."""
        del telegram, answer
        await lanes.settle(work.tx, work.ref, work.resident_id, "settled")
        return await work.done()


class CounterAnnouncement(_Telling):
    """CS-04 the other way round (異動の取消し), taking back every entry of this case that arrived.

    Whom the case brought here is struck (消除); whom it struck is a resident again (記載).
    """

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        """What undoes all that arrived; nothing where none did."""
        del earlier
        told = await telegrams.of_step(work.tx, work.ref, work.line)
        arrived = tuple(sent.telegram_id for sent in told if sent.state is TelegramState.DELIVERED)
        await lanes.settle(work.tx, work.ref, work.resident_id, "void")
        if not arrived:
            return None
        behind = await lanes.in_front(work.tx, work.ref, work.resident_id)
        if behind is not None:
            return await work.waits(WaitKind.LANE, _LANE_PATIENCE, behind)
        return await self._draft(work, telegram, await _undone(work, arrived))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Applied, and the line is taken back."""
        del telegram, answer
        return await work.done()


async def _detail(work: Work, said: _Said, reason: Reason) -> str:
    """異動事由詳細: 国外転出, or 未届転入 of whoever is entered here and registered elsewhere."""
    leaving = said.entry.leaving
    if said.change is Change.STRIKE and reason == Reason.MOVE_OUT and leaving is not None:
        return ABROAD if leaving.destination.abroad else ""
    if said.change is Change.RECORD and reason == Reason.ENTERED_EX_OFFICIO and not said.cancels:
        reported = await newcomers.notification(work.tx, work.ref)
        return UNREPORTED if reported.origin is not None else ""
    return ""


async def _first(work: Work, rows: list[Row], change: Change) -> _Said:
    """What the rows did, under their own 異動事由."""
    person = await person_of(work)
    return _Said(
        change,
        _UPSTREAM.get(Reason(rows[0]["reason"]), _EX_OFFICIO[change]),
        _deciding(rows),
        person.entry,
        person.code,
        await _former_code(work, rows),
        await _told_of(work, rows),
    )


async def _corrected(work: Work, rows: list[Row]) -> _Said:
    """What was said is corrected: 職権修正等."""
    person = await person_of(work)
    return _Said(Change.AMEND, _EX_OFFICIO[Change.AMEND], rows[-1], person.entry, person.code)


async def _undone(work: Work, arrived: tuple[UUID, ...]) -> _Said:
    """The person as they were before the case."""
    rows = await residents.own_rows(work.tx, work.ref, work.resident_id)
    change = _OPPOSITE[await _change(work, rows)]
    person = await person_of(work)
    restored = await cancelling.restored(work.tx, work.ref, work.resident_id)
    former = await _former_code(work, rows)
    reason = _EX_OFFICIO[change] if former is None else _UPSTREAM[Reason.CODE_CORRECTION]
    return _Said(
        change,
        reason,
        rows[0],
        restored.entry if restored else person.entry,
        former or person.code,
        person.code if former else None,
        arrived,
    )


# 異動事由 of 規則11条; whatever is not reported by anybody is ex officio.
_UPSTREAM = {
    Reason.BIRTH: "出生",
    Reason.MOVE_IN: "転入等",
    Reason.MOVE_OUT: "転出",
    Reason.DEATH: "死亡",
    Reason.ADDRESS_CHANGE: "転居",
    Reason.MINOR_CORRECTION: "軽微な修正",
    Reason.CODE_CHANGE: "住民票コードの変更請求",
    Reason.CODE_CORRECTION: "住民票コードの職権記載等",
    Reason.NUMBER_CHANGE: "個人番号の変更請求",
    Reason.NUMBER_CORRECTION: "個人番号の職権修正",
    Reason.NUMBER_RECORDED: "個人番号の職権記載",
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


async def _former_code(work: Work, rows: list[Row]) -> ResidentCode | None:
    """The code somebody had before these rows gave them another (旧住民票コード)."""
    before = await residents.before(
        work.tx, work.ref.municipality, work.resident_id, rows[0]["history_no"]
    )
    changed = before is not None and before["code"] is not None and "code" in rows[-1]["changed"]
    return ResidentCode(before["code"]) if before is not None and changed else None


async def _is_struck_since(work: Work, rows: list[Row]) -> bool:
    """Whether another case has struck the person since: nothing of them is amended any more."""
    now = await residents.present(work.tx, work.ref.municipality, work.resident_id)
    return now is not None and not now.here and rows[-1]["presence"] == Presence.RESIDENT


def _effective_on(row: Row, fallback: RegisterDate) -> RegisterDate:
    if row["effective_on"] == fallback.day:
        return fallback
    return RegisterDate(day=row["effective_on"], notation=row["effective_notation"])
