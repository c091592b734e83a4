"""What work under way explains: such a difference is in transition, and nobody's to repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.juki_net import JukiNet
from activities.linkage import Linkage
from activities.serials import Serials
from activities.step import CARDS, card_of
from activities.unified_addressee import UnifiedAddressee
from domain.differences import DifferenceKind as Kind
from domain.telegrams import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from register.under_way import OpenCase, UnderWay

    Lines = Callable[[str], Iterable[str]]

_LIVE = {Kind.JLIS_NOT_LIVE, Kind.JLIS_STILL_LIVE}
_OF_HISTORY = {*_LIVE, Kind.JLIS_IDENTITY, Kind.JLIS_ORDER}
# Kinds that one step alone brings about, by that step.
_BY_STEP = {
    Kind.JLIS_NUMBER: JukiNet.request_number,
    Kind.JLIS_NUMBER_NOT_HERE: JukiNet.request_number,
    Kind.LINKAGE_CODE_MISSING: Linkage.obtain_code,
    Kind.SERIAL_MISSING: Serials.link,
    Kind.SERIAL_STALE: Serials.link,
}
# What is still to be closed for a leaver explains nothing about who is here.
_LEAVING = {
    card_of(UnifiedAddressee.close_leaver).name,
    card_of(UnifiedAddressee.delete_leavers_copy).name,
}


def explains(way: UnderWay, kind: Kind, lines: Lines, *, here: bool) -> bool:
    """Whether what is going on about a person accounts for a difference of this kind.

    ``lines`` tells the steps of a procedure, ``here`` whether the person is a resident today.
    """
    if way.moved or any(case.withdrawing for case in way.cases):
        return True
    to_come = [step for case in way.cases for step in _to_come(case, lines)]
    if kind in _OF_HISTORY:
        # A 転出 is told of on its day, or when the 転入地 has told us, whichever comes first.
        return way.owes or (kind in _LIVE and any(CARDS[step].announces for step in to_come))
    if kind in _BY_STEP:
        wanted = card_of(_BY_STEP[kind]).name
        return any(wanted in {step, CARDS[step].repeats} for step in to_come)
    telling = [step for step in to_come if CARDS[step].peer is Peer.UNIFIED_ADDRESSEE]
    return any(not here or step not in _LEAVING for step in telling)


def _to_come(case: OpenCase, lines: Lines) -> Iterator[str]:
    return (step for step in lines(case.procedure) if step in CARDS and step not in case.settled)
