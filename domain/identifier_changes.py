"""住民票コードの変更 and 個人番号の変更 (住民基本台帳法30条の3, 30条の4; 番号法7条2項)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.changes import Becoming, Report, Situation
from domain.dates import RegisterDate
from domain.residents import Reason

CHANGE_NUMBER = "個人番号の変更を要求して登録する"
"""The step that brings the other number."""


class CodeChange(Report):
    """住民票コードの変更: on request at any time and for no reason (法30条の4), or ex officio.

    The new one is drawn at random from the pool when it is entered; nobody can choose it.
    """

    household_id: UUID
    changed_on: date

    @property
    def effective_on(self) -> RegisterDate:
        """The day it is changed."""
        return RegisterDate.on(self.changed_on)

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they live."""
        return (self.household_id,)

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """Everybody named under another code; raises `Refused` as `Situation.members` does."""
        people = before.members(before.household(self.household_id), self.residents)
        reason = Reason.CODE_CORRECTION if self.notified_on is None else Reason.CODE_CHANGE
        return tuple(Becoming.of(one, reason)._replace(draws_code=True) for one in people)


class NumberChangeKind(StrEnum):
    """Why the number is another one (番号法7条2項, 施行令4条1項; 令12条3項)."""

    REQUEST = "個人番号の変更請求"
    EX_OFFICIO = "個人番号の職権修正"
    RECORDED = "個人番号の職権記載"


class NumberChange(Report):
    """個人番号の変更, of one person: it has leaked and misuse is feared, or the entry was wrong.

    Without ``generates`` the right number stands in the vault already, put there when the case was
    accepted, and nothing is asked of J-LIS.  ``grounds`` is what was examined.
    """

    household_id: UUID
    kind: NumberChangeKind
    generates: bool
    grounds: str
    changed_on: date

    @property
    def effective_on(self) -> RegisterDate:
        """The day it is changed."""
        return RegisterDate.on(self.changed_on)

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they live."""
        return (self.household_id,)

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """The person, whose entry says nothing of the number; 住基ネット hears of it even so."""
        people = before.members(before.household(self.household_id), self.residents)
        return tuple(
            Becoming.of(one, Reason(self.kind))._replace(restates=("number",)) for one in people
        )
