"""Steps of a 特例転入 once somebody has come, until the 転入届 is made (住民基本台帳法24条の2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from activities.letters import Draft
from activities.step import step
from clients import inbox as wire
from clients import jlis_moves
from domain.arrivals import reported
from domain.cases import Progress, StepRef, WaitKind
from domain.deadlines import special_move_in_deadline
from domain.errors import Refused
from domain.moves import Certificate, FirstReport
from domain.numbers import MunicipalityCode
from domain.telegrams import Message, Peer
from register import arrivals, expected, inbox, newcomers
from register.inbox import InboxState, Received

if TYPE_CHECKING:
    from uuid import UUID

    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from domain.arrivals import Visit
    from domain.moves import Arrival
    from register.telegrams import Sent
    from register.vault import Vault

# A certificate that is pushed wakes the case; this is how often it is asked for besides.
_ASK_AGAIN = 3600.0


class Arrivals:
    """People who come with a card, and the 転出証明書情報 about them."""

    def __init__(self, desk: Desk, dispatch: Dispatch, vault: Vault) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault

    @step(
        "最初の転入届を通知し転出証明書情報を受け取る",
        peer=Peer.JLIS,
        amendable=False,
        whole_case=True,
    )
    async def report_first(self, ref: StepRef) -> Progress:
        """CS-06: fetch what was not sent ahead; while the 転出地 has nothing either, wait for it.

        Raises `Refused` CERTIFICATE_VOID where it was taken back (転出取消).
        """
        try:
            return await self._dispatch.deliver(ref, _FirstReport(self._vault))
        except Refused as refusal:
            if refusal.code != "NO_CERTIFICATE":
                raise
        async with self._desk.step(ref) as work:
            if await arrivals.is_voided(work.tx, ref.municipality, ref.case_id):
                raise Refused("CERTIFICATE_VOID")
            return await work.waits(WaitKind.CERTIFICATE, _ASK_AGAIN)

    @step("照合する", amendable=False, whole_case=True)
    async def check(self, ref: StepRef) -> Progress:
        """Hold the visit against the 転出証明書情報; together they make the 転入届.

        Raises `Refused`: CARD_NOT_VERIFIED, CERTIFICATE_VOID, NOT_SPECIAL, NOT_IN_CERTIFICATE,
        SPECIAL_MOVE_IN_EXPIRED, HEAD_NEEDED, NUMBER_AND_CODE_DIFFER, UNKNOWN_RESIDENT.
        """
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            visit = await _visit(work)
            arrival, certificate = await self._valid_certificate(work)
            _examine(visit, certificate)
            report, numbers = reported(certificate, MunicipalityCode(arrival.sender), visit)
            await newcomers.report(work.tx, self._vault, ref, report, numbers)
            return await work.done()

    async def _valid_certificate(self, work: Work) -> tuple[Arrival, Certificate]:
        found = await certificates_of(work, self._vault)
        if not found:
            raise Refused("CERTIFICATE_VOID")
        return found[-1]


class _FirstReport:
    """CS-06; nothing to say while a certificate is here."""

    peer = Peer.JLIS
    message = Message.FIRST_REPORT

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        if await certificates_of(work, self._vault):
            return None
        visit = await _visit(work)
        report = FirstReport(code=visit.code, origin=None, reported_on=visit.visited_on)
        return Draft(jlis_moves.first_report(work.ref.municipality, telegram, report))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram
        visit, town = await _visit(work), work.ref.municipality
        body = jlis_moves.certificate_in(answer)
        arrival = jlis_moves.read_certificate(answer, visit.code)
        if await expected.is_in_use(work.tx, work.ref, arrival.message_id):
            return await work.waits(WaitKind.CERTIFICATE, _ASK_AGAIN)
        received = Received(Peer.JLIS, arrival.message_id, arrival.kind, body)
        if not await inbox.receive(work.tx, self._vault, town, received):
            await inbox.receive_again(work.tx, self._vault, town, received)
        certificate = cast("Certificate", arrival.contents)
        await expected.note_persons(work.tx, self._vault, town, arrival.message_id, certificate)
        await inbox.place(work.tx, town, arrival.message_id, InboxState.ATTACHED, work.ref.case_id)
        return await work.done()


async def certificates_of(work: Work, vault: Vault) -> list[tuple[Arrival, Certificate]]:
    """The 転出証明書情報 of the case that hold, the newest last."""
    ref = work.ref
    kept = await inbox.of_case(work.tx, vault, ref.municipality, ref.case_id, Message.CERTIFICATE)
    found = [wire.read(Peer.JLIS, message.body) for message in kept if message.body is not None]
    certified = [one for one in found if isinstance(one.contents, Certificate)]
    newest_last = sorted(certified, key=lambda one: one.sent_at)
    return [(one, cast("Certificate", one.contents)) for one in newest_last]


async def _visit(work: Work) -> Visit:
    visit = await expected.latest_visit(work.tx, work.ref.municipality, work.ref.case_id)
    if visit is None:
        raise Refused("NOT_VISITED")
    return visit


def _examine(visit: Visit, certificate: Certificate) -> None:
    """Whether 特例転入 is open to those who came (令24条の2)."""
    if not visit.card_verified:
        raise Refused("CARD_NOT_VERIFIED")
    if not certificate.special:
        raise Refused("NOT_SPECIAL")
    if visit.code not in {person.code for person in certificate.persons}:
        raise Refused("NOT_IN_CERTIFICATE")
    last = special_move_in_deadline(certificate.planned_on, visit.moved_in_on)
    if visit.visited_on > last:
        raise Refused("SPECIAL_MOVE_IN_EXPIRED")
