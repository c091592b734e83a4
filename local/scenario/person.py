"""Whom reconciliation compares: a person as one register has them, and what is still due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from activities.step import card_of
from domain.move_out import AWAIT_NOTICE
from domain.telegrams import Peer

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from domain.residents import Entry

_NOTIFY_ORIGIN = "転入通知を送る"
_OF_NOTICES = (_NOTIFY_ORIGIN, "転入通知を訂正する")


class Person(NamedTuple):
    """A person as one municipality's register has them today.

    ``name`` is how differences call them: the case that brought them in, or their 宛名番号; nothing
    personal.  ``never`` is somebody whose every row was taken back.  ``was_present`` is what stood
    before the open cases of the person, ``due`` the steps those have yet to take (undoing ones, if
    they are withdrawn): whoever is to be told by one may know either story.
    """

    municipality: str
    resident_id: UUID
    name: str
    addressee_number: str
    code: str | None
    number: str | None
    present: bool
    entry: Entry
    since: date
    reason: str
    leaving: bool = False
    never: bool = False
    brought_in: bool = False
    numbered_here: bool = False
    was_present: bool = False
    due: frozenset[str] = frozenset()

    @property
    def is_awaited(self) -> bool:
        """Whether a 転出 of theirs waits for word of where they moved in."""
        return AWAIT_NOTICE in self.due

    @property
    def announces(self) -> bool:
        """Whether 住基ネット is yet to hear of something."""
        return any(_announces(step) for step in self.due)

    @property
    def registers(self) -> bool:
        """Whether 統合宛名 is yet to hear of something, and 中間サーバー through it."""
        return any(card_of(step).peer is Peer.UNIFIED_ADDRESSEE for step in self.due)

    @property
    def notifies(self) -> bool:
        """Whether the 転出地 is yet to hear that they moved in, or that they did not."""
        return not self.due.isdisjoint(_OF_NOTICES)

    def may_count(self, *, unheard: bool) -> set[bool]:
        """Whether others may count them as here: as today, or as before while something is due."""
        return {self.present, self.was_present} if unheard else {self.present}


def _announces(step: str) -> bool:
    card = card_of(step)
    return card.announces or (card.undoes is not None and card_of(card.undoes).announces)
