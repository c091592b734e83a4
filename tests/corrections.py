"""A procedure for tests: the entry of somebody who lives here is corrected, and 住基ネット told.

Its 届出 has the shape of a birth's: what ``children`` says of the person is what is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.dispatch import Draft
    from activities.person import number_of, person_of
    from activities.step import ByHand, step, undo
    from clients import jlis
    from domain.cases import CaseRef, Progress, StepRef, WaitKind
    from domain.dates import RegisterDate
    from domain.notices import Change, IdentityNotice
    from domain.residents import Reason
    from domain.telegrams import Message, Peer
    from register import births, cases, lanes, residents
    from register.cases import Acceptance
    from register.residents import NewRow
    from register.telegrams import TelegramState
    from workflows.conduct import Conduct

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from domain.notifications import BirthNotification
    from register.telegrams import Sent
    from register.vault import Vault
    from tests.house import Case, Town

CORRECTION = "住民票の修正（試験）"


class Corrections:
    """The steps of a correction."""

    def __init__(self, desk: Desk, dispatch: Dispatch, vault: Vault) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault

    @step("住民票を修正する（試験）")
    async def enter(self, ref: StepRef) -> Progress:
        """Append a row with the corrected フリガナ and 続柄."""
        async with self._desk.step(ref) as work:
            if not work.settled:
                child = (await births.notification(work.tx, ref)).child(ref.subject)
                await self._append(work, name_kana=child.name_kana, relationship=child.relationship)
                return await work.done()
        return Progress()

    @undo(enter, "修正を取り消す（試験）")
    async def take_back(self, ref: StepRef) -> Progress:
        """Only say so: what these tests look at is the lane."""
        async with self._desk.step(ref) as work:
            return Progress() if work.settled else await work.done()

    @step(
        "修正の本人確認情報を送信する（試験）",
        peer=Peer.JLIS,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        announces=True,
    )
    async def announce(self, ref: StepRef) -> Progress:
        """CS-04 修正 in the resident's lane."""
        return await self._dispatch.deliver(ref, _Notice(self._vault))

    @undo(announce, "修正の本人確認情報を取り消す（試験）", by_hand=ByHand.WITH_EVIDENCE)
    async def withdraw(self, ref: StepRef) -> Progress:
        """Owe nothing any more, so that whoever waits may go."""
        async with self._desk.step(ref) as work:
            await lanes.settle(work.tx, ref, work.resident_id, "void")
            return Progress() if work.settled else await work.done()

    async def _append(self, work: Work, **right: str) -> None:
        person = work.resident_id
        held = (await residents.lock(work.tx, work.ref.municipality, [person]))[person]
        day = held.entry.born_on.day
        row = NewRow(
            reason=Reason.CORRECTION,
            effective_on=RegisterDate.on(day),
            notified_on=day,
            entry=held.entry.model_copy(update=right),
            code=held.code,
        )
        await residents.append(work.tx, work.ref, person, row)


class _Notice:
    peer = Peer.JLIS
    message = Message.IDENTITY_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        if any(sent.state is TelegramState.DELIVERED for sent in earlier):
            return None
        town, person = work.ref.municipality, await person_of(work)
        if behind := await lanes.in_front(work.tx, work.ref, work.resident_id):
            return await work.waits(WaitKind.LANE, 600, behind)
        notice = IdentityNotice(
            change=Change.AMEND,
            reason="職権修正等",
            effective_on=person.entry.born_on,
            notified_on=person.entry.born_on.day,
            update_number=await lanes.next_number(work.tx, town, work.resident_id),
            code=person.code,
            number=await number_of(work, self._vault),
            entry=person.entry,
        )
        body = jlis.identity_notice(town, telegram, notice)
        return Draft(body, work.resident_id, notice.update_number)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        await lanes.settle(work.tx, work.ref, work.resident_id, "settled")
        return await work.done()


@workflow.defn(name=CORRECTION)
class Correction(Conduct):
    """Corrects an entry and tells 住基ネット."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        """Carry the case to its end."""
        await self.conclude(case)

    async def story(self) -> None:
        """Two lines."""
        await self.perform(Corrections.enter, undo=Corrections.take_back)
        await self.perform(Corrections.announce, undo=Corrections.withdraw)


async def correct(town: Town, resident_id: UUID, right: BirthNotification) -> Case:
    """Accept a correction of somebody who lives here."""
    body = right.model_dump(mode="json")
    async with town.transaction() as tx:
        case = await cases.accept(tx, town.code, Acceptance(CORRECTION, body, "test", persons=1))
        await tx.execute(
            "UPDATE case_person SET resident_id = $2 WHERE case_id = $1", case.case_id, resident_id
        )
    return town.case(case, CORRECTION)
