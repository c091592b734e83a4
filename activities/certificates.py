"""What the 転入地 and J-LIS are told of who leaves: 転出証明書情報 (CS-05), 転出確定 (CS-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from activities.person import mover_of, person_of
from activities.step import ByHand, step, undo
from clients import jlis_moves as wire
from domain.cases import Progress, StepRef
from domain.move_out import REPORT_CONFIRMED, Papers
from domain.moves import Certificate, DepartureConfirmed
from domain.telegrams import Message, Peer
from register import case_views, leaving, move_in_notices, residents, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Work
    from activities.dispatch import Dispatch
    from register.telegrams import Sent
    from register.vault import Vault

_SEND = "転出証明書情報を送る"
_OUTDATED = "前の転出証明書情報を無効にする"
_VOID = "転出証明書情報を無効にする"


class Certificates:
    """転出証明書情報 of a whole case, and the confirmation of each person."""

    def __init__(self, dispatch: Dispatch, vault: Vault) -> None:
        self._dispatch = dispatch
        self._vault = vault

    @step(
        _SEND,
        peer=Peer.JLIS,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        whole_case=True,
    )
    async def send_certificate(self, ref: StepRef) -> Progress:
        """CS-05 about everybody of the case, sent ahead to the planned 転入地 (令24条の3).

        Nothing is sent where they take paper along, or none: the office hands that over.
        """
        return await self._dispatch.deliver(ref, _Certificate(self._vault))

    @undo(send_certificate, _VOID, by_hand=ByHand.WITH_EVIDENCE)
    async def void_certificate(self, ref: StepRef) -> Progress:
        """CS-05 取消 of whatever arrived and was not taken back before."""
        for sent in (_SEND, _OUTDATED):
            if waits := await self._dispatch.settle_doubts(ref, sent, Peer.JLIS):
                return waits
        return await self._dispatch.deliver_all(ref, _Void(keeps=0))

    @step(
        _OUTDATED,
        peer=Peer.JLIS,
        follows_amendments=True,
        by_hand=ByHand.WITH_EVIDENCE,
        amendable=False,
        whole_case=True,
    )
    async def void_outdated(self, ref: StepRef) -> Progress:
        """CS-05 取消 of all but the newest, once that is on its way: nobody is left without one."""
        return await self._dispatch.deliver_all(ref, _Void(keeps=1))

    @step(REPORT_CONFIRMED, peer=Peer.JLIS, by_hand=ByHand.WITH_EVIDENCE, amendable=False)
    async def report_confirmed(self, ref: StepRef) -> Progress:
        """CS-08: the 転入通知 about this person has been received (令13条3項)."""
        return await self._dispatch.deliver(ref, _Confirmation())


class _Certificate:
    peer = Peer.JLIS
    message = Message.CERTIFICATE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        reported = await leaving.notification(work.tx, work.ref)
        destination = reported.destination.municipality
        if reported.papers is not Papers.ELECTRONIC or destination is None:
            return None
        people = await case_views.persons(work.tx, work.ref.case_id)
        people = [one for one in people if not one.left_out]
        movers = [await mover_of(work, self._vault, one.resident_id) for one in people]
        certificate = Certificate(
            destination=destination,
            planned_on=reported.planned_on,
            special=True,
            applicant=movers[0].code,
            persons=tuple(movers),
        )
        return Draft(wire.certificate(work.ref.municipality, telegram, certificate))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class _Void:
    """取消, one by one, of the certificates that arrived; the newest ``keeps`` of them stay."""

    peer = Peer.JLIS
    message = Message.CERTIFICATE

    def __init__(self, *, keeps: int) -> None:
        self._keeps = keeps
        self.told = 0

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        void = await self._to_void(work)
        if not void:
            return None
        return Draft(wire.void_certificate(work.ref.municipality, telegram, void[0]))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del work, telegram, answer
        self.told += 1
        return Progress()

    async def _to_void(self, work: Work) -> list[UUID]:
        """Certificates are voided in the order they were sent, so that counting is enough."""
        sent = await _arrived(work, _SEND)
        voided = len(await _arrived(work, _OUTDATED)) + len(await _arrived(work, _VOID))
        reported = await leaving.notification(work.tx, work.ref)
        keeps = self._keeps if reported.papers is Papers.ELECTRONIC else 0
        return sent[voided : len(sent) - keeps]


class _Confirmation:
    peer = Peer.JLIS
    message = Message.DEPARTURE_CONFIRMED

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        notice = await move_in_notices.newest(work.tx, work.ref, work.resident_id)
        held = await residents.present(work.tx, work.ref.municipality, work.resident_id)
        left = held.entry.left if held is not None else None
        if notice is None or left is None or left.notified_on != notice.notified_on:
            return None
        person = await person_of(work)
        said = DepartureConfirmed(
            code=person.code,
            destination=left.municipality,
            left_on=left.left_on,
            notified_on=left.notified_on,
        )
        return Draft(wire.departure_confirmed(work.ref.municipality, telegram, said))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


async def _arrived(work: Work, step_name: str) -> list[UUID]:
    sent = await telegrams.of_step(work.tx, work.ref, step_name)
    return [one.telegram_id for one in sent if one.state is TelegramState.DELIVERED]
