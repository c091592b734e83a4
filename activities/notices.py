"""転入通知 (CS-07) as letters: one for each address, a newer one where it was amended since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.letters import Draft
from clients import jlis_moves
from domain.cases import Progress
from domain.moves import MoveInNotice
from domain.telegrams import Message, Peer
from register import births, newcomers, telegrams
from register.telegrams import TelegramState

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from activities.desk import Work
    from domain.arrivals import MoveInNotification
    from domain.cases import StepRef
    from domain.numbers import ResidentCode
    from domain.residents import Address
    from register.telegrams import Sent
    from register.vault import Vault


class Notices:
    """What the 転出地 does not know yet of where its people live now."""

    peer = Peer.JLIS
    message = Message.MOVE_IN_NOTICE

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.told = 0

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """About the next address that was not told of everybody who lives there."""
        reported = await newcomers.notification(work.tx, work.ref)
        known = await self._known(work, earlier)
        for address, codes in reported.homes(await _home(work, reported)).items():
            notice = _notice(reported, codes, address, len(_arrived(earlier)) + 1)
            body = notice and jlis_moves.move_in_notice(work.ref.municipality, telegram, notice)
            if body and not jlis_moves.whereabouts(body).items() <= known.items():
                return Draft(body)
        return None

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Taken; whether there are more addresses the next telegram finds out."""
        del work, telegram, answer
        self.told += 1
        return Progress()

    async def _known(self, work: Work, earlier: list[Sent]) -> dict[str, str]:
        known: dict[str, str] = {}
        for sent in _arrived(earlier):
            body = await telegrams.body(
                work.tx, self._vault, work.ref.municipality, sent.telegram_id, "out"
            )
            known |= jlis_moves.whereabouts(body) if body is not None else {}
        return known


class Retraction:
    """They did not move in after all: newer than whatever was told."""

    peer = Peer.JLIS
    message = Message.MOVE_IN_NOTICE

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        """About everybody; nothing where no notice arrived."""
        del earlier
        return await retracting(work, telegram, work.ref, work.line)

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        """Taken, and the line is taken back."""
        del telegram, answer
        return await work.done()


async def retracting(
    work: Work, telegram: UUID, theirs: StepRef, step: str, only: Collection[str] | None = None
) -> Draft | None:
    """CS-07 取消 of what ``step`` of a case told, about everybody or ``only`` these codes.

    Nothing where no notice of that case arrived.
    """
    told = _arrived(await telegrams.of_step(work.tx, theirs, step))
    reported = await newcomers.notification(work.tx, theirs) if told else None
    if reported is None:
        return None
    going = tuple(code for code in reported.from_elsewhere if only is None or code in only)
    home = await _home(work, reported)
    notice = _notice(reported, going, home, len(told) + 1, withdrawn=True)
    if notice is None:
        return None
    return Draft(jlis_moves.move_in_notice(work.ref.municipality, telegram, notice))


async def _home(work: Work, reported: MoveInNotification) -> Address:
    """Where everybody of the 届出 lives who has no address of their own in it."""
    if reported.household_id is None:
        return reported.address
    return await births.household_address(work.tx, reported.household_id) or reported.address


def _notice(
    reported: MoveInNotification,
    codes: tuple[ResidentCode, ...],
    address: Address,
    version: int,
    *,
    withdrawn: bool = False,
) -> MoveInNotice | None:
    if reported.origin is None or not codes:
        return None
    return MoveInNotice(
        origin=reported.origin,
        unreported_in=reported.unreported_in,
        codes=codes,
        moved_in_on=reported.moved_in_on,
        address=address,
        notified_on=reported.notified_on,
        version=version,
        withdrawn=withdrawn,
    )


def _arrived(sent: list[Sent]) -> list[Sent]:
    return [one for one in sent if one.state is TelegramState.DELIVERED]
