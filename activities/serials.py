"""Steps about 電子証明書のシリアル番号: whose one is, and which ones a person has (CS-14)."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from activities import plans
from activities.attention import BETWEEN_PAGES
from activities.letters import Draft
from activities.person import person_of
from activities.step import ByHand, step, undo
from clients import inbox as wire
from clients import jlis, jlis_certificates, mynaportal
from domain.arrivals import IDENTIFY
from domain.cases import Progress, StepRef, WaitKind
from domain.differences import DifferenceKind
from domain.errors import Refused
from domain.moves import PortalMoveOut, PortalState, VisitPlan
from domain.telegrams import Message, Peer
from register import arrivals, differences, inbox, municipalities, serials, telegrams
from register.differences import Found
from register.inbox import InboxState
from register.serials import Turned
from register.telegrams import TelegramState
from register.vault import erase_body

if TYPE_CHECKING:
    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from domain.jpki import DigitalCertificate
    from domain.moves import Arrival
    from domain.numbers import ResidentCode
    from register.telegrams import Sent
    from register.vault import Vault


class Serials:
    """Serial numbers of certificates, as J-LIS knows them."""

    def __init__(self, desk: Desk, dispatch: Dispatch, vault: Vault) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault

    @step(IDENTIFY, peer=Peer.JLIS, amendable=False)
    async def identify(self, ref: StepRef) -> Progress:
        """CS-14: whose certificate an application was signed with; then it joins its case.

        One that has ended since is known if it was linked before.

        Raises `Refused` UNKNOWN_SERIAL or CERTIFICATE_REVOKED: staff find out who it is, by
        anything but the name alone.
        """
        progress = await self._dispatch.deliver(ref, _Whose(self._vault))
        if progress.wait is not None:
            return progress
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            arrival = await _asked_about(work, self._vault)
            if arrival is None:
                return await work.done()
            code = await _code_told(work, self._vault, arrival)
            code = code or await _code_known(work, self._vault, arrival)
            if code is None:
                raise Refused("CERTIFICATE_REVOKED")
            await arrivals.identified(work.tx, self._vault, ref.municipality, arrival, code)
            return await work.done()

    @undo(identify, "本人の特定をやめる")
    async def leave_unclaimed(self, ref: StepRef) -> Progress:
        """List the application for staff."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            message_id = await serials.asked_about(work.tx, ref)
            standing = message_id and await inbox.lock(work.tx, ref.municipality, message_id)
            if message_id and standing and standing.state is InboxState.IDENTIFYING:
                await inbox.place(
                    work.tx,
                    ref.municipality,
                    message_id,
                    InboxState.UNCLAIMED,
                    flaw="NOT_IDENTIFIED",
                )
            return await work.done()

    @step("済んだ手続の来庁予定に答える", peer=Peer.MYNAPORTAL, amendable=False)
    async def answer_merged(self, ref: StepRef) -> Progress:
        """OS-03 完了 to who announced a visit that has been; others are answered by their case."""
        return await self._dispatch.deliver(ref, _HasBeen(self._vault))

    @step("シリアル番号を紐付ける", peer=Peer.JLIS, by_hand=ByHand.WITH_EVIDENCE)
    async def link(self, ref: StepRef) -> Progress:
        """CS-14: the serial numbers of a person's certificates, so that applications find them."""
        return await self._dispatch.deliver(ref, _Theirs(self._vault))

    @undo(link, "シリアル番号の紐付けを解く")
    async def unlink(self, ref: StepRef) -> Progress:
        """Applications signed with these certificates find nobody here any more."""
        if waits := await self._dispatch.settle_doubts(ref, "シリアル番号を紐付ける", Peer.JLIS):
            return waits
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            if work.place.resident_id is not None:
                await serials.revoke(work.tx, ref.municipality, work.resident_id)
            return await work.done()

    @step("新しいコードでシリアル番号を紐付ける", peer=Peer.JLIS, by_hand=ByHand.WITH_EVIDENCE)
    async def link_again(self, ref: StepRef) -> Progress:
        """CS-14 under the person's new code: the same certificates, found by it from now on."""
        return await self._dispatch.deliver(ref, _Theirs(self._vault))

    @step("証明書の異動を取り込む", peer=Peer.JLIS, amendable=False)
    async def take_changes(self, ref: StepRef) -> Progress:
        """CS-14, one page: what was issued, renewed and revoked since the last page (7.1.2.4)."""
        return await self._dispatch.deliver(ref, _Changes(self._vault))


class _Whose:
    """CS-14 by serial number; being answered settles nothing, joining a case does."""

    peer = Peer.JLIS
    message = Message.SERIAL_QUERY

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(
        self, work: Work, telegram: UUID, earlier: list[Sent]
    ) -> Draft | Progress | None:
        del earlier
        arrival = await _asked_about(work, self._vault)
        if arrival is None:
            return None
        if await _code_told(work, self._vault, arrival) is not None:
            return Progress()
        query = jlis.serial_query(work.ref.municipality, telegram, _serial(arrival))
        return Draft(query, asks=True)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram
        arrival = await _asked_about(work, self._vault)
        if arrival is not None:
            jlis.read_serial(answer, _serial(arrival))
        return Progress()


class _HasBeen:
    """OS-03 for a plan that joined a case already finished."""

    peer = Peer.MYNAPORTAL
    message = Message.PORTAL_STATUS

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        town = work.ref.municipality
        message_id = await serials.asked_about(work.tx, work.ref)
        if message_id is None:
            return None
        standing = await inbox.standing(work.tx, town, message_id)
        kept = await inbox.one(work.tx, self._vault, town, message_id)
        merged = standing is not None and standing.case_id and standing.state is InboxState.MERGED
        if not merged or kept is None or kept.body is None:
            return None
        plan = wire.read(Peer.MYNAPORTAL, kept.body).contents
        if not isinstance(plan, VisitPlan):
            return None
        status = plans.status(plan, PortalState.DONE, town)
        return Draft(mynaportal.status(town, telegram, status))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram, answer
        return await work.done()


class _Theirs:
    """CS-14 by code."""

    peer = Peer.JLIS
    message = Message.SERIAL_QUERY

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        if work.place.resident_id is None:
            return None
        person = await person_of(work)
        return Draft(jlis.serials_query(work.ref.municipality, telegram, person.code))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        del telegram
        person = await person_of(work)
        theirs = jlis_certificates.read_certificates(answer, person.code)
        await serials.link(work.tx, self._vault, work.ref.municipality, work.resident_id, theirs)
        return await work.done()


class _Changes:
    """CS-14 since the last page of the municipality, whichever case took that in."""

    peer = Peer.JLIS
    message = Message.SERIAL_QUERY

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        at = await serials.reached(work.tx, work.ref)
        if at.over:
            return None
        limit = (await municipalities.load(work.tx)).parameters.reconciliation_page
        town = work.ref.municipality
        return Draft(jlis_certificates.changes_query(town, telegram, at.place, limit))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        told = jlis_certificates.read_changes(answer)
        taken = Counter([await self._take(work, one.certificate) for one in told.changes])
        page = Turned(
            telegram_id=telegram,
            place=told.place,
            more=told.more,
            linked=taken[_Taken.LINKED],
            revoked=taken[_Taken.REVOKED],
            unmatched=taken[_Taken.UNMATCHED],
        )
        counts = await serials.turn(work.tx, work.ref, page)
        await erase_body(work.tx, telegram, "TAKEN_IN")
        if told.more:
            so_far = f"紐付け {counts.linked:,} 件、失効 {counts.revoked:,} 件"
            return await work.waits(WaitKind.NEXT_PAGE, BETWEEN_PAGES, mark=so_far)
        await differences.close_known(work.tx, work.ref.municipality, work.ref.case_id)
        return await work.done()

    async def _take(self, work: Work, certificate: DigitalCertificate) -> _Taken:
        """Link, end, or list for staff; the certificate is told as it stands by now."""
        town, code = work.ref.municipality, certificate.code
        resident_id = code and await serials.owner(work.tx, town, code)
        if code is not None and resident_id is None and certificate.valid:
            found = Found(DifferenceKind.SERIAL_UNMATCHED, code, None)
            await differences.find(work.tx, town, work.ref.case_id, found)
            return _Taken.UNMATCHED
        if isinstance(resident_id, UUID):
            await serials.note(work.tx, self._vault, town, resident_id, certificate)
        else:
            await serials.end(work.tx, self._vault, town, certificate)
        return _Taken.LINKED if certificate.valid else _Taken.REVOKED


class _Taken(Enum):
    LINKED = "linked"
    REVOKED = "revoked"
    UNMATCHED = "unmatched"


async def _asked_about(work: Work, vault: Vault) -> Arrival | None:
    """The application of this case, locked; ``None`` once it has been placed otherwise."""
    town = work.ref.municipality
    message_id = await serials.asked_about(work.tx, work.ref)
    if message_id is None:
        return None
    standing = await inbox.lock(work.tx, town, message_id)
    if standing is None or standing.state is not InboxState.IDENTIFYING:
        return None
    kept = await inbox.one(work.tx, vault, town, message_id)
    return None if kept is None or kept.body is None else wire.read(Peer.MYNAPORTAL, kept.body)


async def _code_told(work: Work, vault: Vault, arrival: Arrival) -> ResidentCode | None:
    """Whose certificate it is, as far as J-LIS has answered."""
    answers = await _answers(work, vault)
    return jlis.read_serial(answers[-1], _serial(arrival)) if answers else None


async def _code_known(work: Work, vault: Vault, arrival: Arrival) -> ResidentCode | None:
    """Whose certificate it was when they filed, as far as we had linked it to somebody before.

    A 転居 or 転入 ends the very certificate it was announced with; who comes before their
    application is known to be theirs by that.
    """
    answers = await _answers(work, vault)
    ended_at = jlis.read_end(answers[-1]) if answers else None
    filed_at = getattr(arrival.contents, "filed_at", None)
    if ended_at is None or filed_at is None or ended_at < filed_at:
        return None
    return await serials.code_of(work.tx, vault, work.ref.municipality, _serial(arrival))


async def _answers(work: Work, vault: Vault) -> list[bytes]:
    asked = await telegrams.of_step(work.tx, work.ref, work.step)
    answers = [
        await telegrams.body(work.tx, vault, work.ref.municipality, sent.telegram_id, "in")
        for sent in asked
        if sent.state is TelegramState.DELIVERED
    ]
    return [answer for answer in answers if answer is not None]


def _serial(arrival: Arrival) -> str:
    if not isinstance(arrival.contents, PortalMoveOut | VisitPlan):
        raise Refused("NO_SERIAL")
    return arrival.contents.serial
